package emit_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/internal/emit"
)

// cut gives what Documents yields as "LINE:BODY" and "LINE!REASON".
func cut(r io.Reader) []string {
	var got []string
	for doc, err := range emit.Documents(r) {
		var syntax *emit.SyntaxError
		switch {
		case errors.As(err, &syntax):
			got = append(got, fmt.Sprintf("%d!", syntax.Line))
		case err != nil:
			got = append(got, err.Error())
		default:
			got = append(got, fmt.Sprintf("%d:%s", doc.Line, doc.Body))
		}
	}
	return got
}

func TestDocuments_KnowsEveryFormAndLine(t *testing.T) {
	for _, c := range []struct {
		name, input string
		want        []string
	}{
		{"one", `{"a":1}`, []string{`1:{"a":1}`}},
		{"one a line", "{\"a\":1}\n\n{\"b\":2}\n", []string{`1:{"a":1}`, `3:{"b":2}`}},
		{"without a separator", `{"a":1}{"b":2}`, []string{`1:{"a":1}`, `1:{"b":2}`}},
		{"an array", "[\n{\"a\":1},\n{\"b\":[2]}\n]\n", []string{`2:{"a":1}`, `3:{"b":[2]}`}},
		{"two arrays", "[{\"a\":1}]\n[{\"b\":2}]", []string{`1:{"a":1}`, `2:{"b":2}`}},
		{"over several lines", "{\n \"a\":1\n}\n{\"b\":2}", []string{"1:{\n \"a\":1\n}", `4:{"b":2}`}},
		{"nothing", " \n", nil},
		{"an empty array", "[]", nil},
		{"a broken line between good ones", "{\"a\":1}\n{\"b\" 2}\n{\"c\":3}\n", []string{`1:{"a":1}`, "2!", `3:{"c":3}`}},
		{"a broken document of several lines", "{\n\"a\": oops,\n \"b\": 1\n}\n{\"c\":3}\n", []string{"2!", `5:{"c":3}`}},
		{"cut off", "{\"a\":1}\n{\"b\":", []string{`1:{"a":1}`, "2!"}},
		{"arrays within an array", "[{\"a\":1},\n[{\"b\":2}],[],\n{\"c\":3}]\n{\"d\":4}", []string{`1:{"a":1}`, "2!", "2!", `3:{"c":3}`, `4:{"d":4}`}},
		{"an array cut off", "[{\"a\":1},\n", []string{`1:{"a":1}`, "2!"}},
		{"no JSON at all", "hello\nworld\n", []string{"1!"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for name, r := range map[string]io.Reader{
				"at once":           strings.NewReader(c.input),
				"a byte at a time":  iotest.OneByteReader(strings.NewReader(c.input)),
				"half of it a time": iotest.HalfReader(strings.NewReader(c.input)),
			} {
				if diff := cmp.Diff(c.want, cut(r)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
		})
	}
}

func TestDocuments_EndsWithWhatItCouldNotRead(t *testing.T) {
	broken := errors.New("the disk is gone")
	got := cut(io.MultiReader(strings.NewReader("{\"a\":1}\n"), iotest.ErrReader(broken)))
	if diff := cmp.Diff([]string{`1:{"a":1}`, broken.Error()}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// repeated is a text over and over. It counts what is read.
type repeated struct {
	text string
	read int
}

func (r *repeated) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = r.text[(r.read+i)%len(r.text)]
	}
	r.read += len(p)
	return len(p), nil
}

// What has no end is given up before memory does.
func TestDocuments_HoldsNoEndlessDocument(t *testing.T) {
	for name, c := range map[string]struct{ begin, endless string }{
		"a string":                {`{"a":"`, "x"},
		"an array":                {`{"a":[0`, ",1"},
		"blank lines in an array": {"[", "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			endless := &repeated{text: c.endless}
			for _, err := range emit.Documents(io.MultiReader(strings.NewReader(c.begin), endless)) {
				var syntax *emit.SyntaxError
				if !errors.As(err, &syntax) {
					t.Fatalf("error %v, want a syntax error", err)
				}
				break
			}
			if limit := 9 << 20; endless.read > limit {
				t.Errorf("read %d bytes, want at most %d", endless.read, limit)
			}
		})
	}
}

// held is the largest heap, beyond what there was at the beginning, while the
// documents of r are cut, and how many documents and faults there were.
func held(r io.Reader) (bytes, documents, faults int) {
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	look := func() {
		runtime.ReadMemStats(&now)
		bytes = max(bytes, int(now.HeapInuse)-int(before.HeapInuse))
	}
	for _, err := range emit.Documents(r) {
		if err != nil {
			faults++
		} else {
			documents++
		}
		if (documents+faults)%1000 == 0 {
			look()
		}
	}
	look()
	return bytes, documents, faults
}

// Whatever the input, no more is held than a small multiple of the largest
// document that is sent.
func TestDocuments_HoldsLittleOfAnyInput(t *testing.T) {
	const mib = 1 << 20
	one := "{\"a\":1}\n"
	for name, c := range map[string]struct {
		input                     string
		documents, faults, atMost int
	}{
		"blank lines":                        {strings.Repeat("\n", 16*mib) + one, 1, 0, 24 * mib},
		"blank lines of Windows":             {strings.Repeat("\r\n", 8*mib) + one, 1, 0, 24 * mib},
		"blanks":                             {one + strings.Repeat(" ", 16*mib) + one, 2, 0, 24 * mib},
		"broken lines":                       {strings.Repeat("{bad\n", 50_000) + one, 1, 50_000, 24 * mib},
		"lines with a NUL":                   {strings.Repeat("{\x00\n", 50_000) + one, 1, 50_000, 24 * mib},
		"NULs":                               {strings.Repeat("\x00", 16*mib) + "\n" + one, 1, 1, 24 * mib},
		"a line that is no JSON":             {strings.Repeat("x", 16*mib) + "\n" + one, 1, 1, 24 * mib},
		"small documents":                    {strings.Repeat(one, 100_000), 100_000, 0, 24 * mib},
		"a large string":                     {`{"a":"` + strings.Repeat("x", 7*mib) + "\"}\n" + one, 2, 0, 96 * mib},
		"a document of many lines":           {"{\"a\":[\n" + strings.Repeat("1,\n", 2*mib) + "1]}\n" + one, 2, 0, 96 * mib},
		"small documents behind a large one": {`{"a":"` + strings.Repeat("x", 7*mib) + "\"}\n" + strings.Repeat(one, 100_000), 100_001, 0, 96 * mib},
	} {
		t.Run(name, func(t *testing.T) {
			bytes, documents, faults := held(strings.NewReader(c.input))
			if documents != c.documents || faults != c.faults {
				t.Errorf("%d documents and %d faults, want %d and %d", documents, faults, c.documents, c.faults)
			}
			if bytes > c.atMost {
				t.Errorf("%d MiB are held, want at most %d", bytes/mib, c.atMost/mib)
			}
		})
	}
}

// A line is told rightly whatever was dropped before it.
func TestDocuments_CountsTheLinesThatItDrops(t *testing.T) {
	input := strings.Repeat("\n", 100_000) + "{\"a\":1}\n" + strings.Repeat(" \r\n", 100_000) + "oops\n" + strings.Repeat("x\n", 1000) + "{\"b\":\n2}\n{\n}"
	got := cut(strings.NewReader(input))
	if diff := cmp.Diff([]string{`100001:{"a":1}`, "200002!", "201003:{\"b\":\n2}", "201005:{\n}"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What could not be read is told, also where it is met while lines are skipped.
func TestDocuments_EndsWithWhatItCouldNotSkip(t *testing.T) {
	broken := errors.New("the disk is gone")
	got := cut(io.MultiReader(strings.NewReader("oops\noops"), iotest.ErrReader(broken)))
	if diff := cmp.Diff([]string{"1!", broken.Error()}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDocuments_GoesOnBehindADocumentThatIsTooLarge(t *testing.T) {
	large := strings.Repeat("x", 9<<20)
	got := cut(strings.NewReader("{\"a\":1}\n\n{\"b\":\"" + large + "\"}\n{\"c\":3}\n[{\"d\":4}]"))
	if diff := cmp.Diff([]string{`1:{"a":1}`, "3!", `4:{"c":3}`, `5:{"d":4}`}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDocuments_ManyDocumentsTogetherHaveNoLimit(t *testing.T) {
	document := `{"a":"` + strings.Repeat("x", 1<<20) + `"}`
	n := 0
	for doc, err := range emit.Documents(strings.NewReader("[" + strings.Repeat(document+",", 19) + document + "]")) {
		if err != nil || string(doc.Body) != document {
			t.Fatalf("document %d: %d bytes, %v", n+1, len(doc.Body), err)
		}
		n++
	}
	if n != 20 {
		t.Errorf("%d documents, want 20", n)
	}
}

// Whatever the documents and however they are written one after the other,
// they come out in order, each with the line on which it begins.
func TestDocuments_AnySequenceOfDocuments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var input strings.Builder
		var want []string
		line := 1
		for range rapid.IntRange(0, 20).Draw(t, "documents") {
			value := map[string]string{"k": rapid.String().Draw(t, "value")}
			body, err := json.Marshal(value)
			if rapid.Bool().Draw(t, "indented") {
				body, err = json.MarshalIndent(value, "", " ")
			}
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, fmt.Sprintf("%d:%s", line, body))
			separator := rapid.SampledFrom([]string{"", "\n", " ", "\r\n", "\n\n"}).Draw(t, "separator")
			line += strings.Count(string(body)+separator, "\n")
			input.Write(body)
			input.WriteString(separator)
		}
		if diff := cmp.Diff(want, cut(strings.NewReader(input.String()))); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func FuzzDocuments(f *testing.F) {
	f.Add([]byte("{\"a\":1}\n{\"b\" 2}\n[{\"c\":3}]"))
	f.Fuzz(func(t *testing.T, input []byte) {
		lines := strings.Count(string(input), "\n") + 1
		last := 0
		for doc, err := range emit.Documents(strings.NewReader(string(input))) {
			line := doc.Line
			var syntax *emit.SyntaxError
			if errors.As(err, &syntax) {
				line = syntax.Line
			} else if err != nil {
				t.Fatal(err)
			}
			if line < last || line > lines {
				t.Fatalf("line %d after %d of %d", line, last, lines)
			}
			last = line
		}
	})
}
