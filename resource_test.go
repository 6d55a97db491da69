package rollcall_test

import (
	"strings"
	"testing"

	"rollcall"
)

var here = rollcall.ARN{Partition: "aws", Region: "eu-west-1", Account: "123456789012", Instance: "here"}

func TestParseResource_TakesIDsAndARNsOfTheInstance(t *testing.T) {
	for _, c := range []struct{ want, value, id string }{
		{rollcall.TypeQueue, "sales", "sales"},
		{rollcall.TypeQueue, here.Child(rollcall.TypeQueue, "sales").String(), "sales"},
		{rollcall.TypeAgent, here.Child(rollcall.TypeAgent, "ann").String(), "ann"},
		{rollcall.TypeQueue, here.Child(rollcall.TypeAgentQueue, "ann").String(), "agent/ann"},
	} {
		resource, why := rollcall.ParseResource(here, c.want, c.value)
		if why != "" || resource.QueryID() != c.id || !resource.SameInstance(here) {
			t.Errorf("%s %s: %v, id %s, %s; want id %s", c.want, c.value, resource, resource.QueryID(), why, c.id)
		}
	}
}

func TestParseResource_SaysWhatIsWrong(t *testing.T) {
	elsewhere := here
	elsewhere.Account = "210987654321"
	for _, c := range []struct{ value, why string }{
		{"", "want an id (1 to 256 printable"},
		{"a/b", "want an id"},
		{strings.Repeat("x", 257), "want an id"},
		{"a\x00", "want an id"},
		{"arn:aws:s3:::bucket", "isn't an ARN of Amazon Connect"},
		{elsewhere.Child(rollcall.TypeQueue, "sales").String(), "but of here in account 210987654321, eu-west-1"},
		{here.Child(rollcall.TypeAgent, "ann").String(), `it is of type "agent", not "queue"`},
		{here.String(), `it is of type "instance", not "queue"`},
	} {
		if _, why := rollcall.ParseResource(here, rollcall.TypeQueue, c.value); !strings.Contains(why, c.why) {
			t.Errorf("%q: %q, want %q", c.value, why, c.why)
		}
	}
	if _, why := rollcall.ParseResource(rollcall.ARN{}, rollcall.TypeQueue, elsewhere.Child(rollcall.TypeQueue, "sales").String()); why != "" {
		t.Errorf("an unknown instance has any queue, but %s", why)
	}
}
