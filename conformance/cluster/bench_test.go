package cluster

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"sort"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"rollcall"
	"rollcall/internal/journal"
	"rollcall/internal/journal/disklog"
)

// BenchmarkAppend measures durable appends of one 2 KB record a writer, with
// the acknowledgements' p50 and p99, in the same run on disk, on one NATS server
// and on three; all servers of this test share one machine and one disk.
func BenchmarkAppend(b *testing.B) {
	for _, writers := range []int{1, 64, 1024} {
		name := "writers=" + strconv.Itoa(writers)
		b.Run("disk/"+name, func(b *testing.B) {
			l, err := disklog.Open(b.TempDir(), disklog.Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close() //nolint:errcheck // a benchmark
			appendInParallel(b, l, writers)
		})
		for _, servers := range []int{1, 3} {
			b.Run(fmt.Sprintf("nats-%d/%s", servers, name), func(b *testing.B) {
				o := startNATSCluster(b, servers, syncAlways).options("node")
				o.Logger = slog.New(slog.DiscardHandler)
				appendInParallel(b, openLog(b, o), writers)
			})
		}
	}
}

func syncAlways(o *server.Options) { o.SyncAlways = true }

func appendInParallel(b *testing.B, l journal.Log, writers int) {
	b.Helper()
	records := make([][][]byte, 64)
	for i := range records {
		records[i] = [][]byte{makeDocument(uint64(i), 2048)}
	}
	var mu sync.Mutex
	var took []time.Duration
	b.SetBytes(2048)
	b.ReportAllocs()
	b.ResetTimer()
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			own := make([]time.Duration, 0, b.N/writers+1)
			for i := w; i < b.N; i += writers {
				begin := time.Now()
				if _, err := l.Append(context.Background(), records[i%len(records)]); err != nil {
					b.Error(err)
					return
				}
				own = append(own, time.Since(begin))
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, own...)
		})
	}
	wg.Wait()
	b.StopTimer()
	sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "appends/s")
}

// makeDocument gives about as compressible a text as an agent event.
func makeDocument(seed uint64, size int) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	var b []byte
	for len(b) < size {
		b = fmt.Appendf(b, `{"AgentARN":"arn:aws:connect:eu-west-2:123456789012:instance/%08x/agent/%08x","EventType":"STATE_CHANGE","Queue":%d},`,
			r.Uint32(), r.Uint32(), r.IntN(1000))
	}
	return b[:size]
}

// BenchmarkTail measures how fast a journal on one server is read from its
// beginning, in packs of about 64 records.
func BenchmarkTail(b *testing.B) {
	o := startNATS(b, syncAlways).options("node")
	o.Logger = slog.New(slog.DiscardHandler)
	l := openLog(b, o)
	document := makeDocument(1, 2048)
	records := make([][]byte, 64)
	for i := range records {
		records[i] = document
	}
	const packs = 500
	for range packs {
		if _, err := l.Append(context.Background(), records); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(packs * 64 * 2048)
	b.ReportAllocs()
	for b.Loop() {
		seen := 0
		for p, err := range l.Tail(context.Background(), rollcall.Position{}) {
			if err != nil {
				b.Fatal(err)
			}
			if seen += len(p.Records); seen == packs*64 {
				break
			}
		}
	}
}

// BenchmarkSnapshot measures how fast a snapshot of 32 MiB is put on three
// servers, and read.
func BenchmarkSnapshot(b *testing.B) {
	o := startNATSCluster(b, 3, syncAlways).options("node")
	o.Logger = slog.New(slog.DiscardHandler)
	l := openLog(b, o)
	content := noise(32 << 20)
	at := rollcall.Position{}
	b.Run("put", func(b *testing.B) {
		b.SetBytes(int64(len(content)))
		for b.Loop() {
			var err error
			if at, err = l.Append(context.Background(), [][]byte{{1}}); err != nil {
				b.Fatal(err)
			}
			if _, err := l.PutSnapshot(context.Background(), func(w io.Writer) (rollcall.Position, error) {
				_, err := w.Write(content)
				return at, err
			}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(len(content)))
		for b.Loop() {
			r, err := l.OpenSnapshot(context.Background(), at)
			if err != nil {
				b.Fatal(err)
			}
			if n, err := io.Copy(io.Discard, r); err != nil || n != int64(len(content)) {
				b.Fatal(n, err)
			}
			_ = r.Close()
		}
	})
}
