package pagetoken_test

import (
	"encoding/base64"
	"testing"
	"time"

	"rollcall"
	"rollcall/internal/pagetoken"
)

var (
	place   = pagetoken.Place{Ordinal: 7, Epoch: 9, IssuedAt: time.UnixMilli(1741064767123)}
	support = rollcall.ARN{Partition: "aws", Region: "eu-west-1", Account: "123456789012", Instance: "support"}
)

func TestOpen_GivesWhatWasSealed(t *testing.T) {
	k := pagetoken.New([]byte("secret"))
	token := k.Seal(place, []byte("binding"))
	if got, ok := k.Open(token, []byte("binding")); !ok || got != place {
		t.Errorf("opened %v, %t; sealed %v", got, ok, place)
	}
	if _, ok := k.Open(token, []byte("another")); ok {
		t.Error("opened over another binding")
	}
}

func TestOpen_RefusesAnyChange(t *testing.T) {
	k := pagetoken.New()
	token := k.Seal(place, nil)
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		t.Fatal(err)
	}
	for bit := range len(raw) * 8 {
		raw[bit/8] ^= 1 << (bit % 8)
		if _, ok := k.Open(base64.RawURLEncoding.EncodeToString(raw), nil); ok {
			t.Errorf("opened with bit %d changed", bit)
		}
		raw[bit/8] ^= 1 << (bit % 8)
	}
	for _, other := range []string{"", token[1:], token + "A", " " + token, token[:len(token)-1] + "="} {
		if _, ok := k.Open(other, nil); ok {
			t.Errorf("opened %q", other)
		}
	}
}

func TestKeys_AreRotated(t *testing.T) {
	older, newer := []byte("last year's"), []byte("this year's")
	both := pagetoken.New(nil, newer, older)
	if _, ok := both.Open(pagetoken.New(older).Seal(place, nil), nil); !ok {
		t.Error("a token of the older key isn't opened while rotating")
	}
	if _, ok := pagetoken.New(newer).Open(both.Seal(place, nil), nil); !ok {
		t.Error("the newer key doesn't seal")
	}
	if _, ok := pagetoken.New().Open(pagetoken.New().Seal(place, nil), nil); ok {
		t.Error("two keys that were drawn are the same")
	}
}

func TestBinding_TellsQuestionsApart(t *testing.T) {
	seen := map[string]string{}
	for name, q := range map[string]rollcall.Query{
		"everybody":      {},
		"offline, too":   {IncludeOffline: true},
		"one queue":      {Queues: []rollcall.QueueID{"ab"}},
		"two queues":     {Queues: []rollcall.QueueID{"a", "b"}},
		"an agent":       {Agents: []rollcall.AgentID{"ab"}},
		"a group":        {HierarchyGroups: []rollcall.HierarchyGroupID{"ab"}},
		"contact states": {ContactStates: 1},
		"a name":         {Traits: rollcall.Traits{Name: "ab"}},
		"a status":       {Traits: rollcall.Traits{Statuses: []string{"ab"}}},
	} {
		b := string(pagetoken.AppendQuery(pagetoken.Bind(nil, "op", support), &q))
		if other, ok := seen[b]; ok {
			t.Errorf("%s is bound as %s", name, other)
		}
		seen[b] = name
	}
}
