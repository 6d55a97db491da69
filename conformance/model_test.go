package conformance

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/connectapi"
)

// writtenFrom is the botocore whose model connectapi was written from. An older
// one lacks operations and members.
var writtenFrom = []int{1, 43, 11}

// connectapi must have every member of its operations as Amazon's model has it:
// names, order, types, requirements, places, bounds, enumerations, exceptions
// and paging.
func TestModel_IsTheOneOfBotocore(t *testing.T) {
	needBoto3(t)
	args := []string{filepath.Join("python", "model.py")}
	for _, o := range connectapi.All {
		args = append(args, o.Name)
	}
	printed, err := exec.CommandContext(t.Context(), "python3", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	var amazon struct {
		Version    []int               `json:"version"`
		Routes     []string            `json:"routes"`
		Operations map[string][]string `json:"operations"` // :: name -> a line a fact
	}
	if err := json.Unmarshal(printed, &amazon); err != nil {
		t.Fatal(err)
	}
	if slices.Compare(amazon.Version, writtenFrom) < 0 {
		t.Skipf("skipped: botocore is of version %v, the model of %v", amazon.Version, writtenFrom)
	}
	var routes []string
	for r := range connectapi.Amazon() {
		routes = append(routes, r.Name+" "+r.Method+" "+r.Path)
	}
	if d := cmp.Diff(amazon.Routes, routes); d != "" {
		t.Errorf("routes (-botocore +connectapi):\n%s", d)
	}
	for _, o := range connectapi.All {
		if d := cmp.Diff(amazon.Operations[o.Name], describe(o)); d != "" {
			t.Errorf("%s (-botocore +connectapi):\n%s", o.Name, d)
		}
	}
}

// describe tells of an operation what python/model.py tells of botocore's.
func describe(o *connectapi.Operation) []string {
	paging := "pages none"
	if p := o.Page; p != nil {
		paging = strings.Join(append([]string{"pages NextToken MaxResults NextToken", p.Result}, p.First...), " ")
	}
	told := []string{"errors " + strings.Join(o.Errors, " "), paging}
	told = appendLines(told, o.Input(), "in", nil, "")
	return appendLines(told, o.Output(), "out", nil, "")
}

func appendLines(dst []string, s *connectapi.Shape, path string, within []*connectapi.Shape, place string) []string {
	dst = append(dst, strings.Join(slices.DeleteFunc([]string{
		path, typeName(s), place, bound("max", s.Max), bound("min", s.Min), strings.Join(s.Enum, "|"), called(path, s),
	}, func(word string) bool { return word == "" }), " "))
	switch s.Kind { //nolint:exhaustive // nothing is within the others
	case connectapi.List:
		return appendLines(dst, s.Element, path+"[]", within, "")
	case connectapi.Map:
		dst = appendLines(dst, s.Key, path+"{key}", within, "")
		return appendLines(dst, s.Element, path+"{}", within, "")
	}
	if slices.Contains(within, s) {
		return dst
	}
	within = append(slices.Clip(within), s)
	for i := range s.Members {
		m := &s.Members[i]
		var words []string
		switch m.Place {
		case connectapi.InPath:
			words = append(words, "path")
		case connectapi.InQuery:
			words = append(words, "query="+m.Query)
		case connectapi.InBody:
		}
		if m.Required {
			words = append(words, "required")
		}
		dst = appendLines(dst, m.Shape, path+"."+m.Name, within, strings.Join(words, " "))
	}
	return dst
}

// called is what samples of the answer call an element that is a text.
func called(path string, s *connectapi.Shape) string {
	if !strings.HasPrefix(path, "out") || !strings.HasSuffix(path, "[]") || s.Kind != connectapi.String {
		return ""
	}
	if s.Name != "" {
		return "called " + s.Name
	}
	return "called " + s.Type.Name()
}

func bound(name string, n *int64) string {
	if n == nil {
		return ""
	}
	return name + "=" + strconv.FormatInt(*n, 10)
}

func typeName(s *connectapi.Shape) string {
	switch s.Kind {
	case connectapi.Integer:
		if s.Type.Kind() == reflect.Int64 {
			return "long"
		}
		return "integer"
	case connectapi.Float:
		if s.Type.Kind() == reflect.Float32 {
			return "float"
		}
		return "double"
	case connectapi.String:
		return "string"
	case connectapi.Boolean:
		return "boolean"
	case connectapi.Timestamp:
		return "timestamp"
	case connectapi.Structure:
		return "structure"
	case connectapi.List:
		return "list"
	case connectapi.Map:
		return "map"
	}
	return fmt.Sprint(s.Kind)
}
