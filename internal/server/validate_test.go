package server_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"rollcall/internal/journal/disklog"
	"rollcall/internal/server"
	"rollcall/internal/store"
)

// Whatever a server could run with and nobody can mean is refused before
// anything is touched, with the flag, the value and what is wanted.
func TestConfig_ValidateNamesEachFault(t *testing.T) {
	for want, change := range map[string]func(c *server.Config){
		"--listen is empty: want HOST:PORT":                                                   func(c *server.Config) { c.Listen = "" },
		`--listen "8420": want HOST:PORT, such as`:                                            func(c *server.Config) { c.Listen = "8420" },
		`--listen "127.0.0.1:": want HOST:PORT`:                                               func(c *server.Config) { c.Listen = "127.0.0.1:" },
		`--listen "::1:8420": want HOST:PORT`:                                                 func(c *server.Config) { c.Listen = "::1:8420" },
		`--listen "127.0.0.1:65536": port "65536" is none`:                                    func(c *server.Config) { c.Listen = "127.0.0.1:65536" },
		`--listen "http://localhost:80": want HOST:PORT`:                                      func(c *server.Config) { c.Listen = "http://localhost:80" },
		`--admin-listen "localhost": want HOST:PORT`:                                          func(c *server.Config) { c.AdminListen = "localhost" },
		"secret access key of 1 characters: want 16 to 256":                                   func(c *server.Config) { c.SecretAccessKey = "x" },
		`access key id "a b": want 3 to 128`:                                                  func(c *server.Config) { c.AccessKeyID = "a b" },
		`--cors-origin "https://a.example/": want "*"`:                                        func(c *server.Config) { c.CORSOrigins = []string{"https://a.example/"} },
		`--cors-origin "a.example": want "*"`:                                                 func(c *server.Config) { c.CORSOrigins = []string{"https://b.example", "a.example"} },
		`--cors-origin "null": want "*"`:                                                      func(c *server.Config) { c.CORSOrigins = []string{"null"} },
		`--cors-origin "": want "*"`:                                                          func(c *server.Config) { c.CORSOrigins = []string{""} },
		`--cors-origin "https://*.example/x": want "*"`:                                       func(c *server.Config) { c.CORSOrigins = []string{"https://*.example/x"} },
		`--cors-origin "https://me@a.example": want "*"`:                                      func(c *server.Config) { c.CORSOrigins = []string{"https://me@a.example"} },
		`--cors-origin "https://A.example": want "*", or an origin as browsers send it, such`: func(c *server.Config) { c.CORSOrigins = []string{"https://A.example"} },
		`--cors-origin "https://a.example:443": want "*"`:                                     func(c *server.Config) { c.CORSOrigins = []string{"https://a.example:443"} },
		"--request-rate NaN: want requests a second":                                          func(c *server.Config) { c.RequestRate = math.NaN() },
		"--request-rate -1":                                                                   func(c *server.Config) { c.RequestRate = -1 },
		"--request-burst is -1: want 1 or more":                                               func(c *server.Config) { c.RequestBurst = -1 },
		"--max-agents is 2000000000: want 1073741824 or less":                                 func(c *server.Config) { c.MaxAgents = 2_000_000_000 },
		"--admin-listen is 127.0.0.1:8420, as --listen is: health and metrics have an address of their own": func(c *server.Config) {
			c.Listen, c.AdminListen = "127.0.0.1:8420", "127.0.0.1:8420"
		},
		"--max-connections is 0: want 1 or more":                       func(c *server.Config) { c.MaxConnections = 0 },
		"--memory-bytes is 1 bytes: want 1048576 or more":              func(c *server.Config) { c.MemoryBytes = 1 },
		"--max-header-bytes is 100 bytes: want 1024 or more":           func(c *server.Config) { c.MaxHeaderBytes = 100 },
		"--max-body-bytes is 0 bytes":                                  func(c *server.Config) { c.Ingest.BodyBytes = 0 },
		"--max-document-bytes is -5 bytes":                             func(c *server.Config) { c.Ingest.Documents.DocumentBytes = -5 },
		"--max-in-flight-bytes is 1048576 bytes: want 8388608 or more": func(c *server.Config) { c.Ingest.InFlightBytes = 1 << 20 },
		"--max-connections-per-address is -2: want 1 or more, 0 for any number, or -1 for a quarter of --max-connections": func(c *server.Config) { c.MaxConnectionsPerAddress = -2 },
		"--max-answer-bytes is 1048576 bytes: want 16777216 or more":                                                      func(c *server.Config) { c.MaxAnswerBytes = 1 << 20 },
		"--retention-bytes is -1 bytes":                                   func(c *server.Config) { c.RetentionBytes = -1 },
		"--request-timeout is -1s: want 1s to 24h0m0s":                    func(c *server.Config) { c.RequestTimeout = -time.Second },
		"--idle-timeout is -1ns: want 1s to 24h0m0s":                      func(c *server.Config) { c.IdleTimeout = -1 },
		"--idle-timeout is 0s":                                            func(c *server.Config) { c.IdleTimeout = 0 },
		"--drain-timeout is -1s: want 0s to 24h0m0s":                      func(c *server.Config) { c.DrainTimeout = -time.Second },
		"--snapshot-interval is 1ns: want 1s or more":                     func(c *server.Config) { c.SnapshotInterval = 1 },
		"--forget-after is 1ns: want 0, for no bound, or 1m0s or more":    func(c *server.Config) { c.ForgetAfter = 1 },
		"--retention-age is -1h0m0s: want 0, for no bound, or 1s or more": func(c *server.Config) { c.RetentionAge = -time.Hour },
		"--wait-forget is 1s: want 1m0s to 168h0m0s":                      func(c *server.Config) { c.WaitForget = time.Second },
		"--eventbridge-key-header \"X Key\": want the name of a header":   func(c *server.Config) { c.EventBridgeKeyHeader = "X Key" },
		"--max-age is 1s: want 0, for no bound, or 5s or more":            func(c *server.Config) { c.MaxAge = time.Second },
	} {
		c := settings()
		change(&c)
		switch err := c.Validate(); {
		case err == nil:
			t.Errorf("taken, want %q", want)
		case !strings.Contains(err.Error(), want):
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

func TestConfig_ValidateTakesWhatCanBeMeant(t *testing.T) {
	for name, change := range map[string]func(c *server.Config){
		"all addresses":   func(c *server.Config) { c.Listen = ":8420" },
		"IPv6":            func(c *server.Config) { c.Listen = "[::1]:0" },
		"a named port":    func(c *server.Config) { c.Listen = "localhost:http" },
		"no admin pages":  func(c *server.Config) { c.AdminListen = "" },
		"origins":         func(c *server.Config) { c.CORSOrigins = []string{"*", "http://localhost:3000", "https://a.example"} },
		"nothing bounded": func(c *server.Config) { c.RetentionAge, c.RetentionBytes, c.ForgetAfter, c.MaxAge = 0, 0, 0, 0 },
		"no drain":        func(c *server.Config) { c.DrainTimeout = 0 },
	} {
		c := settings()
		change(&c)
		if err := c.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The least that may wait to be durable is the largest append: with less the
// journal can't be opened.
func TestConfig_TheLeastThatMayWaitIsEnough(t *testing.T) {
	c := settings()
	c.Ephemeral, c.DataDir = false, t.TempDir()
	s := run(t, c, func(o *store.Options) { o.MaxWaitingBytes = 16 << 20 })
	if err := s.end(); err != nil {
		t.Error(err)
	}
	log, err := disklog.Open(t.TempDir(), disklog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	if most := log.Limits().Bytes; most != 16<<20 {
		t.Errorf("the largest append is %d bytes; the bound of --max-waiting-bytes must follow", most)
	}
}
