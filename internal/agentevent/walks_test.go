package agentevent_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/internal/agentevent"
)

// checkWalks holds that the quick walk takes what the careful walk takes, makes
// the same of it, and leaves all refusals to it: whatever a document is, it
// can't be told which of the two read it.
func checkWalks(t interface {
	Helper()
	Errorf(string, ...any)
}, body []byte, limits agentevent.Limits,
) {
	t.Helper()
	quick, quickErr := agentevent.Decode(body, limits)
	careful, carefulErr := agentevent.DecodeCarefully(body, limits)
	if diff := cmp.Diff(careful, quick); diff != "" {
		t.Errorf("%.4000q (-careful walk +both):\n%s", body, diff)
	}
	if (quickErr == nil) != (carefulErr == nil) || quickErr != nil && quickErr.Error() != carefulErr.Error() {
		t.Errorf("%.4000q: error %v, and %v by the careful walk alone", body, quickErr, carefulErr)
	}
}

// fragments are what JSON is made of, and what it isn't.
var fragments = []string{
	`"`, `\`, `\"`, `\\`, `\u0041`, `\ud83d\ude00`, `\ud83d`, `\udc00\ud800`, `\u12`, `\x`, "\x00", "\x1f", "\x7f", "\n", "\t", " ", "\r\n",
	"é", "\xff", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\u2028", "李",
	`{`, `}`, `[`, `]`, `,`, `:`, `{}`, `[]`, `null`, `true`, `false`, `nul`, `0`, `-`, `01`, `1.`, `1.5e`, `1e+9`, `-0`, `1e999`, `.5`, `+1`,
	`"a":1,`, `"a":1,"a":2,`, `"ARN":null,`, `"Name":"x",`, `"Type":`, `,"X":{"a":{"b":[1,2]}}`, `"\u0041RN":1,`, `"PreviousAgentSnapshot":null,`,
	`"EventTimestamp":"2026-02-30T00:00:00Z",`, `2026-03-02T09:00:00.000Z`, `2026-03-02T09:00:00.1234567891Z`, `T24`, `-13-`, `/`, `arn:aws:connect:`,
	strings.Repeat("[", 210), strings.Repeat(`{"a":`, 70), strings.Repeat("x", 40), strings.Repeat(`"k":[],`, 2),
}

func TestDecode_BothWalksAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := centre{agents: 50}
		n := rapid.IntRange(1, 4).Draw(t, "documents")
		list := make([]string, n)
		for i := range list {
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				list[i] = callDocument
			case 1:
				list[i] = least(i)
			default:
				list[i] = c.document(rapid.IntRange(0, 49).Draw(t, "agent"), rapid.IntRange(0, 3).Draw(t, "round"))
			}
		}
		body := rapid.SampledFrom([]string{"", "[", " \n[ "}).Draw(t, "open") +
			strings.Join(list, rapid.SampledFrom([]string{"", "\n", ",", "\r\n", " , ", "\n\n"}).Draw(t, "between")) +
			rapid.SampledFrom([]string{"", "]", "\n", " ] \n", ",]"}).Draw(t, "end")
		for range rapid.IntRange(0, 3).Draw(t, "damages") {
			body = damage(t, body)
		}
		limits := agentevent.DefaultLimits
		limits.Depth = rapid.SampledFrom([]int{4, 7, 64, 300}).Draw(t, "depth")
		checkWalks(t, []byte(body), limits)
	})
}

// damage changes a body somewhere: something comes in, goes, or comes twice.
func damage(t *rapid.T, body string) string {
	from := rapid.IntRange(0, len(body)).Draw(t, "from")
	to := min(len(body), from+rapid.SampledFrom([]int{0, 0, 1, 2, 5, 30, 300}).Draw(t, "bytes"))
	switch rapid.IntRange(0, 3).Draw(t, "damage") {
	case 0:
		return body[:from] + body[to:]
	case 1:
		return body[:to] + body[from:]
	default:
		return body[:from] + rapid.SampledFrom(fragments).Draw(t, "fragment") + body[to:]
	}
}

// FuzzDecode_BothWalksAgree is the same for bodies of all kinds.
func FuzzDecode_BothWalksAgree(f *testing.F) {
	c := centre{agents: 9}
	for i := range c.agents {
		f.Add([]byte(c.document(i, i%3)))
	}
	for _, fragment := range fragments {
		f.Add([]byte(with(`"X":` + fragment)))
		f.Add([]byte(with(`"X":"` + fragment + `"`)))
		f.Add([]byte(withContact(`"ContactId":"c","State":"ENDED",` + fragment + `"Z":0`)))
	}
	for _, body := range []string{callDocument, large(3), "[" + least(1) + "," + least(2) + "]", least(1) + "\n{\n" + least(2), "[{},{\"a\":[[]]},null]"} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) { checkWalks(t, body, agentevent.DefaultLimits) })
}

// TestDecode_BothWalksAgreeOnWhatIsRare holds for what the scanner leaves to
// jsontext though it is JSON: very wide, very deep and oddly spelled objects.
func TestDecode_BothWalksAgreeOnWhatIsRare(t *testing.T) {
	wide := func(n int) string {
		members := make([]string, n)
		for i := range members {
			members[i] = `"m` + strconv.Itoa(i) + `":0`
		}
		return "{" + strings.Join(members, ",") + "}"
	}
	deep := func(n int, open, closing string) string {
		return strings.Repeat(open, n) + "1" + strings.Repeat(closing, n)
	}
	limits := agentevent.DefaultLimits
	limits.Depth = 9_000
	for value, taken := range map[string]bool{
		wide(64): true, wide(65): true, wide(300): true, strings.Replace(wide(300), "m299", "m298", 1): false,
		deep(198, "[", "]"): true, deep(205, "[", "]"): true, deep(205, `{"a":`, "}"): true,
		deep(9_500, "[", "]"): false, deep(10_500, "[", "]"): false,
		`{"\u0061":1,"b":2}`: true, `{"\u0061":1,"a":2}`: false, `{"":1}`: true, `{"":1,"":2}`: false,
	} {
		for _, wrap := range [][2]string{{"", ""}, {"[", "]"}, {"[" + least(7) + ", ", "\n," + least(9) + "]"}, {least(7) + "\n", "\n" + least(9)}} {
			body := wrap[0] + with(`"X":`+value) + wrap[1]
			checkWalks(t, []byte(body), limits)
			batch, err := agentevent.Decode([]byte(body), limits)
			if err != nil || taken != (len(batch.Refused) == 0) {
				t.Errorf("%.60s…: error %v, refused %v, want it taken: %v", value, err, batch.Refused, taken)
			}
		}
	}
}
