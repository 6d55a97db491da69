package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"rollcall/internal/journal"
	"rollcall/internal/journal/logtest"
	"rollcall/internal/journal/natslog"
)

// openBehindProxy opens a journal on a server of its own, through a proxy.
func openBehindProxy(t *testing.T, change ...func(*natslog.Options)) (*natslog.Log, *natsProxy, natsCluster) {
	t.Helper()
	c := startNATS(t)
	p := startNATSProxy(t, c[0])
	o := c.options("node")
	o.URLs = []string{p.url()}
	for _, f := range change {
		f(&o)
	}
	return openLog(t, o), p, c
}

// isPack tells whether a message is a pack on its way to the server.
func isPack(m proxied) bool { return m.toServer && bytes.Contains(m.payload, []byte("RCPK")) }

// isAck tells whether a message is the server's acknowledgement of a pack.
func isAck(m proxied) bool {
	return !m.toServer && bytes.HasPrefix(m.payload, []byte(`{"stream":"`)) && bytes.Contains(m.payload, []byte(`"seq":`))
}

// once makes a rule that decides about the first message that matches alone.
func once(matches func(proxied) bool, f fate) (rule func(proxied) fate, met *atomic.Bool) {
	met = new(atomic.Bool)
	return func(m proxied) fate {
		if matches(m) && met.CompareAndSwap(false, true) {
			return f
		}
		return fate{}
	}, met
}

// What happened and said that it did not, what did not happen, and what the
// server refuses for now: the pack is in the journal once, at the place that is
// acknowledged, in order.
func TestNATS_AnAppendWithAnUnknownOutcomeIsThereOnce(t *testing.T) {
	refuse := func(code, errCode int) fate {
		return fate{drop: true, answer: fmt.Appendf(nil, `{"error":{"code":%d,"err_code":%d,"description":"made up"},"stream":"ROLLCALL","seq":0}`, code, errCode)}
	}
	for _, c := range []struct {
		name    string
		matches func(proxied) bool
		fate    fate
		sends   int // how often the pack is sent at least
	}{
		{"the acknowledgement is lost", isAck, fate{drop: true}, 1},
		{"the acknowledgement and the connection are lost", isAck, fate{drop: true, cut: true}, 1},
		{"the connection is lost behind the pack", isPack, fate{cut: true}, 1},
		{"the pack and the connection are lost", isPack, fate{drop: true, cut: true}, 2},
		{"the queue is full", isPack, refuse(429, 10167), 2},
		{"the store is full", isPack, refuse(503, 10077), 2},
		{"the server has no resources", isPack, refuse(503, 10023), 2},
		{"another is said to be the newest", isPack, refuse(400, 10071), 2},
		{"another is said to be on its way", isPack, refuse(400, 10164), 2},
		{"the answer is of another stream", isPack, fate{drop: true, answer: []byte(`{"stream":"OTHER","seq":7}`)}, 2},
		{"the answer says that it was there before", isPack, fate{drop: true, answer: []byte(`{"stream":"ROLLCALL","seq":7,"duplicate":true}`)}, 2},
		{"the answer is nonsense", isPack, fate{drop: true, answer: []byte(`{]`)}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var sends atomic.Int64
			l, proxy, _ := openBehindProxy(t, func(o *natslog.Options) {
				o.OnCommit = func(commit natslog.Commit) { sends.Store(int64(commit.Sends)) }
			})
			var h logtest.History
			appendAll(t, &h, l, 3)
			rule, met := once(c.matches, c.fate)
			proxy.set(rule)
			appendAll(t, &h, l, 1)
			if !met.Load() {
				t.Fatal("nothing was done to the append")
			}
			if got := int(sends.Load()); got < c.sends {
				t.Errorf("the pack was sent %d times, want at least %d", got, c.sends)
			}
			appendAll(t, &h, l, 3)
			logtest.CheckLog(t, l, &h)
			if n, _ := h.Acknowledged(); n != 7 {
				t.Errorf("%d appends were acknowledged, want 7", n)
			}
		})
	}
}

// appendAll appends n times through h.
func appendAll(t *testing.T, h *logtest.History, l journal.Log, n int) {
	t.Helper()
	for range n {
		if _, err := h.Append(t.Context(), l, 2, 100); err != nil {
			t.Fatal(err)
		}
	}
}

// Connections break again and again while several append.
func TestNATS_AppendsSurviveBreakingConnections(t *testing.T) {
	t.Parallel()
	l, proxy, _ := openBehindProxy(t)
	var acks, packs atomic.Int64
	proxy.set(func(m proxied) fate {
		switch {
		case isAck(m) && acks.Add(1)%5 == 0:
			return fate{drop: true, cut: true}
		case isPack(m) && packs.Add(1)%7 == 0:
			return fate{drop: true, cut: true}
		}
		return fate{}
	})
	var h logtest.History
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 10 {
				if _, err := h.Append(t.Context(), l, 3, 200); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	proxy.set(nil)
	logtest.CheckLog(t, l, &h)
	t.Logf("%d packs were sent and %d acknowledged", packs.Load(), acks.Load())
}

func TestNATS_AnAppendWaitsForAsLongAsItsContext(t *testing.T) {
	t.Parallel()
	l, proxy, _ := openBehindProxy(t)
	var h logtest.History
	appendAll(t, &h, l, 1)
	ctx, cancel := context.WithCancel(t.Context())
	proxy.set(func(m proxied) fate { // nothing arrives
		if isPack(m) {
			cancel()
			return fate{drop: true, cut: true}
		}
		return fate{}
	})
	if _, err := h.Append(ctx, l, 1, 100); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	if err := l.Err(); err != nil {
		t.Errorf("a lost connection failed the log: %v", err)
	}
	proxy.set(nil)
	appendAll(t, &h, l, 1)
	logtest.CheckLog(t, l, &h)
}

func TestNATS_CloseGivesUpWhatTheClusterDoesNotAnswer(t *testing.T) {
	t.Parallel()
	l, proxy, _ := openBehindProxy(t, func(o *natslog.Options) { o.CloseWait = 1 })
	sent := make(chan struct{}, 1)
	proxy.set(func(m proxied) fate {
		if isPack(m) {
			sent <- struct{}{}
			return fate{drop: true}
		}
		return fate{}
	})
	ended := make(chan error)
	go func() {
		_, err := l.Append(context.Background(), [][]byte{[]byte("a")})
		ended <- err
	}()
	<-sent
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; !errors.Is(err, journal.ErrFailed) {
		t.Errorf("an append with an unknown outcome: got %v, want %v", err, journal.ErrFailed)
	}
}

// Whatever fits by the limits fits into a message, is stored, and can be read
// back when its acknowledgement is lost.
func TestNATS_TheLargestAppendsFit(t *testing.T) {
	t.Parallel()
	l, proxy, _ := openBehindProxy(t)
	limits := l.Limits()
	rule, met := once(isAck, fate{drop: true, cut: true})
	proxy.set(rule)
	for _, records := range [][][]byte{
		{noise(limits.Bytes)},
		split(noise(limits.Bytes), limits.Records),
	} {
		at, err := l.Append(t.Context(), records)
		if err != nil {
			t.Fatal(err)
		}
		if int(at.Event) != len(records)-1 {
			t.Errorf("%d records end at %s", len(records), at)
		}
	}
	if !met.Load() {
		t.Error("no acknowledgement was lost")
	}
	packs, err := logtest.ReadAll(l)
	if err != nil || len(packs) != 2 || len(packs[1].Records) != limits.Records {
		t.Errorf("read %d packs, %v", len(packs), err)
	}
}

// noise gives bytes that do not compress.
func noise(n int) []byte {
	b := make([]byte, n)
	x := uint64(88172645463325252)
	for i := range b {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		b[i] = byte(x)
	}
	return b
}

// split cuts b into n records of about the same size.
func split(b []byte, n int) [][]byte {
	records := make([][]byte, n)
	for i := range records {
		records[i] = b[len(b)*i/n : len(b)*(i+1)/n]
	}
	return records
}
