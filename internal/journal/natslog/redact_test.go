package natslog_test

import (
	"strings"
	"testing"

	"rollcall/internal/journal/natslog"
)

func TestRedact_ShowsTheHostAndNoSecret(t *testing.T) {
	for given, want := range map[string]string{
		"nats://10.0.0.1:4222":          "nats://10.0.0.1:4222",
		"nats://SECRET@host:4222":       "nats://xxxxx@host:4222",
		"tls://SECRET:SECRET@host":      "tls://xxxxx@host",
		"SECRET:SECRET@host:4222":       "xxxxx@host:4222",
		"SECRET@host":                   "xxxxx@host",
		"nats://SEC/RET@host":           "nats://xxxxx@host",
		"nats://SEC@RET@host":           "nats://xxxxx@host",
		"nats://SECRET%zz@host":         "nats://xxxxx@host",
		"SEC://RET@host":                "SEC://xxxxx@host", // a scheme is no secret
		"SECRET@nats://host":            "xxxxx@nats://host",
		"wss://host/path?token=SECRET":  "wss://host/path",
		"nats://host,nats://SECRET@two": "nats://xxxxx@two",
	} {
		if got := natslog.Redact(given); got != want {
			t.Errorf("%s: got %s, want %s", given, got, want)
		}
	}
}

// Whatever is wrong with a URL, the error says so without its secret.
func TestOptions_ErrorsAboutURLsHideSecrets(t *testing.T) {
	for _, url := range []string{
		"SECRET@host", "user:SECRET@host", "user:SECRET@host:4222", "http://SECRET@host", "nats://SECRET@", "nats://SECRET%zz@host",
		"nats://user:SEC,RET@host", "nats://user:SECRET/x@host", "//SECRET@host",
	} {
		o := someOptions()
		o.URLs = []string{url}
		_, err := natslog.Complete(o)
		if err == nil || strings.Contains(err.Error(), "SEC") || strings.Contains(err.Error(), "RET") {
			t.Errorf("%s: got %v, want an error without what is secret", url, err)
		}
	}
}
