package connect_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall"
	"rollcall/connectapi"
	"rollcall/internal/connect"
	"rollcall/internal/floor"
)

const metricsPath = "/metrics/current/support"

// known and unknown are Amazon's metrics, the second those that agents' events
// can't tell.
var (
	known = []connectapi.CurrentMetricName{
		"AGENTS_ONLINE", "AGENTS_AVAILABLE", "AGENTS_ON_CALL", "AGENTS_NON_PRODUCTIVE", "AGENTS_AFTER_CONTACT_WORK",
		"AGENTS_ERROR", "AGENTS_STAFFED", "AGENTS_ON_CONTACT", "SLOTS_ACTIVE", "SLOTS_AVAILABLE",
	}
	unknown = []connectapi.CurrentMetricName{"CONTACTS_IN_QUEUE", "OLDEST_CONTACT_AGE", "CONTACTS_SCHEDULED", "ESTIMATED_WAIT_TIME"}
)

func metricsNamed(names ...connectapi.CurrentMetricName) (list []connectapi.CurrentMetric) {
	for _, name := range names {
		list = append(list, connectapi.CurrentMetric{Name: name})
	}
	return list
}

func (a asker) metrics(in *connectapi.GetCurrentMetricDataInput) *connectapi.GetCurrentMetricDataOutput {
	a.tb.Helper()
	body, err := connectapi.Marshal(in)
	if err != nil {
		a.tb.Fatal(err)
	}
	r := a.askAt(metricsPath, string(body))
	out := new(connectapi.GetCurrentMetricDataOutput)
	if r.status != http.StatusOK {
		a.tb.Fatalf("%s\n%s", body, r.said())
	}
	if err := connectapi.Unmarshal(r.body, out); err != nil {
		a.tb.Fatal(err)
	}
	return out
}

// flat is a row as a line.
func flat(r connectapi.CurrentMetricResult) string {
	b, _ := json.Marshal(r.Dimensions)
	line := []string{string(b)}
	for _, c := range r.Collections {
		if c.Value == nil {
			line = append(line, fmt.Sprintf("%s=?", c.Metric.Name))
		} else {
			line = append(line, fmt.Sprintf("%s=%g", c.Metric.Name, *c.Value))
		}
	}
	return strings.Join(line, " ")
}

// Amazon's documentation gives this floor: thirty agents in a custom status, one
// of them on a contact.
func TestMetrics_AmazonsExample(t *testing.T) {
	var events []*rollcall.Event
	for i := range 30 {
		e := agent(fmt.Sprint("a", i), profile("p-voice", "q-sales"), onLunch)
		if i == 7 {
			contact("c", rollcall.ChannelVoice, rollcall.StateConnected, "q-sales")(e)
		}
		events = append(events, e)
	}
	a := newAsker(t, connect.Options{Floors: newFloors(7, events...)})
	r := a.askAt(metricsPath, `{"Filters":{"Queues":["q-sales"]},"CurrentMetrics":[{"Name":"AGENTS_ONLINE","Unit":"COUNT"},{"Name":"AGENTS_ON_CALL"},
		{"Name":"AGENTS_NON_PRODUCTIVE"},{"Name":"AGENTS_AFTER_CONTACT_WORK"},{"Name":"AGENTS_ERROR"},{"Name":"AGENTS_AVAILABLE"},{"Name":"OLDEST_CONTACT_AGE"}]}`)
	want := `200  {"MetricResults":[{"Collections":[{"Metric":{"Name":"AGENTS_ONLINE","Unit":"COUNT"},"Value":30},{"Metric":{"Name":"AGENTS_ON_CALL","Unit":"COUNT"},"Value":1},` +
		`{"Metric":{"Name":"AGENTS_NON_PRODUCTIVE","Unit":"COUNT"},"Value":30},{"Metric":{"Name":"AGENTS_AFTER_CONTACT_WORK","Unit":"COUNT"},"Value":0},` +
		`{"Metric":{"Name":"AGENTS_ERROR","Unit":"COUNT"},"Value":0},{"Metric":{"Name":"AGENTS_AVAILABLE","Unit":"COUNT"},"Value":0},` +
		`{"Metric":{"Name":"OLDEST_CONTACT_AGE","Unit":"SECONDS"}}]}],"DataSnapshotTime":1772452800,"ApproximateTotalCount":1}`
	if got := r.said(); got != want {
		t.Errorf("%s, want\n%s", got, want)
	}
}

func TestMetrics_Rules(t *testing.T) {
	a := newAsker(t, connect.Options{})
	many := `"` + strings.Repeat(`s","`, 50) + `s"`
	for request, want := range map[string]string{
		`{"CurrentMetrics":[{"Name":"AGENTS_ONLINE"}]}`:                                                                                `400 InvalidRequestException Filters is missing: the operation requires it.`,
		`{"Filters":{"Queues":["q"]}}`:                                                                                                 `400 InvalidRequestException CurrentMetrics is missing: the operation requires it.`,
		`{"Filters":{"Queues":["q"]},"CurrentMetrics":[]}`:                                                                             `400 InvalidParameterException CurrentMetrics has 0 values: want 1 to 50.`,
		`{"Filters":{},"CurrentMetrics":[{"Name":"AGENTS_ONLINE"}]}`:                                                                   `400 InvalidParameterException Filters has neither Queues nor RoutingProfiles: want one of them.`,
		`{"Filters":{"Queues":["q"],"RoutingProfiles":["p"]},"CurrentMetrics":[{"Name":"AGENTS_ONLINE"}]}`:                             `400 InvalidParameterException Filters has Queues and RoutingProfiles: want one of them.`,
		`{"Filters":{"Queues":["a/b"]},"CurrentMetrics":[{"Name":"NO"}]}`:                                                              `400 InvalidParameterException CurrentMetrics[0].Name is "NO": want one of`,
		`{"Filters":{"Queues":["q"]},"CurrentMetrics":[{}]}`:                                                                           `400 InvalidParameterException CurrentMetrics[0] has no Name: want one of Amazon's metrics.`,
		`{"Filters":{"Queues":["q"]},"CurrentMetrics":[{"MetricId":"m"}]}`:                                                             `400 InvalidParameterException CurrentMetrics[0].MetricId is "m": there are no metrics of your own here. Want a Name.`,
		`{"Filters":{"Queues":["q"]},"CurrentMetrics":[{"Name":"AGENTS_ONLINE","Unit":"SECONDS"}]}`:                                    `400 InvalidParameterException CurrentMetrics[0].Unit is "SECONDS": AGENTS_ONLINE is told in COUNT.`,
		`{"Filters":{"Queues":["q"]},"CurrentMetrics":[{"Name":"AGENTS_ONLINE"}],"Groupings":["QUEUE","QUEUE"]}`:                       `400 InvalidParameterException Groupings has "QUEUE" twice.`,
		`{"Filters":{"Queues":["q"]},"CurrentMetrics":[{"Name":"AGENTS_ONLINE"}],"Groupings":["QUEUE","CHANNEL","ROUTING_PROFILE"]}`:   `400 InvalidParameterException Groupings has 3 values: want at most 2.`,
		`{"Filters":{"Queues":["q"]},"CurrentMetrics":[{"Name":"AGENTS_ONLINE"}],"Groupings":["AGENT_STATUS","QUEUE"]}`:                `400 InvalidParameterException Groupings[0] is AGENT_STATUS: want it behind QUEUE, and Filters.Queues.`,
		`{"Filters":{"RoutingProfiles":["q"]},"CurrentMetrics":[{"Name":"AGENTS_ONLINE"}],"Groupings":["QUEUE","AGENT_STATUS"]}`:       `400 InvalidParameterException Groupings[1] is AGENT_STATUS: want it behind QUEUE, and Filters.Queues.`,
		`{"Filters":{"Queues":["q"]},"CurrentMetrics":[{"Name":"AGENTS_STAFFED"}],"Groupings":["QUEUE","AGENT_STATUS"]}`:               `400 InvalidParameterException CurrentMetrics[0] is AGENTS_STAFFED: by AGENT_STATUS there is AGENTS_ONLINE alone.`,
		`{"Filters":{"Queues":["q"]},"CurrentMetrics":[{"Name":"CONTACTS_IN_QUEUE"}],"Groupings":["ROUTING_PROFILE"]}`:                 `400 InvalidParameterException CurrentMetrics[0] is CONTACTS_IN_QUEUE, and Groupings has ROUTING_PROFILE: want Filters.RoutingProfiles.`,
		`{"Filters":{"Queues":["q"]},"CurrentMetrics":[{"Name":"AGENTS_ONLINE"}],"Groupings":["CHANNEL","SUBTYPE"]}`:                   `400 InvalidParameterException Groupings[1] is SUBTYPE: want no other beside it but QUEUE, and Filters.Queues.`,
		`{"Filters":{"Queues":["q"],"AgentStatuses":[` + many + `]},"CurrentMetrics":[{"Name":"AGENTS_ONLINE"}]}`:                      `400 InvalidParameterException Filters.AgentStatuses has 51 values: want at most 50.`,
		`{"Filters":{"RoutingProfiles":["q"],"AgentStatuses":["s"]},"CurrentMetrics":[{"Name":"AGENTS_ONLINE"}]}`:                      `400 InvalidParameterException Filters.AgentStatuses is there without Filters.Queues: want both.`,
		`{"Filters":{"Queues":["q","r"],"RoutingStepExpressions":["e"]},"CurrentMetrics":[{"Name":"AGENTS_ONLINE"}]}`:                  `400 InvalidParameterException Filters.RoutingStepExpressions is there with 2 Queues: want exactly 1. Filters.RoutingStepExpressions is there without`,
		`{"Filters":{"Queues":["q"]},"CurrentMetrics":[{"Name":"AGENTS_ONLINE"}],"SortCriteria":[{"SortByMetric":"SLOTS_AVAILABLE"}]}`: `400 InvalidParameterException SortCriteria[0].SortByMetric is SLOTS_AVAILABLE: nothing is sorted by that.`,
		`{"Filters":{"Queues":["q"]},"CurrentMetrics":[{"Name":"AGENTS_ONLINE"}],"MaxResults":101}`:                                    `400 InvalidParameterException MaxResults is 101: want 1 to 100.`,
		`{"Filters":{"Queues":[]},"CurrentMetrics":[{"Name":"AGENTS_ONLINE"}]}`:                                                        `400 InvalidParameterException Filters.Queues has 0 values: want 1 to 100.`,
		`{"Filters":{"Queues":["q"],"Channels":["FAX"]},"CurrentMetrics":[{"Name":"AGENTS_ONLINE"}]}`:                                  `400 InvalidParameterException Filters.Channels[0] is "FAX": want one of`,
		`{"Filters":{"Queues":["q"]},"CurrentMetrics":[{"Name":"AGENTS_ONLINE"}],"NextToken":"x"}`:                                     `400 InvalidParameterException NextToken "x" isn't a token`,
		`{"Filters":{"Queues":["q"]},"CurrentMetrics":[{"Name":"AGENTS_ONLINE"}],"Groupings":["SUBTYPE"]}`:                             `200`,
		`{"Filters":{"Queues":["nobody's"],"Channels":["EMAIL"]},"CurrentMetrics":[{"Name":"ESTIMATED_WAIT_TIME","Unit":"SECONDS"}]}`:  `200  {"MetricResults":[],"DataSnapshotTime":1772452800,"ApproximateTotalCount":0}`,
	} {
		got := strings.NewReplacer(`{"Message":"`, "", `"}`, "", `\"`, `"`).Replace(a.askAt(metricsPath, request).said())
		if !strings.HasPrefix(got, strings.ReplaceAll(want, `"}`, "")) {
			t.Errorf("%s:\n got %s\nwant %s", request, got, want)
		}
	}
	if r := a.askAt("/metrics/current/other", `{"Filters":{"Queues":["q"]},"CurrentMetrics":[{"Name":"AGENTS_ONLINE"}]}`); r.status != http.StatusNotFound {
		t.Errorf("unknown instance: %s", r.said())
	}
	unserved := newAsker(t, connect.Options{Gate: &fakeGate{allow: func(_ string, r rollcall.ARN) bool { return r.ID == "q-sales" }}})
	for queues, status := range map[string]int{`["q-sales"]`: 200, `["q-sales","q-chat"]`: 403} {
		if r := unserved.askAt(metricsPath, `{"Filters":{"Queues":`+queues+`},"CurrentMetrics":[{"Name":"AGENTS_ONLINE"}]}`); r.status != status {
			t.Errorf("%s: %s", queues, r.said())
		}
	}
}

// A walk shows one count, however the floor changes, and its tokens end.
func TestMetrics_AWalkIsOfOneCount(t *testing.T) {
	floors, now := supportFloors(7), &clock{now: noon.Add(123_456_789)}
	a := newAsker(t, connect.Options{Floors: floors, Now: now.Now})
	in := &connectapi.GetCurrentMetricDataInput{
		Filters: &connectapi.CurrentMetricFilters{Queues: []string{"q-sales", "q-billing", "q-chat"}}, Groupings: []connectapi.Grouping{"QUEUE"},
		CurrentMetrics: metricsNamed("AGENTS_ONLINE"), MaxResults: 1,
	}
	first := a.metrics(in)
	if !first.DataSnapshotTime.Equal(noon.Add(123 * time.Millisecond)) {
		t.Errorf("DataSnapshotTime is %s, want milliseconds", first.DataSnapshotTime)
	}
	in.NextToken = first.NextToken
	now.advance(4 * time.Minute)
	apply(floors, 7, 2, agent("zoe", profile("p-new", "q-chat"), available), agent("yan", profile("p-new", "q-chat"), available))
	second := a.metrics(in)
	if got, want := flat(second.MetricResults[0]), flat(first.MetricResults[0]); first.DataSnapshotTime != second.DataSnapshotTime ||
		!strings.Contains(want, "q-billing") || !strings.Contains(got, `q-sales`) {
		t.Errorf("%s at %s, then %s at %s", want, first.DataSnapshotTime, got, second.DataSnapshotTime)
	}
	now.advance(5*time.Minute + time.Second)
	body, _ := connectapi.Marshal(in)
	if r := a.askAt(metricsPath, string(body)); r.status != http.StatusBadRequest || !strings.Contains(r.said(), "expired") {
		t.Errorf("after five minutes: %s", r.said())
	}
	in.NextToken, in.MaxResults = "", 0
	if got := flat(a.metrics(in).MetricResults[0]); !strings.Contains(got, "q-chat") || !strings.HasSuffix(got, "AGENTS_ONLINE=3") {
		t.Errorf("a new walk begins with %s", got)
	}
}

// Many may ask while the floor changes, and each answer is of one version: all
// agents are online, routable or in a custom status.
func TestMetrics_AreOfOneVersion(t *testing.T) {
	floors := supportFloors(7)
	a := newAsker(t, connect.Options{Floors: floors})
	done := make(chan struct{})
	var asking sync.WaitGroup
	for range 4 {
		asking.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				in := &connectapi.GetCurrentMetricDataInput{Filters: &connectapi.CurrentMetricFilters{Queues: []string{"q-sales", "q-chat"}}, CurrentMetrics: metricsNamed("AGENTS_ONLINE", "AGENTS_STAFFED", "AGENTS_NON_PRODUCTIVE")}
				for _, r := range a.metrics(in).MetricResults {
					if c := r.Collections; *c[0].Value != *c[1].Value+*c[2].Value {
						t.Errorf("%s: not of one version", flat(r))
					}
				}
			}
		})
	}
	for pack := range uint64(500) {
		is := available
		if pack%2 == 0 {
			is = onLunch
		}
		when := at(noon.Add(time.Duration(pack) * time.Millisecond))
		apply(floors, 7, pack+2, agent("ada", profile("p-voice", "q-sales"), is, when), agent("cleo", profile("p-chat", "q-chat"), is, when), agent(fmt.Sprint("new-", pack%50), profile("p-chat", "q-chat"), is, when))
	}
	close(done)
	asking.Wait()
}

// BenchmarkMetrics asks a floor of 100,000 agents after one has changed.
func BenchmarkMetrics(b *testing.B) {
	var events []*rollcall.Event
	profiles := make([]trait, 20)
	for i := range profiles {
		profiles[i] = profile(fmt.Sprint("p-", i), fmt.Sprint("q-", i), fmt.Sprint("q-", i+1))
	}
	for i := range 100_000 {
		events = append(events, agent(fmt.Sprint("a-", i), profiles[i%len(profiles)], available))
	}
	floors := newFloors(7, events...)
	a := newAsker(b, connect.Options{Floors: floors})
	in := &connectapi.GetCurrentMetricDataInput{Filters: &connectapi.CurrentMetricFilters{Queues: []string{"q-1", "q-2"}}, CurrentMetrics: metricsNamed("AGENTS_ONLINE"), Groupings: []connectapi.Grouping{"QUEUE"}}
	a.metrics(in)
	for pack := uint64(2); b.Loop(); pack++ {
		apply(floors, 7, pack, agent("a-1", profiles[1], onLunch, at(noon.Add(time.Duration(pack)*time.Microsecond))))
		a.metrics(in)
	}
}

// The truth about metrics, agent by agent.
type metricsTwin struct{ agents map[string]*rollcall.Event }

func (tw metricsTwin) answer(in *connectapi.GetCurrentMetricDataInput) []string {
	type cell struct{ queue, channel, profile, status string }
	sums := map[cell]map[connectapi.CurrentMetricName]float64{}
	for _, e := range tw.agents {
		p, s, f := e.Snapshot.Configuration.RoutingProfile, e.Snapshot.Status, in.Filters
		var queues []string
		for _, q := range p.InboundQueues {
			queues = append(queues, string(q.ID))
		}
		slots := map[string]int{}
		for _, c := range e.Snapshot.Concurrency {
			if c.MaximumSlots > 0 && (len(f.Channels) == 0 || slices.Contains(f.Channels, connectapi.Channel(c.Channel))) {
				slots[string(c.Channel)] = c.AvailableSlots
			}
		}
		if f.Queues != nil && !slices.ContainsFunc(queues, func(q string) bool { return slices.Contains(f.Queues, q) }) ||
			f.RoutingProfiles != nil && !slices.Contains(f.RoutingProfiles, string(p.ID)) ||
			len(f.AgentStatuses) > 0 && !slices.Contains(f.AgentStatuses, string(s.ID)) || len(f.Channels) > 0 && len(slots) == 0 {
			continue
		}
		cells := map[cell]bool{{}: true}
		for _, g := range in.Groupings {
			further := map[cell]bool{}
			for c := range cells {
				switch g {
				case "QUEUE":
					for _, q := range queues {
						if c.queue = q; f.Queues == nil || slices.Contains(f.Queues, q) {
							further[c] = true
						}
					}
				case "CHANNEL":
					for channel := range slots {
						c.channel = channel
						further[c] = true
					}
				case "ROUTING_PROFILE":
					c.profile = string(p.ID)
					further[c] = true
				case "AGENT_STATUS":
					c.status = string(s.ID)
					further[c] = true
				}
			}
			cells = further
		}
		for c := range cells {
			counts := func(channel string) bool {
				return (c.channel == "" || c.channel == channel) && (len(f.Channels) == 0 || slices.Contains(f.Channels, connectapi.Channel(channel)))
			}
			n, failed := map[string]int{}, map[string]int{}
			for _, contact := range e.Snapshot.Contacts {
				if !counts(string(contact.Channel)) {
					continue
				}
				n["all"]++
				switch contact.State { //nolint:exhaustive // the others count as contacts alone
				case rollcall.StateMissed, rollcall.StateError, rollcall.StateRejected:
					failed[string(contact.Channel)]++
					n["failed"]++
				case rollcall.StateEnded:
					n["acw"]++
					n["active"]++
				case rollcall.StateConnected, rollcall.StateConnectedOnHold, rollcall.StatePaused:
					n["active"]++
				case rollcall.StateConnecting:
					if contact.InitiationMethod == "OUTBOUND" {
						n["active"]++
					}
				}
			}
			free := 0
			for channel, available := range slots {
				if counts(channel) && s.Type == rollcall.StatusRoutable {
					free = max(free, available-failed[channel])
				}
			}
			sum := sums[c]
			if sum == nil {
				sum = map[connectapi.CurrentMetricName]float64{}
				sums[c] = sum
			}
			for metric, is := range map[connectapi.CurrentMetricName]bool{
				"AGENTS_ONLINE": s.Type != rollcall.StatusOffline, "AGENTS_STAFFED": s.Type == rollcall.StatusRoutable,
				"AGENTS_AVAILABLE": s.Type == rollcall.StatusRoutable && n["all"] == 0, "AGENTS_NON_PRODUCTIVE": s.Type == rollcall.StatusCustom,
				"AGENTS_ON_CALL": n["active"] > 0, "AGENTS_ON_CONTACT": n["active"] > 0, "AGENTS_ERROR": n["failed"] > 0,
			} {
				if is {
					sum[metric]++
				}
			}
			sum["AGENTS_AFTER_CONTACT_WORK"] += float64(n["acw"])
			sum["SLOTS_ACTIVE"] += float64(n["active"])
			sum["SLOTS_AVAILABLE"] += float64(free)
		}
	}
	lines := []string{}
	for c, sum := range sums {
		if c.queue != "" && sum["AGENTS_ONLINE"] == 0 {
			continue
		}
		var d *connectapi.CurrentMetricDimensions
		if len(in.Groupings) > 0 {
			d = &connectapi.CurrentMetricDimensions{Channel: connectapi.Channel(c.channel)}
			if c.queue != "" {
				d.Queue = &connectapi.Reference{ID: c.queue, ARN: support.String() + "/queue/" + c.queue}
			}
			if c.profile != "" {
				d.RoutingProfile = &connectapi.Reference{ID: c.profile, ARN: support.String() + "/routing-profile/" + c.profile}
			}
			if c.status != "" {
				d.AgentStatus = &connectapi.AgentStatusIdentifier{ID: c.status, ARN: support.String() + "/agent-state/" + c.status}
			}
		}
		b, _ := json.Marshal(d)
		line := []string{string(b)}
		for _, m := range in.CurrentMetrics {
			if slices.Contains(unknown, m.Name) {
				line = append(line, fmt.Sprintf("%s=?", m.Name))
			} else {
				line = append(line, fmt.Sprintf("%s=%g", m.Name, sum[m.Name]))
			}
		}
		lines = append(lines, strings.Join(line, " "))
	}
	return lines
}

func TestMetrics_AgreeWithBruteForceOnAThousandFloors(t *testing.T) {
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 12))
		floors, twin := floor.New(floor.Options{Encode: connect.EncodeUserData}), metricsTwin{map[string]*rollcall.Event{}}
		a := newAsker(t, connect.Options{Floors: floors})
		for pack := range uint64(4) {
			var events []*rollcall.Event
			for i := range r.IntN(9) + 1 - int(min(pack, 1)) {
				e := randomAgent(r, fmt.Sprint("a", r.IntN(14)), noon.Add(time.Duration(100*pack)*time.Second+time.Duration(i)*time.Second))
				events = append(events, e)
				if e.Snapshot.Status.Type == rollcall.StatusOffline && len(e.Snapshot.Contacts) == 0 {
					gone := *e
					gone.Type, gone.Snapshot = rollcall.EventForgetAgent, nil
					events = append(events, &gone)
				}
			}
			apply(floors, 7, pack+1, events...)
			for _, e := range events {
				if e.Type == rollcall.EventForgetAgent {
					delete(twin.agents, e.Agent.ID)
				} else {
					twin.agents[e.Agent.ID] = e
				}
			}
			if _, here := floors.Floor("support"); !here {
				continue
			}
			for range 3 {
				compareMetrics(t, seed, r, a, twin, randomQuestion(r))
			}
		}
	}
}

func compareMetrics(t *testing.T, seed uint64, r *rand.Rand, a asker, twin metricsTwin, in *connectapi.GetCurrentMetricDataInput) {
	t.Helper()
	want, got := twin.answer(in), []string{}
	for size := int32(r.IntN(100) + 1); ; {
		in.MaxResults = size
		out := a.metrics(in)
		if out.ApproximateTotalCount != int64(len(want)) || len(out.MetricResults) > int(size) {
			t.Fatalf("seed %d: %d rows of %d, want %d", seed, len(out.MetricResults), out.ApproximateTotalCount, len(want))
		}
		for _, row := range out.MetricResults {
			got = append(got, flat(row))
		}
		if in.NextToken = out.NextToken; in.NextToken == "" {
			break
		}
		size = int32(r.IntN(3) + 1)
	}
	// Rows that are alike stand in the order of their ids, which the lines' isn't
	// always: the metric that sorts is held, and then the lines.
	if by, ok := sortedBy(in); ok && !slices.IsSortedFunc(got, func(a, b string) int { return by(a, b) }) {
		t.Fatalf("seed %d: %v isn't sorted by %v", seed, got, in.SortCriteria)
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		asked, _ := connectapi.Marshal(in)
		t.Fatalf("seed %d: %s (-twin +answer):\n%s", seed, asked, diff)
	}
}

// sortedBy compares lines by what the question sorts by, if they tell it.
func sortedBy(in *connectapi.GetCurrentMetricDataInput) (compare func(a, b string) int, ok bool) {
	metric, ascending := connectapi.CurrentMetricName("AGENTS_ONLINE"), false
	if len(in.SortCriteria) > 0 {
		metric, ascending = in.SortCriteria[0].SortByMetric, in.SortCriteria[0].SortOrder == "ASCENDING"
	}
	if slices.Contains(unknown, metric) {
		return nil, false
	}
	value := func(line string) (n int) {
		_, rest, _ := strings.Cut(line, " "+string(metric)+"=")
		_, _ = fmt.Sscan(rest, &n)
		return n
	}
	return func(a, b string) int {
		if ascending {
			return value(a) - value(b)
		}
		return value(b) - value(a)
	}, true
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

func randomAgent(r *rand.Rand, id string, when time.Time) *rollcall.Event {
	e := agent(id, at(when), profile(fmt.Sprint("p", r.IntN(3)), pick(r, [][]string{{"q0"}, {"q0", "q1"}, {"q2", "q2", "q1"}, {}}...)...), pick(r, available, onLunch, offline, status("s-4", "Meeting", rollcall.StatusCustom)))
	e.Snapshot.Concurrency = nil
	channels := []rollcall.Channel{"VOICE", "CHAT", "TASK", "EMAIL"}
	for _, channel := range channels {
		if r.IntN(2) == 0 {
			most := r.IntN(4)
			e.Snapshot.Concurrency = append(e.Snapshot.Concurrency, rollcall.Concurrency{Channel: channel, MaximumSlots: most, AvailableSlots: r.IntN(most + 1)})
		}
	}
	for i := range r.IntN(4) {
		contact(fmt.Sprint(id, "-", i), pick(r, channels...), rollcall.ContactState(r.IntN(int(rollcall.StatePaused))+1), "q1")(e)
		if r.IntN(2) == 0 {
			e.Snapshot.Contacts[i].InitiationMethod = "OUTBOUND"
		}
		if e.Snapshot.Contacts[i].State == rollcall.StatePending {
			e.Snapshot.Contacts[i].InitiationMethod = "INBOUND"
		}
	}
	return e
}

func randomQuestion(r *rand.Rand) *connectapi.GetCurrentMetricDataInput {
	in := &connectapi.GetCurrentMetricDataInput{Filters: &connectapi.CurrentMetricFilters{}, CurrentMetrics: metricsNamed(known...)}
	f := in.Filters
	byStatus := false
	if r.IntN(2) == 0 {
		f.Queues = pick(r, [][]string{{"q0"}, {"q0", "q1", "q2"}, {"q1", "other"}, {"other"}}...)
		f.AgentStatuses = pick(r, [][]string{nil, nil, {"s-1"}, {"s-2", "s-3"}}...)
		byStatus = r.IntN(4) == 0
	} else {
		f.RoutingProfiles = pick(r, [][]string{{"p0"}, {"p0", "p1", "p2"}}...)
	}
	f.Channels = pick(r, [][]connectapi.Channel{nil, {"VOICE"}, {"CHAT", "TASK"}, {"VOICE", "CHAT", "TASK", "EMAIL"}}...)
	in.Groupings = pick(r, [][]connectapi.Grouping{nil, {"QUEUE"}, {"CHANNEL"}, {"ROUTING_PROFILE"}, {"QUEUE", "CHANNEL"}, {"CHANNEL", "QUEUE"}, {"CHANNEL", "ROUTING_PROFILE"}, {"ROUTING_PROFILE", "QUEUE"}}...)
	if byStatus {
		in.Groupings, in.CurrentMetrics = []connectapi.Grouping{"QUEUE", "AGENT_STATUS"}, metricsNamed("AGENTS_ONLINE")
		return in
	}
	if f.RoutingProfiles != nil || !slices.Contains(in.Groupings, "ROUTING_PROFILE") {
		in.CurrentMetrics = append(in.CurrentMetrics, metricsNamed(unknown...)...)
	}
	if r.IntN(2) == 0 {
		by := pick(r, "AGENTS_AVAILABLE", "AGENTS_ON_CALL", "AGENTS_ERROR", "CONTACTS_IN_QUEUE")
		in.SortCriteria = []connectapi.CurrentMetricSortCriteria{{SortByMetric: connectapi.CurrentMetricName(by), SortOrder: pick[connectapi.SortOrder](r, "ASCENDING", "DESCENDING", "")}}
	}
	return in
}
