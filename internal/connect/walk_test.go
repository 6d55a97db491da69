package connect_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall"
	"rollcall/internal/connect"
	"rollcall/internal/floor"
)

// tester is what helpers need of a test, be it of package testing or of rapid.
type tester interface {
	Context() context.Context
	Helper()
	Error(args ...any)
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// asker asks one service without a network.
type asker struct {
	tb      tester
	service *connect.Service
}

func newAsker(tb tester, o connect.Options) asker {
	return asker{tb, connect.New(withDefaults(o))}
}

// ask sends a body about the instance "support".
func (a asker) ask(body string) reply {
	return a.askAt("/metrics/userdata/support", body)
}

func (a asker) askAt(path, body string) reply {
	a.tb.Helper()
	r := httptest.NewRequestWithContext(a.tb.Context(), http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "key test")
	w := httptest.NewRecorder()
	a.service.ServeHTTP(w, r)
	return reply{w.Code, w.Header(), w.Body.Bytes()}
}

// page asks for one page of a walk.
func (a asker) page(filters string, size int, token string) userDataPage {
	a.tb.Helper()
	body := fmt.Sprintf(`{"Filters":%s,"MaxResults":%d,"NextToken":%q}`, filters, size, token)
	r := a.ask(body)
	if r.status != http.StatusOK {
		a.tb.Fatalf("%s\n%s", body, r.summary(a.tb))
	}
	return decodePage(a.tb, r.body)
}

const (
	allVoice = `{"RoutingProfiles":["p-voice"]}`
	allSales = `{"Queues":["q-sales"]}`
)

func TestWalk_ReturnsEverybodyOnceInOrder(t *testing.T) {
	a := newAsker(t, connect.Options{})
	for size := 1; size <= 4; size++ {
		var names []string
		for token := ""; ; {
			page := a.page(`{"RoutingProfiles":["p-voice","p-chat"]}`, size, token)
			if page.ApproximateTotalCount != 4 {
				t.Errorf("size %d: total %d on a page, want 4 on every one", size, page.ApproximateTotalCount)
			}
			names = append(names, page.names()...)
			if token = page.NextToken; token == "" {
				break
			}
		}
		if diff := cmp.Diff([]string{"ada", "ben", "cleo", "dan"}, names); diff != "" {
			t.Errorf("size %d (-want +got):\n%s", size, diff)
		}
	}
}

// Whoever matches from the first page to the last is returned exactly once,
// whatever happens to the floor between the pages; nobody is returned twice,
// and who is returned matched when its page was made.
func TestWalk_IsStableWhileTheFloorChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		floors := floor.New(floor.Options{Encode: connect.EncodeUserData})
		a := asker{t, connect.New(withDefaults(connect.Options{Floors: floors, LenientFilters: true}))}
		pack := uint64(0)
		change := func(n int) {
			for range n {
				pack++
				apply(floors, 7, pack, anyEvent(t, pack))
			}
		}
		change(rapid.IntRange(1, 60).Draw(t, "agents"))
		question := rapid.SampledFrom(questions).Draw(t, "question")
		throughout := matching(floors, &question.query)
		returned := map[string]int{} // :: agent id -> times
		for token := ""; ; {
			page := a.page(question.filters, rapid.IntRange(1, 8).Draw(t, "size"), token)
			now := matching(floors, &question.query)
			if page.ApproximateTotalCount != len(now) {
				t.Fatalf("total is %d, %d match", page.ApproximateTotalCount, len(now))
			}
			for _, name := range page.names() {
				if returned[name]++; !now[name] {
					t.Fatalf("%s was returned and doesn't match", name)
				}
			}
			maps.DeleteFunc(throughout, func(name string, _ bool) bool { return !now[name] })
			if token = page.NextToken; token == "" {
				break
			}
			change(rapid.IntRange(0, 6).Draw(t, "changes"))
		}
		for name, times := range returned {
			if times > 1 {
				t.Fatalf("%s was returned %d times", name, times)
			}
		}
		for name := range throughout {
			if returned[name] == 0 {
				t.Fatalf("%s matched throughout and was not returned", name)
			}
		}
	})
}

// questions are filters as a client writes them and what they mean.
var questions = []struct {
	filters string
	query   rollcall.Query
}{
	{`{}`, rollcall.Query{}},
	{`{"Queues":["q-1","q-2"]}`, rollcall.Query{Queues: []rollcall.QueueID{"q-1", "q-2"}}},
	{`{"RoutingProfiles":["p-1"]}`, rollcall.Query{RoutingProfiles: []rollcall.RoutingProfileID{"p-1"}}},
	{`{"UserHierarchyGroups":["g-1"]}`, rollcall.Query{HierarchyGroups: []rollcall.HierarchyGroupID{"g-1"}}},
	{`{"ContactFilter":{"ContactStates":["CONNECTED"]}}`, rollcall.Query{ContactStates: 1 << rollcall.StateConnected}},
}

// anyEvent draws an event of one of a few agents.
func anyEvent(t *rapid.T, pack uint64) *rollcall.Event {
	n := rapid.IntRange(1, 3)
	traits := []trait{
		rapid.SampledFrom([]trait{available, onLunch, offline}).Draw(t, "status"),
		profile(fmt.Sprint("p-", n.Draw(t, "profile")), fmt.Sprint("q-", n.Draw(t, "queue")), "q-all"),
		within("g-0", fmt.Sprint("g-", n.Draw(t, "group"))),
		at(noon.Add(time.Duration(pack) * time.Second)),
	}
	if rapid.Bool().Draw(t, "busy") {
		traits = append(traits, contact("c-1", rollcall.ChannelVoice, rollcall.StateConnected, "q-all"))
	}
	return agent(fmt.Sprint("a-", rapid.IntRange(0, 40).Draw(t, "agent")), traits...)
}

// matching asks every agent, by Match.
func matching(floors *floor.Floors, q *rollcall.Query) map[string]bool {
	names := map[string]bool{}
	fl, ok := floors.Floor("support")
	if !ok {
		return names
	}
	everybody := fl.Select(&rollcall.Query{IncludeOffline: true}, rollcall.Cursor{}, 1000)
	for _, a := range everybody.Agents {
		if q.Match(a) {
			names[string(a.ID)] = true
		}
	}
	return names
}

func TestToken_OpensOnAnyNodeThatSharesAKey(t *testing.T) {
	older, newer := []byte("the key of last year, long enough"), []byte("the key of this year, long enough")
	before := newAsker(t, connect.Options{Secrets: [][]byte{older}})
	during := newAsker(t, connect.Options{Secrets: [][]byte{newer, older}})
	after := newAsker(t, connect.Options{Secrets: [][]byte{newer}})

	token := before.page(allVoice, 1, "").NextToken
	if got := during.page(allVoice, 1, token).names(); !slices.Equal(got, []string{"ben"}) {
		t.Errorf("a token of the older key, while rotating: %v", got)
	}
	wantRefused(t, after, allVoice, token, "isn't a token that this service gave")
	token = during.page(allVoice, 1, "").NextToken
	if got := after.page(allVoice, 1, token).names(); !slices.Equal(got, []string{"ben"}) {
		t.Errorf("a token of the newer key: %v", got)
	}
	wantRefused(t, before, allVoice, token, "isn't a token that this service gave")
}

func TestToken_WithoutASecretBelongsToOneService(t *testing.T) {
	one, other := newAsker(t, connect.Options{Secrets: [][]byte{}}), newAsker(t, connect.Options{Secrets: [][]byte{}})
	token := one.page(allVoice, 1, "").NextToken
	one.page(allVoice, 1, token)
	wantRefused(t, other, allVoice, token, "isn't a token that this service gave")
}

func TestToken_IsGoodForFiveMinutes(t *testing.T) {
	var c clock
	c.now = noon
	a := newAsker(t, connect.Options{Now: c.Now})
	token := a.page(allVoice, 1, "").NextToken
	c.advance(5 * time.Minute)
	a.page(allVoice, 1, token)
	c.advance(time.Millisecond)
	wantRefused(t, a, allVoice, token, "has expired: a token is good for 5m0s. Leave NextToken out to start again.")
}

func TestToken_OfAnEarlierJournalIsRefused(t *testing.T) {
	before := newAsker(t, connect.Options{Floors: supportFloors(7)})
	after := newAsker(t, connect.Options{Floors: supportFloors(8)})
	token := before.page(allVoice, 1, "").NextToken
	wantRefused(t, after, allVoice, token, "is of an earlier life of this service's journal. Leave NextToken out to start again.")
}

func TestToken_BelongsToTheFiltersWhateverTheirForm(t *testing.T) {
	a := newAsker(t, connect.Options{LenientFilters: true})
	first := `{"Queues":["q-sales","q-billing"],"ContactFilter":{"ContactStates":["CONNECTED","ENDED"]}}`
	token := a.page(first, 1, "").NextToken
	for _, same := range []string{
		`{"Queues":["q-billing","q-sales"],"ContactFilter":{"ContactStates":["ENDED","CONNECTED"]}}`,
		`{"Queues":["q-sales","q-billing","q-sales"],"ContactFilter":{"ContactStates":["CONNECTED","ENDED","ENDED"]},"Agents":null}`,
		`{"ContactFilter":{"ContactStates":["CONNECTED","ENDED"]},"Queues":["` + support.Child("queue", "q-sales").String() + `","q-billing"]}`,
	} {
		if got := a.page(same, 2, token).names(); !slices.Equal(got, []string{"dan"}) {
			t.Errorf("%s: %v", same, got)
		}
	}
	for _, other := range []string{
		`{"Queues":["q-sales","q-billing"]}`,
		`{"Queues":["q-sales"],"ContactFilter":{"ContactStates":["CONNECTED","ENDED"]}}`,
		`{"Queues":["q-sales","q-billing"],"ContactFilter":{"ContactStates":["CONNECTED"]}}`,
		`{"Agents":["q-sales","q-billing"],"ContactFilter":{"ContactStates":["CONNECTED","ENDED"]}}`,
		`{"Queues":["q-salesq-billing"],"ContactFilter":{"ContactStates":["CONNECTED","ENDED"]}}`,
		`{}`,
	} {
		wantRefused(t, a, other, token, "isn't a token that this service gave for this InstanceId and these Filters. "+
			"Repeat both as they were, or leave NextToken out to start again.")
	}
}

func TestToken_BelongsToTheInstance(t *testing.T) {
	floors := supportFloors(7)
	sales := support
	sales.Instance = "sales"
	elsewhere := agent("ada", profile("p-voice"), available)
	elsewhere.Instance, elsewhere.Agent = sales, sales.Child(rollcall.TypeAgent, "ada")
	apply(floors, 7, 2, elsewhere)
	a := newAsker(t, connect.Options{Floors: floors})
	token := a.page(allVoice, 1, "").NextToken
	body := fmt.Sprintf(`{"Filters":%s,"NextToken":%q}`, allVoice, token)
	if r := a.askAt("/metrics/userdata/sales", body); r.status != http.StatusBadRequest {
		t.Errorf("a token of another instance: %s", r.summary(t))
	}
	byARN := "/metrics/userdata/arn%3Aaws%3Aconnect%3Aeu-west-1%3A123456789012%3Ainstance%2Fsupport"
	if r := a.askAt(byARN, body); r.status != http.StatusOK {
		t.Errorf("a token of the same instance, by its ARN: %s", r.summary(t))
	}
}

func TestToken_WithAnyBitChangedIsRefused(t *testing.T) {
	a := newAsker(t, connect.Options{})
	token := a.page(allVoice, 1, "").NextToken
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		t.Fatalf("a token isn't base64url: %q", token)
	}
	for bit := range len(raw) * 8 {
		forged := slices.Clone(raw)
		forged[bit/8] ^= 1 << (bit % 8)
		wantRefused(t, a, allVoice, base64.RawURLEncoding.EncodeToString(forged), "isn't a token")
	}
	for n := range len(token) {
		if n > 0 {
			wantRefused(t, a, allVoice, token[:n], "isn't a token")
		}
		wantRefused(t, a, allVoice, token[:n]+"!"+token[n+1:], "isn't a token")
	}
	for _, longer := range []string{token + "A", token + "=", token + "\n", " " + token, token + token} {
		wantRefused(t, a, allVoice, longer, "isn't a token")
	}
}

// wantRefused asks with the token and wants an InvalidParameterException.
func wantRefused(t *testing.T, a asker, filters, token, message string) {
	t.Helper()
	raw, err := json.Marshal(token)
	if err != nil {
		t.Fatal(err)
	}
	r := a.ask(fmt.Sprintf(`{"Filters":%s,"NextToken":%s}`, filters, raw))
	got := r.summary(t)
	if !strings.HasPrefix(got, "400 InvalidParameterException\nNextToken \"") || !strings.Contains(got, message) {
		t.Errorf("%s with token %q:\n%s", filters, token, got)
	}
}

func TestWalk_MayChangeThePageSize(t *testing.T) {
	a := newAsker(t, connect.Options{})
	page := a.page(allSales, 2, "")
	if got := a.page(allSales, 100, page.NextToken).names(); !slices.Equal(got, []string{"dan"}) {
		t.Errorf("%v", got)
	}
}

// Whoever asks what was asked before gets what he would be told first, whatever
// changed or didn't meanwhile, and so do those who ask at once.
func TestUserData_AskedAgainIsAsAskedFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		floors := floor.New(floor.Options{Encode: connect.EncodeUserData})
		o := withDefaults(connect.Options{Floors: floors, LenientFilters: true, JoinedBytes: rapid.SampledFrom([]int{0, 20_000}).Draw(t, "bytes")})
		a := asker{t, connect.New(o)}
		pack := uint64(0)
		change := func(n int) {
			for range n {
				pack++
				apply(floors, 7, pack, anyEvent(t, pack))
			}
		}
		change(rapid.IntRange(1, 60).Draw(t, "agents"))
		for range rapid.IntRange(1, 12).Draw(t, "questions") {
			question := rapid.SampledFrom(questions).Draw(t, "question")
			body := fmt.Sprintf(`{"Filters":%s,"MaxResults":%d}`, question.filters, rapid.SampledFrom([]int{1, 7, 20, 100}).Draw(t, "size"))
			want := asker{t, connect.New(o)}.ask(body)
			var all sync.WaitGroup
			got := make([]reply, rapid.IntRange(1, 3).Draw(t, "at once"))
			for i := range got {
				all.Go(func() { got[i] = a.ask(body) })
			}
			all.Wait()
			for _, is := range got {
				if is.status != want.status || !bytes.Equal(withoutToken(is.body), withoutToken(want.body)) {
					t.Fatalf("%s\n got %s\nwant %s", body, is.body, want.body)
				}
			}
			change(rapid.SampledFrom([]int{0, 0, 1, 5}).Draw(t, "changes"))
		}
	})
}

var tokenMember = regexp.MustCompile(`"NextToken":"[^"]*",`)

// withoutToken is the answer without its token, which is another each time.
func withoutToken(body []byte) []byte { return tokenMember.ReplaceAll(body, []byte(`"NextToken":"",`)) }

// The same body asks of each instance what it asks of the first.
func TestUserData_ABodyAsksOfTheInstanceInItsPath(t *testing.T) {
	there := agent("agent-1", profile("p-0", "q-all"), available)
	there.Instance.Instance, there.Agent.Instance = "other", "other"
	there.AgentARN = there.Agent.String()
	a := newAsker(t, connect.Options{Floors: newFloors(7, append(crowd(20), there)...)})
	const body = `{"Filters":{"Queues":["q-all"]}}`
	for range 3 {
		if page := decodePage(t, a.ask(body).body); page.ApproximateTotalCount != 20 {
			t.Errorf("%d agents here, want 20", page.ApproximateTotalCount)
		}
		if page := decodePage(t, a.askAt("/metrics/userdata/other", body).body); page.ApproximateTotalCount != 1 {
			t.Errorf("%d agents there, want 1", page.ApproximateTotalCount)
		}
		if refused := a.askAt("/metrics/userdata/nowhere", body); refused.status != http.StatusNotFound {
			t.Errorf("status %d of no instance", refused.status)
		}
	}
}
