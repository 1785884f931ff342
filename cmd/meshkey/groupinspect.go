package main

import "meshkey/internal/jsonb"

// groupTitles says what the files of groups are, by the tags of what is in them.
var groupTitles = map[string]string{
	"GroupRecord":           "the record of a group; meshkey group accept takes it",
	"GroupInvitation":       "an invitation to a group; meshkey group accept takes it",
	"GroupWelcome":          "what appointed administrators admit a member with; meshkey group accept takes it",
	"CatalogedAccess":       "a half of a group's key for its service; meshkey group accept takes it",
	"CapabilityKeyGenerate": "the appointment of a group's administrator; meshkey group accept takes it",
	"GroupRequest":          "a member's request; meshkey group contribute answers it",
	"GroupAnswer":           "the answer to a member's request; meshkey group combine decrypts with it",
	"GroupProposal":         "a proposal to the administrators of a group; meshkey group grant answers it",
	"GroupGrant":            "an administrator's grant; meshkey group confirm takes those of all",
	"GroupSigners":          "who signs for a group; meshkey group sign accept takes it",
	"GroupSigningShare":     "a share of the key that signs for a group; meshkey group sign accept takes it",
	"GroupNonces":           "nonces (SECRET, and good once); meshkey group sign answer uses them up",
	"GroupCommitment":       "a commitment; meshkey group sign request takes those of all who sign",
	"GroupSigning":          "a signing; meshkey group sign answer answers it",
	"GroupSignatureShare":   "the answer to a signing; meshkey group sign combine takes those of all",
}

// inspectOfGroup knows what groups exchange that is in no envelope.
func inspectOfGroup(data []byte) (thing, bool) {
	v, err := jsonb.Parse(data)
	if err != nil {
		return thing{}, false
	}
	if m := v.Members(); len(m) == 1 && groupTitles[m[0].Name] != "" {
		return thing{Kind: "group", Title: groupTitles[m[0].Name]}, true
	}
	if n := len(v.Items()); n > 0 && v.Items()[0].Kind() == jsonb.Array {
		t := thing{Kind: "group", Title: "halves of a group's key for its service; meshkey group accept takes them"}
		t.add("halves", n)
		return t, true
	}
	return thing{}, false
}
