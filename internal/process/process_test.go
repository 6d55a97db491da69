package process

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestMain is a server, too, where the environment says so: one that logs where
// it listens and ends when it is told to, or at once.
func TestMain(m *testing.M) {
	switch admin := os.Getenv("ADMIN_ADDRESS"); admin {
	case "":
		os.Exit(m.Run())
	case "none":
		_, _ = os.Stderr.WriteString("no port is free\n")
		os.Exit(4)
	default:
		_, _ = os.Stderr.WriteString("no JSON\n" + `{"msg":"listening","address":"127.0.0.1:1","admin_address":"` + admin + `"}` + "\n")
		_, _ = io.Copy(io.Discard, os.Stdin)
		select {}
	}
}

func TestServe_StartsWhenItIsReadyAndIsKilled(t *testing.T) {
	asked := 0
	admin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked++; asked < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer admin.Close()
	p, err := Serve{Binary: os.Args[0], Env: []string{"ADMIN_ADDRESS=" + strings.TrimPrefix(admin.URL, "http://")}}.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if p.Address != "127.0.0.1:1" || p.Admin != admin.URL || asked != 3 || p.Log.Count("listening") != 1 {
		t.Errorf("%s, %s, asked %d times, logged %s", p.Address, p.Admin, asked, p.Log)
	}
	p.Kill()
	if err := p.Wait(); err == nil || !strings.Contains(err.Error(), "no JSON") {
		t.Errorf("ended with %v, want the end of its log", err)
	}
	if _, ok := p.Log.Await("what was never said"); ok {
		t.Error("a message that was never logged")
	}
}

func TestServe_TellsWhyItDidNotStart(t *testing.T) {
	_, err := Serve{Binary: os.Args[0], Env: []string{"ADMIN_ADDRESS=none"}}.Start(t.Context())
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 4 || !strings.Contains(err.Error(), "no port is free") {
		t.Errorf("%v, want its exit status and what it said", err)
	}
}

func TestServe_IsKilledWhenItIsNotReadyInTime(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	admin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		cancel()
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer admin.Close()
	_, err := Serve{Binary: os.Args[0], Env: []string{"ADMIN_ADDRESS=" + strings.TrimPrefix(admin.URL, "http://")}}.Start(ctx)
	if err == nil || !strings.Contains(err.Error(), "not ready") {
		t.Errorf("%v, want that it is not ready", err)
	}
}

func TestLog_IsAwaitedWhileItIsWritten(t *testing.T) {
	r, w := io.Pipe()
	l := newLog()
	go l.read(r)
	go func() {
		for _, line := range []string{"first", "second", "third"} {
			_, _ = io.WriteString(w, `{"msg":"`+line+`"}`+"\n")
			l.Await(line)
		}
		_ = w.Close()
	}()
	for _, want := range []string{"third", "first"} {
		if line, ok := l.Await(want); !ok || line["msg"] != want {
			t.Errorf("got %v, want %q", line, want)
		}
	}
}
