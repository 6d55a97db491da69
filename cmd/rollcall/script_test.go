package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"rollcall/internal/server"
	"rollcall/internal/store"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"rollcall": main})
}

// TestScripts runs the command lines in testdata/script as a user would. A
// script that needs a server says "server [SETTING...]", which starts one and
// points the AWS environment at it, until it says "stop". "status N COMMAND..."
// wants an exit status, and "damage DIR" flips bits in the journal there.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Vars = append(env.Vars, "HOME="+env.WorkDir, "TZ=UTC", "AWS_EC2_METADATA_DISABLED=true", "NO_PROXY=127.0.0.1", "ROLLCALL_ADMIN_LISTEN=")
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"server": startServer, "stop": stopServer, "status": wantStatus, "damage": damageJournal,
		},
	})
}

func startServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("server can't be negated")
	}
	c := server.NewConfig()
	c.Listen, c.AdminListen, c.DataDir = "127.0.0.1:0", "", ts.MkAbs("data")
	for _, setting := range args {
		switch setting {
		case "include-offline":
			c.IncludeOffline = true
		case "small-bodies":
			c.Ingest.BodyBytes = 2000
		case "admin":
			c.AdminListen = "127.0.0.1:0"
		case "other-data":
			c.DataDir = ts.MkAbs("other-data")
		default:
			ts.Fatalf("server: no setting %s", setting)
		}
	}
	o := store.NewOptions()
	keepOn(&c, &o)
	s, err := server.Open(context.Background(), c)
	ts.Check(err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			ts.Logf("server: %v", err)
		}
	})
	ts.Defer(stop)
	running.Store(ts, stop)
	ts.Setenv("AWS_ENDPOINT_URL_CONNECT", s.URL())
	ts.Setenv("ROLLCALL_ADMIN_LISTEN", s.AdminAddress())
	ts.Setenv("AWS_ACCESS_KEY_ID", s.MadeKey.ID)
	ts.Setenv("AWS_SECRET_ACCESS_KEY", s.MadeKey.Secret)
	ts.Setenv("AWS_REGION", "us-east-1")
}

// running has what ends a script's newest server.
var running sync.Map // :: script -> func()

func stopServer(ts *testscript.TestScript, _ bool, _ []string) {
	stop, ok := running.LoadAndDelete(ts)
	if !ok {
		ts.Fatalf("stop: no server runs")
	}
	stop.(func())()
}

func wantStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND [ARG...]")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("status %d, want %s", got, args[0])
	}
}

func damageJournal(ts *testscript.TestScript, _ bool, args []string) {
	tables, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), "journal", "*.sst"))
	ts.Check(err)
	if len(tables) == 0 {
		ts.Fatalf("%s: no table of a journal", args[0])
	}
	for _, name := range tables {
		data, err := os.ReadFile(name)
		ts.Check(err)
		data[len(data)/5] ^= 1
		ts.Check(os.WriteFile(name, data, 0o600))
	}
}

func TestConfirm_TakesOnlyAClearYes(t *testing.T) {
	for answer, want := range map[string]error{
		"y\n": nil, "Yes\n": nil, " yes": nil,
		"": errNotConfirmed, "\n": errNotConfirmed, "n\n": errNotConfirmed, "yeah\n": errNotConfirmed, "\ny\n": errNotConfirmed,
	} {
		if err := confirm(strings.NewReader(answer)); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", answer, err, want)
		}
	}
}

func TestBytesName_IsForPeople(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 10 << 30: "10.0 GiB", 1<<63 - 1: "8.0 EiB"} {
		if got := bytesName(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}

func TestByteSize_ReadsWhatItWrites(t *testing.T) {
	for s, want := range map[string]string{
		"0": "0B", "512": "512B", "64KiB": "64KiB", "1024KiB": "1MiB", "8MiB": "8MiB", "10GiB": "10GiB", "1B": "1B",
	} {
		var b byteSize
		if err := b.Set(s); err != nil || b.String() != want {
			t.Errorf("%q: %s, %v; want %s", s, &b, err, want)
		}
	}
	for _, s := range []string{"", "x", "-1", "1.5MiB", "8MB", "99999999999GiB", "9999999999999999999"} {
		var b byteSize
		if err := b.Set(s); err == nil {
			t.Errorf("%q is taken for %s", s, &b)
		}
	}
}

func TestNewServe_EveryFlagHasAnEnvironmentVariableAndASetting(t *testing.T) {
	file := t.TempDir() + "/rollcall.yaml"
	if err := os.WriteFile(file, []byte("listen: 127.0.0.1:1\nmax-agents: 7\ncors-origin: [https://a.example, https://b.example]\ndata-dir: from-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := newServe()
	t.Setenv("ROLLCALL_CONFIG", file)
	t.Setenv("ROLLCALL_DATA_DIR", "from-environment")
	t.Setenv("ROLLCALL_MAX_INSTANCES", "8")
	if err := cmd.ParseFlags([]string{"--max-instances", "9"}); err != nil {
		t.Fatal(err)
	}
	if err := loadSettings(cmd); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"listen": "127.0.0.1:1", "max-agents": "7", "cors-origin": "[https://a.example,https://b.example]",
		"data-dir": "from-environment", "max-instances": "9", "idle-timeout": "2m0s",
	} {
		if got := cmd.Flags().Lookup(name).Value.String(); got != want {
			t.Errorf("--%s is %s, want %s", name, got, want)
		}
	}
}
