package connect_test

import (
	"bytes"
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall"
	"rollcall/internal/connect"
	"rollcall/internal/floor"
)

// TestAnswer_Bytes compares whole answers with golden files, to the byte.
func TestAnswer_Bytes(t *testing.T) {
	for _, c := range []struct {
		file   string
		floors *floor.Floors
		body   string
	}{
		{"nobody", supportFloors(7), `{"Filters":{"Agents":["zoe"]}}`},
		{"idle", supportFloors(7), `{"Filters":{"Agents":["ada"]}}`},
		{"on_a_call_with_next_status", supportFloors(7), `{"Filters":{"Agents":["ben"]}}`},
		{"two_chats_one_on_hold", supportFloors(7), `{"Filters":{"Agents":["cleo"]}}`},
		{"offline_in_after_contact_work", supportFloors(7), `{"Filters":{"Agents":["dan"]}}`},
		{"paused_task", supportFloors(7), `{"Filters":{"Agents":["fay"]}}`},
		{"first_page_of_several", supportFloors(7), `{"Filters":{"RoutingProfiles":["p-voice"]},"MaxResults":1}`},
		{"everything", newFloors(7, everything()), `{"Filters":{"Agents":["zoë"]}}`},
		{"next_to_nothing", newFloors(7, nextToNothing()), `{"Filters":{"Agents":["x"]}}`},
	} {
		t.Run(c.file, func(t *testing.T) {
			r := newAsker(t, connect.Options{Floors: c.floors}).ask(c.body)
			golden(t, filepath.Join("testdata", "answers", c.file+".json"), r.body)
			if !jsontext.Value(r.body).IsValid() {
				t.Error("not strict JSON")
			}
		})
	}
}

func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, append(got, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.TrimSuffix(string(want), "\n"), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// everything is an agent of whom all is known, with names that need escapes.
func everything() *rollcall.Event {
	e := agent("zoë", profile("p-1", "q-1"), within("1", "2", "3", "4", "5"),
		status("s-9", "Coaching \"1:1\" <b>&\u2028", rollcall.StatusCustom), next("Back\\soon\n"))
	e.Snapshot.Concurrency = []rollcall.Concurrency{
		{Channel: rollcall.ChannelVoice, MaximumSlots: 1},
		{Channel: rollcall.ChannelChat, MaximumSlots: 10, AvailableSlots: 3},
		{Channel: rollcall.ChannelTask, MaximumSlots: 10, AvailableSlots: 10},
		{Channel: "FAX", MaximumSlots: 2, AvailableSlots: 1},
	}
	start := time.Date(2026, 3, 2, 11, 58, 0, 0, time.UTC)
	e.Snapshot.Contacts = []rollcall.Contact{
		{
			ID: "c-1", Channel: rollcall.ChannelChat, InitiationMethod: "TRANSFER", State: rollcall.StateConnectedOnHold,
			StateStartedAt: start.Add(1500 * time.Millisecond), ConnectedToAgentAt: start.Add(70 * time.Millisecond), Queue: queue("q-1"),
		},
		{
			ID: "c-2", Channel: rollcall.ChannelEmail, InitiationMethod: "AGENT_REPLY", State: rollcall.StateConnected,
			StateStartedAt: start.Add(time.Millisecond), ConnectedToAgentAt: start.Add(time.Millisecond),
		},
		{
			ID: "c-3", Channel: rollcall.ChannelVoice, InitiationMethod: "OUTBOUND", State: rollcall.StateConnecting,
			StateStartedAt: start.Add(999 * time.Microsecond),
			Queue:          &rollcall.Queue{ID: "zoë", ARN: support.Child(rollcall.TypeAgentQueue, "zoë").String(), Agent: true},
		},
		{ID: "c-4", Channel: rollcall.ChannelTask, InitiationMethod: "API", State: rollcall.StateMissed, StateStartedAt: start},
	}
	return e
}

// nextToNothing is an agent of whom hardly anything is known, as from a test
// double's events.
func nextToNothing() *rollcall.Event {
	e := agent("x", contact("c", "", rollcall.StateEnded, "q"))
	e.AgentARN = ""
	c := &e.Snapshot.Contacts[0]
	c.StateStartedAt, c.ConnectedToAgentAt, c.InitiationMethod, c.Queue.ARN = time.Time{}, time.Time{}, "", ""
	return e
}

// The types of the answer, as the SDKs have them: a member that is absent is
// nil. Times are numbers.
type (
	wireUser struct {
		User                    *wireReference            `json:"User"`
		RoutingProfile          *wireReference            `json:"RoutingProfile"`
		HierarchyPath           map[string]*wireReference `json:"HierarchyPath"`
		Status                  *wireStatus               `json:"Status"`
		AvailableSlotsByChannel map[string]int32          `json:"AvailableSlotsByChannel"`
		MaxSlotsByChannel       map[string]int32          `json:"MaxSlotsByChannel"`
		ActiveSlotsByChannel    map[string]int32          `json:"ActiveSlotsByChannel"`
		Contacts                []wireContact             `json:"Contacts"`
		NextStatus              *string                   `json:"NextStatus"`
	}
	wireReference struct {
		ID  *string `json:"Id"`
		ARN *string `json:"Arn"`
	}
	wireStatus struct {
		StatusStartTimestamp *json.Number `json:"StatusStartTimestamp"`
		StatusARN            *string      `json:"StatusArn"`
		StatusName           *string      `json:"StatusName"`
	}
	wireContact struct {
		ContactID                 *string        `json:"ContactId"`
		Channel                   *string        `json:"Channel"`
		InitiationMethod          *string        `json:"InitiationMethod"`
		AgentContactState         *string        `json:"AgentContactState"`
		StateStartTimestamp       *json.Number   `json:"StateStartTimestamp"`
		ConnectedToAgentTimestamp *json.Number   `json:"ConnectedToAgentTimestamp"`
		Queue                     *wireReference `json:"Queue"`
	}
)

// encode is an agent's answer.
func encode(a *rollcall.Agent) []byte {
	t := floor.Text{Agents: support.Child(rollcall.TypeAgent, "").String()}
	t.Begin(a.ID)
	connect.EncodeUserData(&t, a, support)
	is := t.Answer()
	return is.Append(nil)
}

// For any agent, what is written is strict JSON with no unknown member, and a
// client's types read back what the agent is.
func TestEncodeUserData_IsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := anyAgent(t)
		row := encode(a)
		if !jsontext.Value(row).IsValid() {
			t.Fatalf("not strict JSON: %s", row)
		}
		var got wireUser
		d := json.NewDecoder(bytes.NewReader(row))
		d.DisallowUnknownFields()
		if err := d.Decode(&got); err != nil {
			t.Fatalf("%v in %s", err, row)
		}
		if diff := cmp.Diff(wire(a), got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// What a text remembers of the agents before changes no byte. Agents that come
// one after the other have much in common.
func TestEncodeUserData_IsTheSameBehindOtherAgents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := floor.Text{Agents: support.Child(rollcall.TypeAgent, "").String()}
		agents := []*rollcall.Agent{anyAgent(t)}
		for range rapid.IntRange(1, 8).Draw(t, "others") {
			a, like := anyAgent(t), rapid.SampledFrom(agents).Draw(t, "like")
			chance := func(of string) bool { return rapid.Bool().Draw(t, of) }
			if chance("same configuration") {
				a.Configuration = like.Configuration
			}
			if chance("same status") {
				is := a.Status
				a.Status, a.Concurrency = like.Status, like.Concurrency
				if a.Status.StartedAt = is.StartedAt; chance("but for its name") {
					a.Status.Name = is.Name
				}
			}
			if chance("like contacts") {
				a.Contacts = slices.Clone(like.Contacts)
				if len(a.Contacts) > 0 && chance("one more") {
					a.Contacts = append(a.Contacts, a.Contacts[len(a.Contacts)-1])
				}
				for i := range a.Contacts {
					c := &a.Contacts[i]
					if c.ID += "2"; chance("another method") {
						c.InitiationMethod = "API"
					}
				}
			}
			agents = append(agents, a)
		}
		for _, a := range agents {
			text.Begin(a.ID)
			connect.EncodeUserData(&text, a, support)
			is := text.Answer()
			if diff := cmp.Diff(string(encode(a)), string(is.Append(nil))); diff != "" {
				t.Fatalf("(-alone +behind others):\n%s", diff)
			}
		}
	})
}

func wire(a *rollcall.Agent) wireUser {
	w := wireUser{
		User:                    ref(string(a.ID), a.ARN),
		RoutingProfile:          &wireReference{},
		Status:                  &wireStatus{seconds(a.Status.StartedAt), text(a.Status.ARN), text(a.Status.Name)},
		AvailableSlotsByChannel: map[string]int32{},
		MaxSlotsByChannel:       map[string]int32{},
		ActiveSlotsByChannel:    map[string]int32{},
		Contacts:                []wireContact{},
	}
	if p := a.Configuration.RoutingProfile; p != nil {
		w.RoutingProfile = ref(string(p.ID), p.ARN)
	}
	if path := a.Configuration.Hierarchy; path != nil {
		w.HierarchyPath = map[string]*wireReference{}
		for i, name := range []string{"LevelOne", "LevelTwo", "LevelThree", "LevelFour", "LevelFive"} {
			if path[i].ID != "" {
				w.HierarchyPath[name] = ref(string(path[i].ID), path[i].ARN)
			}
		}
	}
	for _, c := range a.Concurrency {
		w.AvailableSlotsByChannel[string(c.Channel)] = int32(c.AvailableSlots)
		w.MaxSlotsByChannel[string(c.Channel)] = int32(c.MaximumSlots)
		w.ActiveSlotsByChannel[string(c.Channel)] = 0
	}
	for _, c := range a.Contacts {
		if c.Active() {
			w.ActiveSlotsByChannel[string(c.Channel)]++
		}
		contact := wireContact{
			ContactID: text(string(c.ID)), Channel: text(string(c.Channel)), InitiationMethod: text(c.InitiationMethod),
			AgentContactState:   text(strings.Replace(c.State.String(), "PAUSED", "CONNECTED", 1)),
			StateStartTimestamp: seconds(c.ShownStateStartedAt), ConnectedToAgentTimestamp: seconds(c.ConnectedToAgentAt),
		}
		if c.Queue != nil {
			contact.Queue = ref(string(c.Queue.ID), c.Queue.ARN)
		}
		w.Contacts = append(w.Contacts, contact)
	}
	if a.Next != nil {
		w.NextStatus = text(a.Next.Name)
	}
	return w
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func ref(id, arn string) *wireReference { return &wireReference{text(id), text(arn)} }

// seconds is the number of an instant, made another way than the encoder does.
func seconds(at time.Time) *json.Number {
	if at.IsZero() {
		return nil
	}
	s := new(big.Rat).SetFrac64(at.UnixMilli(), 1000).FloatString(3)
	n := json.Number(strings.TrimSuffix(strings.TrimRight(s, "0"), "."))
	if strings.HasSuffix(s, ".000") {
		n = json.Number(strings.TrimSuffix(s, ".000"))
	}
	return &n
}

// anyAgent draws a row of the floor.
func anyAgent(t *rapid.T) *rollcall.Agent {
	name := rapid.StringN(1, 12, -1)
	instant := rapid.Custom(func(t *rapid.T) time.Time {
		return time.UnixMilli(rapid.Int64Range(-1e11, 253402300799999).Draw(t, "ms")).UTC()
	})
	maybe := rapid.OneOf(rapid.Just(time.Time{}), instant)
	channels := []rollcall.Channel{rollcall.ChannelVoice, rollcall.ChannelChat, rollcall.ChannelTask, rollcall.ChannelEmail}
	a := &rollcall.Agent{
		ID: rollcall.AgentID(name.Draw(t, "id")), ARN: name.Draw(t, "arn"),
		Status: rollcall.Status{Name: name.Draw(t, "status"), ARN: name.Draw(t, "status arn"), StartedAt: maybe.Draw(t, "since")},
	}
	if rapid.Bool().Draw(t, "arn ends with the id") {
		a.ARN = rapid.SampledFrom([]string{support.Child(rollcall.TypeAgent, "").String(), "agent/"}).Draw(t, "prefix") + string(a.ID)
	}
	if rapid.Bool().Draw(t, "has profile") {
		a.Configuration.RoutingProfile = &rollcall.RoutingProfile{ID: "p", ARN: name.Draw(t, "profile arn")}
	}
	if n := rapid.IntRange(0, rollcall.HierarchyLevels).Draw(t, "levels"); n > 0 {
		a.Configuration.Hierarchy = &rollcall.HierarchyPath{}
		for i := range n {
			a.Configuration.Hierarchy[i] = rollcall.HierarchyGroup{ID: "g", ARN: name.Draw(t, "group arn")}
		}
	}
	if rapid.Bool().Draw(t, "has next") {
		a.Next = &rollcall.NextStatus{Name: name.Draw(t, "next")}
	}
	for _, c := range channels[:rapid.IntRange(0, 3).Draw(t, "channels")] {
		a.Concurrency = append(a.Concurrency, rollcall.Concurrency{
			Channel: c, MaximumSlots: rapid.IntRange(0, 10).Draw(t, "max"), AvailableSlots: rapid.IntRange(0, 10).Draw(t, "available"),
		})
	}
	for range rapid.IntRange(0, 4).Draw(t, "contacts") {
		c := rollcall.Contact{
			ID: rollcall.ContactID(name.Draw(t, "contact")), Channel: rapid.SampledFrom(channels).Draw(t, "channel"),
			InitiationMethod:    rapid.SampledFrom([]string{"INBOUND", "OUTBOUND", "CALLBACK"}).Draw(t, "method"),
			State:               rollcall.ContactState(rapid.IntRange(1, int(rollcall.StatePaused)).Draw(t, "state")),
			ShownStateStartedAt: maybe.Draw(t, "state since"), ConnectedToAgentAt: maybe.Draw(t, "connected"),
		}
		if rapid.Bool().Draw(t, "has queue") {
			c.Queue = &rollcall.Queue{ID: "q", ARN: name.Draw(t, "queue arn"), Agent: rapid.Bool().Draw(t, "own queue")}
		}
		a.Contacts = append(a.Contacts, c)
	}
	return a
}

func TestEncodeUserData_WritesTimesInMilliseconds(t *testing.T) {
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{time.Unix(1765000000, 0), "1765000000"},
		{time.Unix(1765000000, 500e6), "1765000000.5"},
		{time.Unix(1765000000, 123e6), "1765000000.123"},
		{time.Unix(1765000000, 10e6), "1765000000.01"},
		{time.Unix(1765000000, 1e6), "1765000000.001"},
		{time.Unix(1765000000, 999999999), "1765000000.999"},
		{time.Unix(0, 0), "0"},
		{time.Unix(-2, 500e6), "-1.5"},
		{time.Unix(0, -1e6), "-0.001"},
		{time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC), "253402300799.999"},
	} {
		a := &rollcall.Agent{Status: rollcall.Status{StartedAt: c.at}}
		row := encode(a)
		if want := `"Status":{"StatusStartTimestamp":` + c.want + `}`; !bytes.Contains(row, []byte(want)) {
			t.Errorf("%v: want %s in %s", c.at, want, row)
		}
	}
}

// An event with a flaw must not make an answer that a strict client refuses.
func TestEncodeUserData_NamesAChannelOnce(t *testing.T) {
	a := &rollcall.Agent{
		Concurrency: []rollcall.Concurrency{
			{Channel: "VOICE", MaximumSlots: 1}, {Channel: "VOICE", MaximumSlots: 2}, {Channel: "", MaximumSlots: 3},
		},
		Contacts: []rollcall.Contact{{Channel: "VOICE", State: rollcall.StateConnected}, {State: rollcall.StateConnected}},
	}
	row := encode(a)
	if !jsontext.Value(row).IsValid() {
		t.Errorf("not strict JSON: %s", row)
	}
	for _, want := range []string{`"MaxSlotsByChannel":{"VOICE":1}`, `"ActiveSlotsByChannel":{"VOICE":1}`} {
		if !bytes.Contains(row, []byte(want)) {
			t.Errorf("want %s in %s", want, row)
		}
	}
}
