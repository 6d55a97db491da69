package door

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"rollcall"
)

// Values reads the request's query, without the parameters of a presigned URL
// (X-Amz-…), which belong to the signature.
func Values(r *http.Request) (url.Values, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, rollcall.Errorf(rollcall.CodeInvalid, "the query of the URL can't be read: %v", err)
	}
	maps.DeleteFunc(values, func(name string, _ []string) bool { return strings.HasPrefix(name, "X-Amz-") })
	return values, nil
}

// Query reads the request's query, of which only the named parameters may be
// there, each once.
func Query(r *http.Request, names ...string) (map[string]string, error) {
	values, err := Values(r)
	if err != nil {
		return nil, err
	}
	query := make(map[string]string, len(values))
	for name, given := range values {
		switch {
		case !slices.Contains(names, name):
			return nil, rollcall.Errorf(rollcall.CodeInvalid, "unknown query parameter %q, expected %s", rollcall.Shorten(name), oneOf(names))
		case len(given) > 1:
			return nil, rollcall.Errorf(rollcall.CodeInvalid, "query parameter %s is given %d times, expected once", name, len(given))
		default:
			query[name] = given[0]
		}
	}
	return query, nil
}

// Choice reads a parameter that has one of few values; the first is the
// default.
func Choice(query map[string]string, name string, values ...string) (string, error) {
	given, ok := query[name]
	switch {
	case !ok:
		return values[0], nil
	case slices.Contains(values, given):
		return given, nil
	}
	return "", rollcall.Errorf(rollcall.CodeInvalid, "query parameter %s is %q, expected %s", name, rollcall.Shorten(given), oneOf(values))
}

func oneOf(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
