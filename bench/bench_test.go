package main

import (
	"bufio"
	"strings"
	"testing"
	"time"

	"rollcall"
	"rollcall/internal/agentevent"
)

func TestMeasure_QuantilesAreOfTheNearestRank(t *testing.T) {
	var latencies []time.Duration
	for i := range 1000 {
		latencies = append(latencies, time.Duration(1000-i)*time.Millisecond)
	}
	m := newMeasure(latencies, 2*time.Second)
	if m.P50 != 501*time.Millisecond || m.P99 != 991*time.Millisecond || m.Max != time.Second || m.PerSecond != 500 {
		t.Errorf("got %+v", m)
	}
	if m := newMeasure(nil, time.Second); m.P99 != 0 || m.PerSecond != 0 {
		t.Errorf("of nothing: %+v", m)
	}
}

func TestPairs_TheRatioIsTheMedianOfRatios(t *testing.T) {
	p := pairs{{10, 1}, {2, 4}, {9, 3}}
	if p.ratio() != 3 || p.ours() != 9 || p.beside() != 3 {
		t.Errorf("ratio %v of %v and %v, want 3 of 9 and 3", p.ratio(), p.ours(), p.beside())
	}
	if got := median([]float64{4, 1, 3, 2}); got != 2.5 {
		t.Errorf("median of four is %v, want 2.5", got)
	}
}

func TestReport_TheTableHasVerdicts(t *testing.T) {
	r := &report{Machine: machine{Name: "m", CPU: "c", Cores: 2}, Missing: []string{"redis skipped: not there"}}
	r.note("a note")
	r.add("good", "/s", "rival", pairs{{9, 10}}, ratioAtLeast(0.8))
	r.add("bad", "ms", "disk", pairs{{9, 1}}, oursAtMostBesidePlus(5, "ms"))
	r.add("told", "B", "other", pairs{{123.4, 1}}, noGoal)
	var out strings.Builder
	r.writeMarkdown(&out)
	for _, want := range []string{
		"| good (a note) | 9.00 /s | 10.0 /s | rival | 0.900 | ≥ 0.8x | met |",
		"| bad | 9.00 ms | 1.00 ms | disk | 9.00 | ≤ that + 5 ms | **missed** |",
		"| told | 123 B | 1.00 B | other | 123 |  |  |",
		"redis skipped: not there",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

func TestHouse_DocumentsAreAgentEventsThatChangeTheirAgent(t *testing.T) {
	h := newHouse(smallFloor)
	for round := range 7 {
		batch, err := agentevent.Decode(h.appendDocument(nil, 4711, round, time.Now()), agentevent.DefaultLimits)
		if err != nil || len(batch.Refused) > 0 || len(batch.Documents) != 1 {
			t.Fatalf("round %d: %v, %v", round, err, batch.Refused)
		}
		e := batch.Documents[0].Event
		if got := len(e.Snapshot.Contacts) > 0; got != (h.state(4711, round) != "") {
			t.Errorf("round %d: contacts %v, want one in state %q", round, e.Snapshot.Contacts, h.state(4711, round))
		}
		for _, c := range e.Snapshot.Contacts {
			if !rollcall.ValidID(string(c.ID)) || len(c.ID) != 36 {
				t.Errorf("round %d: contact id %q, want 36 characters", round, c.ID)
			}
		}
	}
}

func TestHouse_AQueueHasAHundredAgentsOfWhomAThirdAreAskedFor(t *testing.T) {
	h := newHouse(smallFloor)
	for _, round := range []int{0, 1, 5} {
		for g := range h.groups() {
			asked := 0
			for k := range groupAgents {
				if s := h.state(g+k*h.groups(), round); s != "" && strings.Contains(askedStates, `"`+s+`"`) {
					asked++
				}
			}
			if asked < 30 || asked > 36 {
				t.Errorf("round %d: %d of group %d are in the states asked for, want a third of 100", round, asked, g)
			}
		}
	}
}

func TestHTTPAsker_ReadsHeads(t *testing.T) {
	for text, want := range map[string][2]int{
		"HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 12\r\n\r\n": {200, 12},
		"HTTP/1.1 429 No\r\ncontent-length:0\r\nA: b\r\n\r\nrest":  {429, 0},
	} {
		a := &httpAsker{in: bufio.NewReader(strings.NewReader(text))}
		status, length, err := a.readHead()
		if err != nil || status != want[0] || length != want[1] {
			t.Errorf("%q: %d, %d, %v, want %v", text, status, length, err, want)
		}
	}
	for _, text := range []string{"", "HTTP/1.1\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"} {
		a := &httpAsker{in: bufio.NewReader(strings.NewReader(text))}
		if _, _, err := a.readHead(); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func TestPace_BeginsEvenlyWhateverTheAnswersTake(t *testing.T) {
	j := &job{Rate: 1000, Connections: 2, WarmUp: 10 * time.Millisecond, Duration: time.Second}
	start := time.Now().Add(-time.Hour) // long past, so that nobody waits
	p := newPace(j, 1, start)
	for i := range 10 {
		want := start.Add(-10*time.Millisecond + time.Millisecond + time.Duration(i)*2*time.Millisecond)
		if got := p.next(); !got.Equal(want) {
			t.Fatalf("request %d begins %s from the start, want %s", i, got.Sub(start), want.Sub(start))
		}
	}
}
