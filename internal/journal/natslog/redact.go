package natslog

import "strings"

// Redact gives the URL of a server as it may be shown and logged: a user, a
// password and a token (nats://TOKEN@host) become xxxxx, whether or not there is
// a scheme before them or the URL can be parsed, and a query goes. Nothing else
// may put such a URL where somebody reads it.
func Redact(url string) string {
	scheme, rest, found := strings.Cut(url, "://")
	if found {
		scheme += "://"
	} else {
		scheme, rest = "", url
	}
	// A secret that should have been escaped may hold any character.
	if at := strings.LastIndexByte(url, '@'); at >= 0 {
		if i := strings.Index(url, "://"); i > at {
			scheme = ""
		}
		rest = "xxxxx" + url[at:]
	}
	rest, _, _ = strings.Cut(rest, "?")
	return scheme + rest
}

// RedactAll is Redact for each.
func RedactAll(urls []string) []string {
	shown := make([]string, len(urls))
	for i, url := range urls {
		shown[i] = Redact(url)
	}
	return shown
}
