package connect

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"rollcall"
	"rollcall/connectapi"
)

// maxSegments is how many segments the longest path has.
const maxSegments = 8

// routes finds an operation by its method and path, segment by segment.
type routes map[routeKey][]route

// routeKey is what tells nearly all paths apart.
type routeKey struct {
	method, first string
	segments      int
}

// route is an operation's place. What Amazon Connect has and rollcall lacks has
// no operation.
type route struct {
	connectapi.Route
	segments []string // as in the path; a label in braces
	of       *operation
}

// newRoutes knows every operation of Amazon Connect.
func newRoutes(served []*operation) routes {
	here := make(map[string]*operation, len(served)) // :: name -> operation
	for _, o := range served {
		here[o.Name] = o
	}
	all := make(routes)
	for r := range connectapi.Amazon() {
		segments := strings.Split(r.Path[1:], "/")
		key := routeKey{r.Method, segments[0], len(segments)}
		all[key] = append(all[key], route{r, segments, here[r.Name]})
	}
	return all
}

// labels are the values in a path, in its order, decoded.
type labels [maxSegments]string

// match tells whether the segments, as they were sent, are the route's, and
// how many of them are so literally.
func (r *route) match(sent []string, l *labels) (literal int, ok bool) {
	n := 0
	for i, want := range r.segments {
		if want[0] != '{' {
			if want != sent[i] {
				return 0, false
			}
			literal++
			continue
		}
		value, err := url.PathUnescape(sent[i])
		if err != nil || value == "" {
			return 0, false
		}
		l[n] = value
		n++
	}
	return literal, true
}

// each gives the labels of an operation's path by name.
func (l *labels) each(path string, take func(name, value string)) {
	n := 0
	for segment := range strings.SplitSeq(path, "/") {
		if strings.HasPrefix(segment, "{") {
			take(strings.Trim(segment, "{}"), l[n])
			n++
		}
	}
}

var slashes = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("//+") })

// find looks for the operation that r is addressed to, and fills in the labels.
// It goes by the path as it was sent, since a label may hold an encoded "/".
// Slashes that follow each other count as one, as they do in a signature: an
// endpoint that ends in "/" makes some clients send two. Of two paths that would
// do, the one with fewer labels is meant.
func (rs routes) find(r *http.Request, l *labels) (found *route) {
	path := r.URL.EscapedPath()
	if strings.Contains(path, "//") { // the expression allocates even where it finds nothing
		path = slashes().ReplaceAllLiteralString(path, "/")
	}
	path, ok := strings.CutPrefix(path, "/")
	if !ok {
		return nil
	}
	var room [maxSegments]string
	sent := room[:0]
	for more := true; more; {
		var segment string
		if segment, path, more = strings.Cut(path, "/"); len(sent) == maxSegments {
			return nil
		}
		sent = append(sent, segment)
	}
	candidates, most := rs[routeKey{r.Method, sent[0], len(sent)}], -1
	for i := range candidates {
		var its labels
		if literal, ok := candidates[i].match(sent, &its); ok && literal > most {
			found, most, *l = &candidates[i], literal, its
		}
	}
	return found
}

// notHere answers what is addressed to no operation that is here. Like Amazon's
// services it does so before it asks who sends it.
func notHere(r *http.Request, found *route) error {
	if found != nil {
		also := ""
		if !found.Reads() {
			also = " It writes, so that takes `--forward-writes`, too."
		}
		return rollcall.Errorf(rollcall.CodeUnknownRoute, "Amazon Connect has %s; rollcall doesn't; `--forward` sends it on.%s", found.Name, also)
	}
	return rollcall.Errorf(rollcall.CodeUnknownRoute, "No operation has the method %s and the path %s.",
		rollcall.Shorten(r.Method), rollcall.Shorten(r.URL.EscapedPath()))
}
