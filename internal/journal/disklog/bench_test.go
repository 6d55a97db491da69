package disklog_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"rollcall"
	"rollcall/internal/journal/disklog"
)

// event gives about 2 KB of what an agent event looks like: much of it is the
// same from event to event, ids and times are not.
func event(n int) []byte {
	b := fmt.Appendf(nil, `{"AgentARN":"arn:aws:connect:eu-central-1:111122223333:instance/0b1c2d3e/agent/%032x","AWSAccountId":"111122223333","EventId":"%032x","EventTimestamp":"2026-03-01T09:%02d:%02d.%03dZ","EventType":"STATE_CHANGE","InstanceARN":"arn:aws:connect:eu-central-1:111122223333:instance/0b1c2d3e","Version":"2017-10-01","CurrentAgentSnapshot":{"AgentStatus":{"ARN":"arn:aws:connect:eu-central-1:111122223333:instance/0b1c2d3e/agent-state/%032x","Name":"Available","StartTimestamp":"2026-03-01T09:%02d:00.000Z","Type":"ROUTABLE"},"Configuration":{"Username":"agent-%05d","FirstName":"Ada","LastName":"Example","RoutingProfile":{"Name":"Basic","InboundQueues":[`,
		n%5000*7919, n*104729, n/60%60, n%60, n%1000, n%7, n%60, n%5000)
	for q := 0; len(b) < 1900; q++ {
		b = fmt.Appendf(b, `{"ARN":"arn:aws:connect:eu-central-1:111122223333:instance/0b1c2d3e/queue/%032x","Name":"queue-%03d","Channels":["VOICE"]},`, (n+q)%100*65537, (n+q)%100)
	}
	return append(b, `]}},"Contacts":[]}}`...)
}

// plainFile is what the journal is measured against: a growing file that one
// goroutine appends to and syncs, with whatever waits in one write. It checks
// nothing, finds nothing and forgets nothing.
type plainFile struct {
	file *os.File

	mu      sync.Mutex
	waiting []byte
	done    *sync.WaitGroup // of those in waiting
	wake    chan struct{}
}

func newPlainFile(tb testing.TB) *plainFile {
	tb.Helper()
	file, err := os.OpenFile(filepath.Join(tb.TempDir(), "plain"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		tb.Fatal(err)
	}
	p := &plainFile{file: file, wake: make(chan struct{}, 1), done: new(sync.WaitGroup)}
	p.done.Add(1)
	go p.run(tb)
	tb.Cleanup(func() {
		close(p.wake)
		_ = file.Close()
	})
	return p
}

func (p *plainFile) run(tb testing.TB) {
	tb.Helper()
	var spare []byte
	for range p.wake {
		p.mu.Lock()
		data, done := p.waiting, p.done
		p.waiting, p.done = spare[:0], new(sync.WaitGroup)
		p.done.Add(1)
		p.mu.Unlock()
		if _, err := p.file.Write(data); err != nil {
			tb.Error(err)
		}
		if err := syncData(p.file); err != nil {
			tb.Error(err)
		}
		spare = data
		done.Done()
	}
}

func (p *plainFile) append(record []byte) {
	p.mu.Lock()
	p.waiting = binary.BigEndian.AppendUint32(p.waiting, uint32(len(record)))
	p.waiting = binary.BigEndian.AppendUint32(p.waiting, crc32.Checksum(record, crc32.MakeTable(crc32.Castagnoli)))
	p.waiting = append(p.waiting, record...)
	done := p.done
	p.mu.Unlock()
	select {
	case p.wake <- struct{}{}:
	default:
	}
	done.Wait()
}

// BenchmarkAppend is the journal beside the plain file: the same writers append
// the same events for a second to the one and then to the other, in turn. One
// operation is such a pair, so that -benchtime=7x gives the median of seven;
// ratio is the journal's events a second in those of the plain file. A store
// that has just been opened writes to growing files as the plain one does, one
// that has run for a while overwrites its old ones, for which a disk syncs
// sooner. What one append costs in time and memory is BenchmarkAppendOne.
func BenchmarkAppend(b *testing.B) {
	events := make([][]byte, 4096)
	for i := range events {
		events[i] = event(i)
	}
	for _, writers := range []int{1, 8, 64, 1024} {
		b.Run("opened/writers="+strconv.Itoa(writers), func(b *testing.B) {
			benchmarkAppend(b, open(b, b.TempDir(), disklog.Options{}), writers, events)
		})
		b.Run("running/writers="+strconv.Itoa(writers), func(b *testing.B) {
			l := open(b, b.TempDir(), disklog.Options{})
			warm(b, l)
			benchmarkAppend(b, l, writers, events)
		})
	}
}

func benchmarkAppend(b *testing.B, l *disklog.Log, writers int, events [][]byte) {
	b.Helper()
	appendJournal := func(record []byte) {
		if _, err := l.Append(context.Background(), [][]byte{record}); err != nil {
			b.Error(err)
		}
	}
	p := newPlainFile(b)
	run(writers, events, appendJournal) // a new store grows its buffers first
	var ours, plain []load
	var ratios []float64
	for b.Loop() {
		ours = append(ours, run(writers, events, appendJournal))
		plain = append(plain, run(writers, events, p.append))
		ratios = append(ratios, ours[len(ours)-1].rate/plain[len(plain)-1].rate)
	}
	b.ReportMetric(median(ratios), "ratio")
	for unit, loads := range map[string][]load{"": ours, "plain-": plain} {
		var rates, p50s, p99s []float64
		for _, l := range loads {
			rates, p50s, p99s = append(rates, l.rate), append(p50s, l.p50), append(p99s, l.p99)
		}
		b.ReportMetric(median(rates), unit+"events/s")
		b.ReportMetric(median(p50s), unit+"p50-µs")
		b.ReportMetric(median(p99s), unit+"p99-µs")
	}
}

// warm brings a new store to what it is after some hours: the files of its
// write-ahead log have their full size and are used again.
func warm(b *testing.B, l *disklog.Log) {
	b.Helper()
	const packs, packBytes = 256, 1 << 20
	random := rand.NewChaCha8([32]byte{})
	record := make([]byte, packBytes)
	for range packs {
		_, _ = random.Read(record) // never fails
		if _, err := l.Append(context.Background(), [][]byte{record}); err != nil {
			b.Fatal(err)
		}
	}
}

// load is what some writers got done, and how long each append took.
type load struct{ rate, p50, p99 float64 }

// run lets writers append for a second, each waiting for the answer.
func run(writers int, events [][]byte, appendOne func([]byte)) load {
	waits := make([][]time.Duration, writers)
	var wg sync.WaitGroup
	begin := time.Now()
	for w := range writers {
		wg.Go(func() {
			for i, now := w, begin; now.Sub(begin) < time.Second; i += writers {
				appendOne(events[i%len(events)])
				end := time.Now()
				waits[w] = append(waits[w], end.Sub(now))
				now = end
			}
		})
	}
	wg.Wait()
	took := time.Since(begin)
	all := slices.Concat(waits...)
	slices.Sort(all)
	return load{
		rate: float64(len(all)) / took.Seconds(),
		p50:  float64(all[len(all)/2].Microseconds()),
		p99:  float64(all[len(all)*99/100].Microseconds()),
	}
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

// BenchmarkAppendOne is one writer's append, with its allocations.
func BenchmarkAppendOne(b *testing.B) {
	l := open(b, b.TempDir(), disklog.Options{})
	records := [][]byte{event(1)}
	b.SetBytes(int64(len(records[0])))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := l.Append(context.Background(), records); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTail reads 64 MB of events from a closed and opened journal.
func BenchmarkTail(b *testing.B) {
	dir := b.TempDir()
	l, err := disklog.Open(dir, disklog.Options{})
	if err != nil {
		b.Fatal(err)
	}
	const packs, each = 320, 100
	size := 0
	for p := range packs {
		records := make([][]byte, each)
		for i := range records {
			records[i] = event(p*each + i)
			size += len(records[i])
		}
		if _, err := l.Append(context.Background(), records); err != nil {
			b.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	l = open(b, dir, disklog.Options{})
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for p, err := range l.Tail(context.Background(), rollcall.Position{}) {
			if err != nil {
				b.Fatal(err)
			}
			if p.Last() == l.End() {
				break
			}
		}
	}
	b.ReportMetric(float64(b.N*packs*each)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(size)/float64(l.DiskBytes()), "bytes/stored")
}
