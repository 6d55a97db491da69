package journal_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall"
	"rollcall/internal/journal"
)

func encode(p journal.Pack) []byte {
	var b journal.Body
	b.Add(p.Records)
	return journal.NewCodec().Encode(nil, journal.Header{Epoch: p.Epoch, Sequence: p.Sequence, At: p.At}, &b)
}

func TestDecode_GivesWhatWasEncoded(t *testing.T) {
	codec := journal.NewCodec()
	rapid.Check(t, func(rt *rapid.T) {
		want := journal.Pack{
			Epoch:    rollcall.Epoch(rapid.Uint64().Draw(rt, "epoch")),
			Sequence: rapid.Uint64Min(1).Draw(rt, "sequence"),
			At:       time.UnixMilli(rapid.Int64().Draw(rt, "at")).UTC(),
			Records:  rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 300), 1, 20).Draw(rt, "records"),
		}
		if rapid.Bool().Draw(rt, "large") { // and so compressed, at least where the bytes repeat
			want.Records = append(want.Records, bytes.Repeat(want.Records[0], 200), make([]byte, 40_000))
		}
		got, err := codec.Decode(encode(want))
		if err != nil {
			rt.Fatal(err)
		}
		if !reflect.DeepEqual(want, got) { // quicker than a Diff of what is the same
			rt.Fatalf("(-want +got):\n%s", cmp.Diff(want, got))
		}
	})
}

func TestEncode_AppendsAndCompresses(t *testing.T) {
	var b journal.Body
	record := []byte(strings.Repeat(`{"AgentARN":"arn:aws:connect","EventType":"HEART_BEAT"}`, 20))
	for range 50 {
		b.Add([][]byte{record})
	}
	got := journal.NewCodec().Encode([]byte("before"), journal.Header{Epoch: 1, Sequence: 1}, &b)
	if !bytes.HasPrefix(got, []byte("beforeRCPK")) {
		t.Errorf("it begins with %q", got[:10])
	}
	if len(got) > b.Bytes()/20 {
		t.Errorf("%d bytes of the same over and over take %d", b.Bytes(), len(got))
	}
}

// golden is what version 1 has in testdata.
func golden() []journal.Pack {
	return []journal.Pack{
		{Epoch: 0x0123456789abcdef, Sequence: 1, At: time.UnixMilli(1_767_225_600_123).UTC(), Records: [][]byte{[]byte(`{}`)}},
		{
			Epoch: 1, Sequence: 1<<40 + 7, At: time.UnixMilli(1_767_312_000_000).UTC(),
			Records: [][]byte{[]byte(`{"EventType":"LOGIN"}`), {}, bytes.Repeat([]byte(`{"EventType":"STATE_CHANGE"}`), 2000)},
		},
	}
}

// goldenFile names the file with what version 1 wrote of golden()[i].
func goldenFile(i int) string {
	return filepath.Join("testdata", "pack-v1-"+strconv.Itoa(i+1)+".hex")
}

// Every released version stays readable: these files are never written anew. The
// first has a plain body and the second a compressed one.
func TestDecode_ReadsEveryReleasedVersion(t *testing.T) {
	for i, want := range golden() {
		got, err := journal.NewCodec().Decode(readDump(t, goldenFile(i)))
		if err != nil {
			t.Fatalf("%s: %v", goldenFile(i), err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", goldenFile(i), diff)
		}
	}
}

// readDump reads what hex.Dump wrote.
func readDump(tb testing.TB, name string) []byte {
	tb.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		tb.Fatal(err)
	}
	var data []byte
	for line := range strings.Lines(string(text)) {
		digits, _, _ := strings.Cut(line[10:], "|")
		b, err := hex.DecodeString(strings.Join(strings.Fields(digits), ""))
		if err != nil {
			tb.Fatalf("%s: %v", name, err)
		}
		data = append(data, b...)
	}
	return data
}

func TestDecode_FindsEveryFlippedBitAndEveryCut(t *testing.T) {
	codec := journal.NewCodec()
	for g := range golden() {
		data := readDump(t, goldenFile(g))
		for i := range data {
			for bit := range 8 {
				hurt := bytes.Clone(data)
				hurt[i] ^= 1 << bit
				if got, err := codec.Decode(hurt); err == nil {
					t.Fatalf("bit %d of byte %d flipped: decoded to %+v", bit, i, got)
				} else if !errors.Is(err, journal.ErrDamaged) && i != 4 { // 4: a newer version, for all we know
					t.Errorf("bit %d of byte %d flipped: %v", bit, i, err)
				}
			}
			if _, err := codec.Decode(data[:i]); !errors.Is(err, journal.ErrDamaged) {
				t.Errorf("cut off at %d: %v", i, err)
			}
		}
		if _, err := codec.Decode(append(data, 0)); !errors.Is(err, journal.ErrDamaged) {
			t.Errorf("a byte too many: %v", err)
		}
	}
}

// seal makes the checksum right, so that what lies behind it is tested.
func seal(p []byte) []byte {
	if len(p) >= journal.HeaderBytes {
		table := crc32.MakeTable(crc32.Castagnoli)
		binary.BigEndian.PutUint32(p[44:], crc32.Update(crc32.Checksum(p[:44], table), table, p[48:]))
	}
	return p
}

func TestDecode_BelievesNoHeader(t *testing.T) {
	plain, compressed := readDump(t, goldenFile(0)), readDump(t, goldenFile(1))
	put32 := func(at int, v uint32) func([]byte) []byte {
		return func(p []byte) []byte { binary.BigEndian.PutUint32(p[at:], v); return p }
	}
	for name, c := range map[string]struct {
		pack []byte
		edit func([]byte) []byte
		want string
	}{
		"a body of 4 GB":               {compressed, put32(36, 1<<32-1), "claims 3 records in 4294967295 bytes"},
		"a body of 60 MB that is not":  {compressed, put32(36, 60<<20), "does not claim the 62914560 bytes"},
		"a million records":            {compressed, put32(32, 1<<20), "claims 1048576 records"},
		"records beyond the bytes":     {plain, put32(32, 4), "claims 4 records in 3 bytes"},
		"too few records":              {compressed, put32(32, 2), "is not the 2 records"},
		"too many records":             {compressed, put32(32, 4), "is not the 4 records"},
		"no records":                   {compressed, put32(32, 0), "claims 0 records"},
		"sequence 0":                   {compressed, func(p []byte) []byte { clear(p[16:24]); return p }, "sequence 0"},
		"version 0":                    {plain, func(p []byte) []byte { p[4] = 0; return p }, "version 0"},
		"version 2":                    {plain, func(p []byte) []byte { p[4] = 2; return p }, "a newer one wrote it"},
		"an unknown form":              {plain, func(p []byte) []byte { p[5] = 2; return p }, "body form 2"},
		"reserved bytes":               {plain, func(p []byte) []byte { p[7] = 1; return p }, "reserved bytes 0001"},
		"plain called compressed":      {plain, func(p []byte) []byte { p[5] = 1; return p }, "does not claim the 3 bytes"},
		"compressed called plain":      {compressed, func(p []byte) []byte { p[5] = 0; return p }, "plain body has"},
		"a compressed body that lies":  {compressed, func(p []byte) []byte { p[len(p)-1] ^= 255; return p }, "body"},
		"a record beyond the end":      {plain, func(p []byte) []byte { p[48] = 100; return p }, "is not the 1 records"},
		"a record length without end":  {plain, func(p []byte) []byte { p[50] = 0x80; p[48] = 1; return p }, "is not the 1 records"},
		"a stored length that is less": {plain, put32(40, 2), "has 3 bytes, and its header claims 2"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := journal.NewCodec().Decode(seal(c.edit(bytes.Clone(c.pack))))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %+v, %v, want an error with %q", got, err, c.want)
			}
		})
	}
}

// Decode never panics, never takes much more memory than it is allowed to, and
// what it accepts is a pack: encoded again it decodes to the same.
func FuzzDecode(f *testing.F) {
	for i := range golden() {
		f.Add(readDump(f, goldenFile(i)), false)
		f.Add(readDump(f, goldenFile(i)), true)
	}
	f.Add(seal(append([]byte("RCPK\x01\x00\x00\x00"), make([]byte, 60)...)), true)
	codec := journal.NewCodec()
	f.Fuzz(func(t *testing.T, data []byte, resealed bool) {
		if resealed {
			data = seal(slices.Clone(data))
		}
		p, err := codec.Decode(data)
		if err != nil {
			return
		}
		again, err := codec.Decode(encode(p))
		if err != nil {
			t.Fatalf("what was decoded does not survive another round: %v", err)
		}
		if !reflect.DeepEqual(p, again) { // quicker than a Diff of what may be large
			t.Fatalf("another round gives another pack: %d and %d records", len(p.Records), len(again.Records))
		}
	})
}

func benchBody() (*journal.Body, []byte) {
	var b journal.Body
	for i := range 100 {
		b.Add([][]byte{fmt.Appendf(nil, `{"AgentARN":"arn:aws:connect:eu-central-1:111122223333:instance/0b1c/agent/%08x","EventId":"%032x","EventTimestamp":"2026-03-01T09:%02d:00.123Z","EventType":"STATE_CHANGE","Version":"2017-10-01","CurrentAgentSnapshot":{"AgentStatus":{"ARN":"arn:aws:connect:eu-central-1:111122223333:instance/0b1c/agent-state/%08x","Name":"Available","StartTimestamp":"2026-03-01T09:00:00.000Z","Type":"ROUTABLE"},"Contacts":[],"Configuration":{"Username":"agent-%d","RoutingProfile":{"Name":"Basic"}}}}`, i*7919, i*104729, i%60, i%5, i)})
	}
	return &b, journal.NewCodec().Encode(nil, journal.Header{Epoch: 1, Sequence: 1}, &b)
}

func BenchmarkEncode(b *testing.B) {
	body, _ := benchBody()
	codec := journal.NewCodec()
	var dst []byte
	b.SetBytes(int64(body.Bytes()))
	b.ReportAllocs()
	for b.Loop() {
		dst = codec.Encode(dst[:0], journal.Header{Epoch: 1, Sequence: 1}, body)
	}
	b.ReportMetric(float64(body.Bytes())/float64(len(dst)), "ratio")
}

func BenchmarkDecode(b *testing.B) {
	body, data := benchBody()
	codec := journal.NewCodec()
	b.SetBytes(int64(body.Bytes()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := codec.Decode(data); err != nil {
			b.Fatal(err)
		}
	}
}
