package connectapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/connectapi"
)

func TestAmazon_HasEveryOperationOnceInOrder(t *testing.T) {
	var names []string
	for r := range connectapi.Amazon() {
		names = append(names, r.Name)
	}
	if !slices.IsSorted(names) || len(slices.Compact(names)) != 370 {
		t.Errorf("%d operations, in order: %t; want 370 of different names", len(names), slices.IsSorted(names))
	}
	for _, o := range connectapi.All {
		if connectapi.Find(o.Name) != o {
			t.Errorf("Find doesn't know %s", o.Name)
		}
	}
}

// Whoever is allowed to read must not be able to write, when operations that
// rollcall lacks are sent on to Amazon.
func TestRoute_ReadsAreNamedAsReads(t *testing.T) {
	verbs := []string{"List", "Describe", "Get", "Search", "BatchGet", "BatchDescribe", "Evaluate"}
	for r := range connectapi.Amazon() {
		named := slices.ContainsFunc(verbs, func(verb string) bool { return strings.HasPrefix(r.Name, verb) })
		if want := named && r.Name != "GetFederationToken"; r.Reads() != want {
			t.Errorf("%s: reads is %t, want %t", r.Name, r.Reads(), want)
		}
	}
}

func TestActions_HasOperationsAndPermissions(t *testing.T) {
	all := slices.Collect(connectapi.Actions())
	for action, want := range map[string]bool{
		"connect:GetCurrentUserData": true, "connect:ActivateEvaluationForm": true, "connect:AdminGetEmergencyAccessToken": true,
		"connect:GetCurrentUserDatum": false, "connect:": false,
	} {
		if slices.Contains(all, action) != want {
			t.Errorf("%q is an action: %t", action, !want)
		}
	}
}

func TestOperation_LabelsAreMembersOfTheInput(t *testing.T) {
	for _, o := range connectapi.All {
		in, labels := o.Input(), 0
		for segment := range strings.SplitSeq(o.Path, "/") {
			if label, ok := strings.CutPrefix(segment, "{"); ok {
				labels++
				if m := in.Member(strings.TrimSuffix(label, "}")); m == nil || m.Place != connectapi.InPath || !m.Required {
					t.Errorf("%s: %s is no required member in the path", o.Name, segment)
				}
			}
		}
		for _, m := range in.Members {
			if m.Place == connectapi.InPath {
				labels--
			}
		}
		if labels != 0 {
			t.Errorf("%s: the path lacks a label, or has one too many", o.Name)
		}
		if o.Page != nil && (in.Member(connectapi.NextToken) == nil || in.Member(connectapi.MaxResults) == nil ||
			o.Output().Member(o.Page.Result) == nil || o.Output().Member(connectapi.NextToken) == nil) {
			t.Errorf("%s pages without the members for it", o.Name)
		}
		if in.HasBody() != (o.Method == http.MethodPost || o.Method == http.MethodPut) {
			t.Errorf("%s: a %s with a body: %t", o.Name, o.Method, in.HasBody())
		}
	}
}

// What an input is made of is told where its form is: in help and as YAML.
func TestOperation_InputsAreTold(t *testing.T) {
	seen := map[*connectapi.Shape]bool{}
	var check func(path string, s *connectapi.Shape)
	check = func(path string, s *connectapi.Shape) {
		for s.Element != nil {
			s = s.Element
		}
		if seen[s] {
			return
		}
		seen[s] = true
		for _, m := range s.Members {
			if m.Doc == "" {
				t.Errorf("%s.%s is not told", path, m.Name)
			}
			check(path+"."+m.Name, m.Shape)
		}
	}
	for _, o := range connectapi.All {
		check(o.Name, o.Input())
	}
}

func TestOf_IsCyclicWhereTheTypeIs(t *testing.T) {
	criteria := connectapi.SearchUsers.Input().Member("SearchCriteria").Shape
	or := criteria.Member("OrConditions").Shape
	if or.Kind != connectapi.List || or.Element != criteria {
		t.Errorf("OrConditions is %v of %v, want a list of the criteria itself", or.Kind, or.Element)
	}
}

func TestOf_ReadsBoundsFromTags(t *testing.T) {
	type bounds struct{ own, key, each string }
	text := func(s *connectapi.Shape) string {
		if s == nil || s.Min == nil || s.Max == nil {
			return ""
		}
		return time.Unix(*s.Min, *s.Max).UTC().Format("5.000000000")
	}
	tags := connectapi.Of[connectapi.User]().Member("Tags").Shape
	want := bounds{"1.000000050", "1.000000128", ""}
	if got := (bounds{text(tags), text(tags.Key), text(tags.Element)}); got != want {
		t.Errorf("bounds are %v, want %v", got, want)
	}
	if each := tags.Element; each.Min != nil || *each.Max != 256 {
		t.Errorf("a value's bounds are %v, %v", each.Min, each.Max)
	}
	if m := connectapi.ListUsers.Input().Member("MaxResults"); m.Place != connectapi.InQuery || m.Query != "maxResults" || *m.Shape.Max != 1000 {
		t.Errorf("MaxResults is %+v", m)
	}
}

func TestTimestamp_IsExact(t *testing.T) {
	for text, want := range map[string]time.Time{
		"0":                    time.Unix(0, 0),
		"1741064767.123":       time.Unix(1741064767, 123e6),
		"1741064767.123456":    time.Unix(1741064767, 123456e3),
		"9007199254.000000001": time.Unix(9007199254, 1),
		"-1.25":                time.Unix(-2, 75e7),
		"-0.5":                 time.Unix(-1, 5e8),
		"-3":                   time.Unix(-3, 0),
	} {
		got, err := connectapi.ParseTimestamp(text)
		if err != nil || !got.Equal(want) {
			t.Errorf("%s is read as %v, %v; want %v", text, got, err, want)
		}
		if back := string(connectapi.AppendTimestamp(nil, want)); back != text {
			t.Errorf("%v is written as %s, want %s", want, back, text)
		}
	}
	for text, want := range map[string]time.Time{"1.5e9": time.Unix(15e8, 0), "2025-03-04T05:06:07.5Z": time.Date(2025, 3, 4, 5, 6, 7, 5e8, time.UTC)} {
		if got, err := connectapi.ParseTimestamp(text); err != nil || !got.Equal(want) {
			t.Errorf("%s is read as %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "noon", "1e300", "NaN", "Inf", "253402300800"} {
		if got, err := connectapi.ParseTimestamp(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

func TestMarshal_WritesAndReadsTheForm(t *testing.T) {
	out := connectapi.ListUsersOutput{UserSummaryList: []connectapi.UserSummary{{ID: "ada", LastModifiedTime: time.Unix(1741064767, 5e8).UTC()}}}
	b, err := connectapi.Marshal(&out)
	if want := `{"UserSummaryList":[{"Id":"ada","LastModifiedTime":1741064767.5}]}`; err != nil || string(b) != want {
		t.Errorf("%s, %v; want %s", b, err, want)
	}
	var back connectapi.ListUsersOutput
	if err := connectapi.Unmarshal([]byte(`{"Later": 1, "NextToken": null, `+string(b[1:])), &back); err != nil {
		t.Error(err)
	}
	if d := cmp.Diff(out, back); d != "" {
		t.Errorf("read back (-want +got):\n%s", d)
	}
}

func TestException_HasWhatIsBesideTheMessage(t *testing.T) {
	if s := connectapi.Exception("ResourceInUseException"); s == nil || s.Member("ResourceId") == nil {
		t.Errorf("ResourceInUseException has %v", s)
	}
	if s := connectapi.Exception("ThrottlingException"); s != nil {
		t.Errorf("ThrottlingException has %v", s)
	}
}
