package natslog

import (
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

func TestLed_BelievesALeaderWithAMajority(t *testing.T) {
	peers := func(active ...time.Duration) (all []*jetstream.PeerInfo) {
		for _, a := range active {
			all = append(all, &jetstream.PeerInfo{Active: a})
		}
		return all
	}
	const s = time.Second
	for _, c := range []struct {
		name string
		info *jetstream.ClusterInfo
		ago  time.Duration
		ok   bool
	}{
		{"no cluster", nil, 0, true},
		{"one server of a cluster", &jetstream.ClusterInfo{Leader: "a"}, 0, true},
		{"a replica without a leader", &jetstream.ClusterInfo{Replicas: peers(s, s, s)}, 0, false},
		{"both others were heard", &jetstream.ClusterInfo{Leader: "a", Replicas: peers(s, 2*s)}, 0, true},
		{"one of two is gone", &jetstream.ClusterInfo{Leader: "a", Replicas: peers(time.Hour, 2*s)}, 0, true},
		{"both were heard a while ago", &jetstream.ClusterInfo{Leader: "a", Replicas: peers(time.Hour, 4*s)}, 4 * s, true},
		{"both are gone", &jetstream.ClusterInfo{Leader: "a", Replicas: peers(6*s, 6*s)}, 0, false},
		{"nobody was ever heard", &jetstream.ClusterInfo{Leader: "a", Replicas: peers(0, 0)}, 0, false},
		{"one of four was heard", &jetstream.ClusterInfo{Leader: "a", Replicas: peers(s, time.Hour, 0, 0)}, 0, false},
		{"two of four were heard", &jetstream.ClusterInfo{Leader: "a", Replicas: peers(s, time.Hour, s, 0)}, 0, true},
	} {
		if ago, err := led(c.info); ago != c.ago || (err == nil) != c.ok {
			t.Errorf("%s: got %s, %v, want %s, believed %t", c.name, ago, err, c.ago, c.ok)
		}
	}
}

func TestProgress_FollowsFromAppendsAndTheTail(t *testing.T) {
	begin := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	second := func(n int) time.Time { return begin.Add(time.Duration(n) * time.Second) }
	var p progress
	want := func(step string, n int, trouble bool) {
		t.Helper()
		if at, err := p.contact(); !at.Equal(second(n)) || (err != nil) != trouble {
			t.Errorf("%s: contact after %s, %v, want %d s, trouble %t", step, at.Sub(begin), err, n, trouble)
		}
	}
	p.led(second(1), 5)
	want("nobody follows", 1, false)
	end := p.begin(3)
	p.led(second(2), 6)
	p.led(second(3), 7)
	want("a tail is behind", 1, true)
	p.follow(6)
	want("it has come to where the stream ended then", 2, true)
	p.unled(errNoLeader)
	want("nobody leads", 2, true)
	p.follow(9)
	want("it has come to more, and nobody leads", 3, true)
	p.led(second(4), 9)
	want("all is well", 4, false)
	p.sending(second(5))
	p.led(second(6), 9)
	p.refused(errors.New("full"))
	want("an append waits", 5, true)
	p.sending(second(7))
	p.led(second(8), 9)
	want("it still waits", 5, true)
	p.taken()
	want("it is taken", 8, false)
	p.fits(second(9), errors.New("small"))
	p.fits(second(10), errors.New("small"))
	p.led(second(11), 9)
	want("nothing of use is taken", 9, true)
	p.fits(second(12), nil)
	end()
	p.led(second(13), 99)
	want("the tail has ended", 13, false)
}
