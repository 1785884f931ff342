package cogen_test

import "meshkey/cogen"

// A published key: its private octets, and its public key in the Mesh's
// encoding. Where the document prints X keys without sign, the sign is that of
// the multiple of the base point.
type published struct {
	source          string
	algorithm       cogen.Algorithm
	private, public string
}

// Keys from octets: seeds, and private keys of RFC 7748 before clamping.
var publishedKeys = []published{
	{
		"reference Examples 2022-05-03, ProfileSignature", cogen.Ed448(),
		"167c07df674ffd03c6ef37c8baf9f61e9ed7697b244aff13cd2749294ddd546bc77c37411bc25da7bbdf110ddfd240b94d453dbf6e9b9cbb",
		"4a30488d71cf15f3d6e6956aa3e2aab93e2a09124e2fcdb235b0dff7115a6e2d2fba73f75c67df57cfacf162547bf1f75825fd6cb216e73b80",
	},
	{
		"reference Examples 2022-05-03, EscrowEncryption", cogen.X448(),
		"d272a121920742164c2c6da0b20dcdea3ac21634202a1d8aab220be23dd9eddc536b2a0c8c00d52cee6b77022a05e9f6a1a927aeccc665b0",
		"601742b0afd2c81e69800909a3194a8e6b174bd6d9b72312d515495444cb5d1d45ed6a77d0bf3953ce035fb2dfb063ca4b7615f2d1ff15da80",
	},
	{
		"reference Examples 2022-05-03, AdministratorSignature", cogen.Ed448(),
		"36b866fb7fcaf2cab274d55999b3dff1970b8bd8c185da4d1c5eb10e2dd5b95b1d2d85116b4fee5146cd1fa98418345e5fb311ac3a7b7690",
		"5a60e5a09ed800bec5783608a635d6e5c179a49db1c185c3daceff601b09af2b35e4a79d3f80b9cb9f2e3749f7b9f734b8ecb1eafb51aa8700",
	},
	{
		"reference Examples 2022-05-03, CommonEncryption", cogen.X448(),
		"4b424cf8030673a313f14b48a8dada60d4484a2f805cd939c1a652caedd844c99835bda929a6b9adbdd35b2d02909d723023b6e9bb9ef894",
		"cb1effef673bb4e09119198a4106bd8dadaff476449cab451e8c05cc57a11c9ac72b346bc326957f75afb9d644e31cbaf34b5122817bbb8680",
	},
	{
		"reference Examples 2022-05-03, CommonAuthentication", cogen.X448(),
		"30a37123034ff4003bc3d220a0878bd65a5f29ea1266d560e8656075725c8d48d3fe7a5c775df556380a940210dab1142239725f6e4b7714",
		"e784946bc89ebb71c4350a6c8ae82826d7c02ea0540b1fc970f39825a818199b0201513d8eeef9e33f185b61b3c9afac57e85d6949525eb300",
	},
	{
		"reference Examples 2022-05-03, CommonSignature", cogen.Ed448(),
		"cc8975835cca1be0ac2a14c03f7279d82418f8b6d3bf0af6c52d8b3dcb305ea3855bbdb6f3a1270afa3f87a12571b482e1a2c31e2eff6ccc",
		"c6bb809ec8726d1cf10e1c3e324dadd1b438ddb9048f5ddc245eadc0a6f7c7e8d6c6e39f32844bfb1aaa871e69e99192fb0f07b4d232275e00",
	},
	{
		"draft-hallambaker-mesh-schema-07, Section 9.2, ProfileSignature", cogen.Ed448(),
		"9678d30d2959b43c1adf0548f17637aff60314102d55461dfc35389f546d32812263aeae72db308a5b15a4bde81eccfee3eea8c902fe4718",
		"b3d21d0c7d9afdd02b74103cb61838d42b70734a95a3ac3aedb46b108d4b6604a51a951295759937c5be558ee19b8d17a2aed3539284b10480",
	},
	{
		"draft-hallambaker-mesh-schema-07, Section 9.2, BaseEncryption", cogen.X448(),
		"18309cc72eee0751e7e7fb3afd62c02eba7b1118ec5073155b8f9ce168d7ef0504684c47448fe032053a2217049897579b60a18043e477ad",
		"68948f51dada08ed32bf661754a910e22d5750a55abbe0296fbf8ec5735bd3a63ec3d238db49244735e149fb227ca3de817ee424c1c3299900",
	},
	{
		"draft-hallambaker-mesh-udf-13, Section 4.4.1", cogen.X25519(),
		"e72239e1ab77ac9cb46aa01227689e2814602fa87608385ed5e65de70cc842e8",
		"56b7cf066f96dda9a3dc2f53f55e87fcf6f307f58d200972ac63acb79381d66b80",
	},
	{
		"draft-hallambaker-mesh-udf-13, Section 4.4.1", cogen.Ed25519(),
		"3a3600562eec2f24a78c22f3a9a2ef1b6eaf07d4992853a55b0accee4c3b7d30",
		"a73c6d66272cf998315406f29f9164d2bab004e9463b822886908bd82b82ed88",
	},
	{
		"draft-hallambaker-mesh-udf-13, Section 4.4.1", cogen.Ed448(),
		"df5a89b81d56924132d1b2c94f7469e3c9e55f2333a1ce225408ee53460f9b139d54952bf9d9772afa073c9d89ccc50e7e867e847c585d89",
		"b1a30c91616f7748f49640fa7d5fd6e0c497944e6de267c939a85f89536fbefef6530001b7bd4b825b83b53b2d95cc22f93657e6a9f7649a00",
	},
	{
		"draft-hallambaker-mesh-udf-13, Section 4.4.5", cogen.X25519(),
		"5b4294f6f28b961a22e782a668e01b6752d2011fc35c03e6aa2ccd5af123720f",
		"a7f06ad28cec3d33d19897abd8079f86bad6dc6ffd869950f8464e0f54caee1000",
	},
	{
		"draft-hallambaker-threshold-03, Section 6.1.2, X448Key1", cogen.X448(),
		"087791256619c61a03c7609a8cc8109ddef520e1a77f3e835657fea6c99779fbdc85556fce177970ca3eb5d16ab0506a60f6bf3a88e515f0",
		"29c7e71aed85b566f4ca8f4d0772ec4b1542fa954da325f6d2bfc05e11c427d3a143d874b64cc8227d645658a48cc65ddaf2aa75dede601580",
	},
	{
		"draft-hallambaker-threshold-03, Section 6.1.2, X448Key2", cogen.X448(),
		"93c1ce67a2882095b9a88ae75a1273c64ce3b00e3aa41a720339fc9b47d96ae0a281635777eb97e5ce052ccbeed764f651c142e7fed9e26e",
		"cc6705a8aed38c6e17f87f6677147f32d3f6121ce280a9bfa9aa41fc88efe3f938c71caa1a1454ecf04d6d20ed4f6324f2a068f51c091a7280",
	},
	{
		"draft-hallambaker-threshold-03, Section 6.1.4, ED448Key1", cogen.Ed448(),
		"e50f7350270a2f7dfdd096e503d3352c99cb717c0bd949e0405ec7fbd1f50518186b04818b4d81dc33cedf81d5ea9043d9e5d0a7f1ef9cf3",
		"b5b93fb5b25b82e108f56c7980a1685a5cbb2afd27b29af8df91cdca60b8753f629640387896770c2140e6d40b058f24d6fd6561a26cc18680",
	},
	{
		"draft-hallambaker-threshold-06, Section 6.1.1, X25519Key1", cogen.X25519(),
		"14bde552d6af62bee45bf330b8fc1c51b31b109d1ee9d78d04233908555bd2c7",
		"9fc103bfa0e66fc7f1984f11996e35e8e0120a0ad00d79974e8a1c08efcc435700",
	},
	{
		"draft-hallambaker-threshold-06, Section 6.1.1, X25519Key2", cogen.X25519(),
		"33a3313593f6adc9ac131c271583c81b00ef48b952148d4d3cf0a3c1d2a5feda",
		"87e5ccdd1daa42ea6fe86f7071eecf86455248509db26a763b7a21a023df9d6580",
	},
	{
		"draft-hallambaker-threshold-06, Section 6.1.3, ED25519Key1", cogen.Ed25519(),
		"1d04c01898f031ca3ba1f0c3ad2bfc3bcff1dcdc07fc615fb1637535cec4eab4",
		"d84e983ef72187ccc647cb6e5a571f79f5b922d9a800d36991e1b6e610ff5908",
	},
	{
		"draft-hallambaker-threshold-06, Section 6.1.4, ED448Key1", cogen.Ed448(),
		"0381d65a175320cbf4024066c828a5e785c6877d413a33cd5b099fe5df1a804d4f6eb135f7468b1c46996e6da4b523ecfd9cdfa49ae517c6",
		"bb4bf361b51f951e8804a85e48774ca525f0d649410712c11505257860fcd9a8ccdbf96d636bc3f763f2bb00a07c13e1c64b7208eac8871100",
	},
	{
		"draft-hallambaker-mesh-cryptography-04, Section 5.1, device", cogen.Ed25519(),
		"b748ff8a1bd204bcba5370809166088e2615b552edc9c4ce80d775a6bda94a1c",
		"2bb38fd19316e15e2444ba829f4ad37df67fb5a09265a17bf48cb6516df39fdc",
	},
	{
		"draft-hallambaker-mesh-cryptography-04, Section 5.1, overlay", cogen.Ed25519(),
		"f9446938a7e252a1f61d9d9b29d15d527723260caff314a64e95cb765b24b167",
		"c7ef8b19bed9e7f74517738eb3926e86c20fa4068458bf3bfeee87a5b8eb620a",
	},
}

// Keys from scalars: the sums of two keys' scalars.
var publishedScalars = []published{
	{
		"draft-hallambaker-threshold-03, Section 6.1.2, aggregate", cogen.X448(),
		"f355f6dd055099b7688484a1c5898a793a5bf627de243197f59473d91471e4db7f07b9c6450311569944e19c5988b560b2b7022287bff81e",
		"f72e684b64dc2e2461b928142e1dd9416a294fa25ff1af07246c9b8a9ec0e558e68cedbeddc3341159b6dc64031a1ebcd4b7882160da8a1500",
	},
	{
		"draft-hallambaker-threshold-03, Section 6.1.4, aggregate", cogen.Ed448(),
		"b10ca69f185cce7568cfa394fd1c20dc084a1a8dea8fed451768b69f5503da185fa82ef3989224c7c2058e869ebd4ea26f38457467f6903a",
		"99679b7c5e1c7e51cd39a2418362733e609317a9200ee3ba25b3b523a3a7842e9d676fd70b33021deb7683f877d848f88ba372e8a96f201880",
	},
	{
		"draft-hallambaker-threshold-06, Section 6.1.1, aggregate", cogen.X25519(),
		"fe187de661c75817324f63fa1abd2f9cb20a595671fd64db4013ddc92701d102",
		"e5107aca6d635f0b968dc1ff03886a9f5e39fbc77d4e0c8fb9be02687b5e312100",
	},
	{
		"draft-hallambaker-threshold-06, Section 6.1.3, aggregate", cogen.Ed25519(),
		"7d34944b3980d934dbebe17c6c7ebbfa7703b0dc59bddb30e9ec0215e3fd940a",
		"7b1c480266177932b3027b218ed8fd6ca1d5ec8e285de8d3e2081af9ebfaac32",
	},
	{
		"draft-hallambaker-threshold-06, Section 6.1.4, aggregate", cogen.Ed448(),
		"b64dcffcc2d8084f083c035ec56895d265f81df2c6dc4d2e23b5d502ac7ac5a877e9d06ea21d3d119149ac00bf0a5b9559bd0d946e00cd39",
		"39de52bb227972dd4082bb457bfa61add0ba02ff8afb626239c6c0466b3593e4cd1b5f79fbd768874ce7d809b13ced5ade615ad2dc19c6d300",
	},
	{
		"draft-hallambaker-mesh-cryptography-04, Section 5.1, aggregate", cogen.Ed25519(),
		"52aba32b3909cac5e7980ed9346f83b8e3151abddeea059f92b58c0772966209",
		"bdf6c3a1e7678e44ae30e20b935721c36453491e8db065e66366a7db69653b07",
	},
	{
		"draft-hallambaker-mesh-schema-07, Section 3.2.1, Encrypt", cogen.X448(),
		"b41ed609e179f9df64e5cff85415cef54d3964a633c99a1221de1dfdd24e3a49e40279d865ca8a34ba81c864e037fe27bd6a3921443ff02e",
		"43b50a5d0a110abe1ea832e2d56832c8ef4936d0e667801a165ea26860792111ab15e329bfb2da9c02a74cd65440fd1f6e79a97681af8c6f80",
	},
	{
		"draft-hallambaker-mesh-schema-07, Section 3.2.1, Sign", cogen.Ed448(),
		"cf38be4511d7d375463da5fd589b2c13501573f1c7e482a92459849d7779c2ea175725b3fdbb6f777db6e006604afc8a9425d30cf1b46a01",
		"e031c11e343c5f609a7726b33e13b1fe448cd481708246445b05ba04ad7c501b2baf0511420e5054e19b665e21bd0aaeedd50b078b438c0200",
	},
	{
		"draft-hallambaker-mesh-schema-07, Section 3.2.1, Authenticate", cogen.X448(),
		"9d5e3adcab1a250b1fc5f0d3f4a83129ffcc930489e2aaaccf2bc2b30ba7b8151e2ac8678fadc251c140dcdc7206abb878d0537416c5a103",
		"17606fd78340d10c3f7f607592da8c194cc030a6e250d17c7ad7c494b54df85198c15d0f37d3cc744e7910b3add18d1890ac4fdc24742a9e00",
	},
}

// Agreements that the Mesh's documents print.
var publishedAgreements = []struct {
	source                        string
	algorithm                     cogen.Algorithm
	isScalar                      bool
	private, ephemeral, agreement string
}{
	{
		"draft-hallambaker-mesh-dare-06, Section 13.3", cogen.Ed25519(), false,
		"c3931bf8951e8743ce8d8459e0dfd356fff58d0d7f975f90c8740cd257ee944f",
		"b922306da790abd6d34a34404cee2cbb466e854d7dc47f526169b86bc551e489",
		"f9b1c6a647e7c5d1bbc6a3561f9d11262c4247955441eaf382e06b5fef3abd5b",
	},
	{
		"reference Examples 2022-05-03, an envelope to EscrowEncryption", cogen.X448(), false,
		"d272a121920742164c2c6da0b20dcdea3ac21634202a1d8aab220be23dd9eddc536b2a0c8c00d52cee6b77022a05e9f6a1a927aeccc665b0",
		"9131b6d1d57b4420bb4ecc4edbb7af512022a462341577c141d8a0b3a027e360a0d8642f776f13e030894cb85be17571c1d3d35417ede41300",
		"ce852e2f090e9d6bacf63aaaed431571ac9c1a5a547de0949ec581e6677bf463d85c7533bc73bb4461538d7bb7934ce606be577530c6621d",
	},
	{
		"draft-hallambaker-mesh-cryptography-04, Section 6.3, the group", cogen.Ed25519(), false,
		"51c5d1845fc33197d3802a25ce7f82aff0305b7d52d0b6ce3c1c95a033cb8998",
		"4f734ba11c6a404c943ce3d0248a746950cde2d1f67f704e557aa00aae52c83b",
		"e788c76412020ee8663860f8c8a8db36ffdce563df6461d73e41e80e8dfc6562",
	},
	{
		"draft-hallambaker-mesh-cryptography-04, Section 6.3, the member", cogen.Ed25519(), false,
		"c13d09f2d0462bed3443a206ebc9c56d6892083c31fce735eb3d65828266921c",
		"4f734ba11c6a404c943ce3d0248a746950cde2d1f67f704e557aa00aae52c83b",
		"1d328a9379652958890ad7a42e57c6f695b47871f221ee634f1dc7fba9522859",
	},
	{
		"draft-hallambaker-mesh-cryptography-04, Section 6.3, the service", cogen.Ed25519(), true,
		"e286fcfa3a587b86fa67cd7859e28e625ee5b685cbe2b9821567633f2248580f",
		"4f734ba11c6a404c943ce3d0248a746950cde2d1f67f704e557aa00aae52c83b",
		"b8c1134c1b222138bd2e7e96392c7b2156693b586cfe1ee95a0909ad303909dc",
	},
}
