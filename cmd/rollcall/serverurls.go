package main

import (
	"strings"

	"github.com/spf13/pflag"

	"rollcall/internal/journal/natslog"
)

// serverURLs is a flag for URLs of NATS servers, several by repetition or with
// commas. They may hold a password or a token, so it is shown without, and no
// value is refused here: pflag would print it.
type serverURLs struct {
	urls *[]string
	set  bool // the default is replaced
}

// Type implements pflag.Value: that of pflag's own lists.
func (*serverURLs) Type() string { return "strings" }

// String implements pflag.Value.
func (s *serverURLs) String() string {
	if s.urls == nil {
		return ""
	}
	return strings.Join(natslog.RedactAll(*s.urls), ",")
}

// Set implements pflag.Value.
func (s *serverURLs) Set(value string) error {
	if !s.set {
		*s.urls, s.set = nil, true
	}
	return s.Append(value)
}

// Append implements pflag.SliceValue.
func (s *serverURLs) Append(value string) error {
	for _, url := range strings.Split(value, ",") {
		if url = strings.TrimSpace(url); url != "" {
			*s.urls = append(*s.urls, url)
		}
	}
	return nil
}

// Replace implements pflag.SliceValue.
func (s *serverURLs) Replace(values []string) error {
	*s.urls = values
	return nil
}

// GetSlice implements pflag.SliceValue.
func (s *serverURLs) GetSlice() []string { return *s.urls }

var _ pflag.SliceValue = (*serverURLs)(nil)
