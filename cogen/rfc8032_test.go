package cogen

import (
	"bytes"
	"encoding/hex"
	"testing"
)

type rfcVector struct{ name, context, seed, public, message, signature string }

// RFC 8032, Section 7.1.
var rfcEd25519 = []rfcVector{
	{
		"Test 1", "",
		"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
		"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
		"",
		"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
	},
	{
		"Test 2", "",
		"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
		"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
		"72",
		"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
	},
	{
		"Test 3", "",
		"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
		"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
		"af82",
		"6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
	},
	{
		"Test SHA(abc)", "",
		"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
		"ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
		"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
		"dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
	},
	{ // Section 7.2, Ed25519ctx
		"foo", "foo",
		"0305334e381af78f141cb666f6199f57bc3495335a256a95bd2a55bf546663f6",
		"dfc9425e4f968f7f0c29f0259cf5f9aed6851c2bb4ad8bfb860cfee0ab248292",
		"f726936d19c800494e3fdaff20b276a8",
		"55a4cc2f70a54e04288c5f4cd1e45a7bb520b36292911876cada7323198dd87a8b36950b95130022907a7fb7c4e9b2d5f6cca685a587b4b21f4b888e4e7edb0d",
	},
}

// RFC 8032, Section 7.4. The seeds have 57 octets.
var rfcEd448 = []rfcVector{
	{
		"Blank", "",
		"6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b",
		"5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180",
		"",
		"533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f034f628281f2fd7a22ddd47d7828c59bd0a21bfd3980" +
			"ff0d2028d4b18a9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4dbb61149f05a7363268c71d95808ff2e652600",
	},
	{
		"1 octet", "",
		"c4eab05d357007c632f3dbb48489924d552b08fe0c353a0d4a1f00acda2c463afbea67c5e8d2877c5e3bc397a659949ef8021e954e0a12274e",
		"43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c6798c0866aea01eb00742802b8438ea4cb82169c235160627b4c3a9480",
		"03",
		"26b8f91727bd62897af15e41eb43c377efb9c610d48f2335cb0bd0087810f4352541b143c4b981b7e18f62de8ccdf633fc1bf037ab7cd77980" +
			"5e0dbcc0aae1cbcee1afb2e027df36bc04dcecbf154336c19f0af7e0a6472905e799f1953d2a0ff3348ab21aa4adafd1d234441cf807c03a00",
	},
	{
		"1 octet (with context)", "foo",
		"c4eab05d357007c632f3dbb48489924d552b08fe0c353a0d4a1f00acda2c463afbea67c5e8d2877c5e3bc397a659949ef8021e954e0a12274e",
		"43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c6798c0866aea01eb00742802b8438ea4cb82169c235160627b4c3a9480",
		"03",
		"d4f8f6131770dd46f40867d6fd5d5055de43541f8c5e35abbcd001b32a89f7d2151f7647f11d8ca2ae279fb842d607217fce6e042f6815ea00" +
			"0c85741de5c8da1144a6a1aba7f96de42505d7a7298524fda538fccbbb754f578c1cad10d54d0d5428407e85dcbc98a49155c13764e66c3c00",
	},
	{
		"11 octets", "",
		"cd23d24f714274e744343237b93290f511f6425f98e64459ff203e8985083ffdf60500553abc0e05cd02184bdb89c4ccd67e187951267eb328",
		"dcea9e78f35a1bf3499a831b10b86c90aac01cd84b67a0109b55a36e9328b1e365fce161d71ce7131a543ea4cb5f7e9f1d8b00696447001400",
		"0c3e544074ec63b0265e0c",
		"1f0a8888ce25e8d458a21130879b840a9089d999aaba039eaf3e3afa090a09d389dba82c4ff2ae8ac5cdfb7c55e94d5d961a29fe0109941e00" +
			"b8dbdeea6d3b051068df7254c0cdc129cbe62db2dc957dbb47b51fd3f213fb8698f064774250a5028961c9bf8ffd973fe5d5c206492b140e00",
	},
	{
		"64 octets", "",
		"d65df341ad13e008567688baedda8e9dcdc17dc024974ea5b4227b6530e339bff21f99e68ca6968f3cca6dfe0fb9f4fab4fa135d5542ea3f01",
		"df9705f58edbab802c7f8363cfe5560ab1c6132c20a9f1dd163483a26f8ac53a39d6808bf4a1dfbd261b099bb03b3fb50906cb28bd8a081f00",
		"bd0f6a3747cd561bdddf4640a332461a4a30a12a434cd0bf40d766d9c6d458e5512204a30c17d1f50b5079631f64eb3112182da3005835461113718d1a5ef944",
		"554bc2480860b49eab8532d2a533b7d578ef473eeb58c98bb2d0e1ce488a98b18dfde9b9b90775e67f47d4a1c3482058efc9f40d2ca033a080" +
			"1b63d45b3b722ef552bad3b4ccb667da350192b61c508cf7b6b5adadc2c8d9a446ef003fb05cba5f30e88e36ec2703b349ca229c2670833900",
	},
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// The functions under Sign and Verify take seeds of any length, and what
// stands before a message, with a context or without.
func TestRFC8032(t *testing.T) {
	for a, vectors := range map[Algorithm][]rfcVector{Ed25519(): rfcEd25519, Ed448(): rfcEd448} {
		for _, v := range vectors {
			t.Run(a.String()+"/"+v.name, func(t *testing.T) {
				dom := a.suite.eddsa.dom
				if v.context != "" {
					dom = "SigEd25519 no Ed25519 collisions"
					if a == Ed448() {
						dom = "SigEd448"
					}
					dom += "\x00" + string(rune(len(v.context))) + v.context
				}
				u := &suite{a.suite.curve, &eddsa{a.suite.eddsa.hash, dom}}
				h := u.eddsa.hash(unhex(v.seed))
				s := u.curve.NewScalar().SetClamped(h[:u.curve.ScalarLen()])
				p := u.curve.NewPoint().ScalarBaseMult(s)
				public := &PublicKey{a, p, p.Bytes()}
				if got := hex.EncodeToString(public.Bytes()); got != v.public {
					t.Fatalf("public key %s, want %s", got, v.public)
				}
				message, want := unhex(v.message), unhex(v.signature)
				if got := u.sign(s, h[len(h)/2:], public.encoded, message); !bytes.Equal(got, want) {
					t.Errorf("signature %x, want %x", got, want)
				}
				if !u.verify(public, dom, message, want) {
					t.Error("the signature does not verify")
				}
				if got := public.Verify(message, want); got != (v.context == "") {
					t.Errorf("without context, Verify says %v", got)
				}
			})
		}
	}
	// The whole way, for seeds as they are here.
	for _, v := range rfcEd25519 {
		k, err := Ed25519().NewPrivateKey(unhex(v.seed))
		if err != nil {
			t.Fatal(err)
		}
		got, err := k.Sign(unhex(v.message))
		if err != nil || hex.EncodeToString(got) != v.signature && v.context == "" {
			t.Errorf("%s: %x, %v", v.name, got, err)
		}
	}
}
