package connect

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"rollcall"
)

// route is where an operation is found: a method, and a path whose last
// segment is a label.
type route struct {
	method string
	prefix string // with the slash before the label
}

var slashes = regexp.MustCompile("//+")

// handler answers a request of one operation.
type handler func(w http.ResponseWriter, c *call)

// find looks for the operation of r, and gives the label in its path, decoded.
// It goes by the path as it was sent, since a label may hold an encoded "/".
// Slashes that follow each other count as one, as they do in a signature: an
// endpoint that ends in "/" makes some clients send two.
func (s *Service) find(r *http.Request) (handle handler, label string) {
	path := slashes.ReplaceAllLiteralString(r.URL.EscapedPath(), "/")
	cut := strings.LastIndexByte(path, '/') + 1
	handle, ok := s.actions[route{r.Method, path[:cut]}]
	label, err := url.PathUnescape(path[cut:])
	if !ok || err != nil || label == "" {
		return s.unknownOperation, ""
	}
	return handle, label
}

// unknownOperation answers what is addressed to no operation. Like Amazon's
// services it does so before it asks who sends it.
func (s *Service) unknownOperation(w http.ResponseWriter, c *call) {
	s.finish(w, c, nil, rollcall.Errorf(rollcall.CodeUnknownRoute,
		"No operation has the method %s and the path %s.",
		rollcall.Shorten(c.request.Method), rollcall.Shorten(c.request.URL.EscapedPath())))
}
