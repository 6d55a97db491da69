package server_test

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"rollcall"
	"rollcall/internal/agentevent"
	"rollcall/internal/journal"
	"rollcall/internal/journal/logtest"
	"rollcall/internal/journal/memlog"
	"rollcall/internal/server"
)

// slowLog is a journal whose appends and followers wait until they are let go.
type slowLog struct {
	*logtest.FaultyLog
	appending chan struct{} // receives for each append that began
	follow    chan struct{} // closed: Tail yields
}

func newSlowLog() *slowLog {
	l := &slowLog{
		FaultyLog: logtest.Faulty(memlog.New(memlog.Options{})),
		appending: make(chan struct{}, 10), follow: make(chan struct{}),
	}
	return l
}

func (l *slowLog) Append(ctx context.Context, records [][]byte) (rollcall.Position, error) {
	l.appending <- struct{}{}
	return l.FaultyLog.Append(ctx, records)
}

func (l *slowLog) Tail(ctx context.Context, from rollcall.Position) iter.Seq2[journal.Pack, error] {
	return func(yield func(journal.Pack, error) bool) {
		select {
		case <-l.follow:
			l.FaultyLog.Tail(ctx, from)(yield)
		case <-ctx.Done():
			yield(journal.Pack{}, ctx.Err())
		}
	}
}

func settingsWith(l journal.Log) server.Config {
	c := settings()
	c.SetJournal(l)
	return c
}

// postInBackground gives the answer when there is one; status 0 stands for
// none.
func (r *running) postInBackground(path, body string) <-chan reply {
	answered := make(chan reply, 1)
	go func() {
		got, err := r.tryPost(path, body)
		if err != nil {
			got = reply{body: err.Error()}
		}
		answered <- got
	}()
	return answered
}

func TestRun_AnswersWhatIsInFlightBeforeItEnds(t *testing.T) {
	log := newSlowLog()
	close(log.follow)
	release := log.Hold()
	s := run(t, settingsWith(log))
	answered := s.postInBackground("/v1/events?wait=visible", login("ann"))
	<-log.appending
	s.stop()
	s.log.await(t, "draining")
	if err := s.Ready(); err == nil || err.Error() != "the server is about to end" {
		t.Errorf("ready while draining: %v", err)
	}
	release()
	if got := <-answered; got.status != http.StatusOK || !strings.Contains(got.body, `"visible":true`) {
		t.Errorf("in flight: %s", got)
	}
	if err := s.await(); err != nil {
		t.Errorf("Run: %v", err)
	}
	if got, err := s.tryPost(questions, aboutAnn); err == nil {
		t.Errorf("a server that has ended answers %s", got)
	}
}

func TestRun_CutsWhatDoesNotEndInTime(t *testing.T) {
	log := newSlowLog()
	defer log.Hold()()
	c := settingsWith(log)
	c.DrainTimeout = time.Millisecond
	s := run(t, c)
	answered := s.postInBackground("/v1/events", login("ann"))
	<-log.appending
	if err := s.end(); err != nil {
		t.Errorf("Run: %v", err)
	}
	if got := <-answered; got.status != 0 {
		t.Errorf("got %s, want a broken connection", got)
	}
	s.log.await(t, "requests were cut off after the drain time-out")
}

func TestRun_EndsWhenTheJournalFails(t *testing.T) {
	log := newSlowLog()
	close(log.follow)
	s := run(t, settingsWith(log))
	s.put(login("ann"))
	log.Fail(errors.New("no space left on device"))
	err := s.await()
	if !errors.Is(err, journal.ErrFailed) || !strings.Contains(err.Error(), "no space left on device") {
		t.Errorf("Run: %v, want journal.ErrFailed with its cause", err)
	}
}

// Files that are removed while they are open take what is written, and a restart
// finds none of it: nothing of that is acknowledged.
func TestRun_EndsWhenItsDataDirectoryIsRemoved(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a directory with open files can't be removed on Windows")
	}
	c := settings()
	c.Ephemeral, c.DataDir = false, filepath.Join(t.TempDir(), "data")
	s := run(t, c)
	s.put(login("ann"))
	if err := os.RemoveAll(c.DataDir); err != nil {
		t.Fatal(err)
	}
	if got, err := s.tryPost("/v1/events", login("bob")); err == nil && got.status != http.StatusServiceUnavailable {
		t.Errorf("got %s, want 503, or nobody who answers", got)
	}
	if err := s.await(); !errors.Is(err, journal.ErrFailed) || strings.Count(err.Error(), "removed, moved or replaced") != 1 {
		t.Errorf("Run: %v, want journal.ErrFailed and why, once", err)
	}
}

// What was waiting for the disk when it failed is not acknowledged.
func TestRun_AcknowledgesNothingAfterAFailure(t *testing.T) {
	log := newSlowLog()
	close(log.follow)
	release := log.Hold()
	s := run(t, settingsWith(log))
	answered := s.postInBackground("/v1/events", login("ann"))
	<-log.appending
	log.Fail(errors.New("no space left on device"))
	release()
	if got := <-answered; got.status != http.StatusServiceUnavailable || strings.Contains(got.body, "no space") {
		t.Errorf("got %s, want 503 without the cause", got)
	}
	if err := s.await(); !errors.Is(err, journal.ErrFailed) {
		t.Errorf("Run: %v", err)
	}
}

// A record that can't be read would make answers wrong, so none is given.
func TestRun_EndsWhenTheJournalHoldsWhatItCantRead(t *testing.T) {
	log := memlog.New(memlog.Options{})
	if _, err := log.Append(t.Context(), [][]byte{{0xff, '{', '}'}}); err != nil {
		t.Fatal(err)
	}
	s := open(t, settingsWith(log))
	s.start()
	err := s.await()
	if err == nil || !strings.Contains(err.Error(), "from the journal") {
		t.Errorf("Run: %v", err)
	}
}

func TestReady_WhenTheFloorHasReachedTheJournalsEnd(t *testing.T) {
	log := newSlowLog()
	batch, err := agentevent.Decode([]byte(login("ann")), agentevent.DefaultLimits)
	if err != nil || len(batch.Documents) != 1 {
		t.Fatal(batch, err)
	}
	if _, err := log.Append(t.Context(), [][]byte{batch.Documents[0].Record}); err != nil {
		t.Fatal(err)
	}
	s := open(t, settingsWith(log))
	s.start()
	admin := s.admin()
	if got := get(t, admin+"/healthz"); got.status != http.StatusOK {
		t.Errorf("/healthz while reading: %s", got)
	}
	if got := get(t, admin+"/readyz"); got.status != http.StatusServiceUnavailable || !strings.Contains(got.body, "catches up with the journal") {
		t.Errorf("/readyz while reading: %s", got)
	}
	got := s.post(questions, aboutAnn)
	if got.status != http.StatusServiceUnavailable || got.header.Get("X-Amzn-Errortype") != "ServiceUnavailableException" || got.header.Get("Retry-After") != "1" {
		t.Errorf("a question while reading: %s %v", got, got.header)
	}
	close(log.follow)
	s.awaitReady()
	if got := get(t, admin+"/readyz"); got.status != http.StatusOK {
		t.Errorf("/readyz afterwards: %s", got)
	}
	if got := s.post(questions, aboutAnn); got.status != http.StatusOK || !strings.Contains(got.body, `"ApproximateTotalCount":1`) {
		t.Errorf("a question afterwards: %s", got)
	}
}

func TestOpen_MakesTheFirstKeyOnce(t *testing.T) {
	c := settings()
	c.Ephemeral, c.DataDir, c.AccessKeyID, c.SecretAccessKey = false, filepath.Join(t.TempDir(), "data"), "", ""
	s := run(t, c)
	if s.MadeKey.ID == "" {
		t.Fatal("no key was made")
	}
	s.key = s.MadeKey
	s.put(login("ann"))
	if err := s.end(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"keys.yaml", "token-secret"} {
		info, err := os.Stat(filepath.Join(c.DataDir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v; want 0600", name, info.Mode(), err)
		}
	}

	again := run(t, c)
	if again.MadeKey.ID != "" {
		t.Error("another key was made at the second start")
	}
	again.key = s.MadeKey
	if got := again.post(questions, aboutAnn); got.status != http.StatusOK {
		t.Errorf("with the first key after a restart: %s", got)
	}
}

// A start that fails makes no key: nobody would ever see it, and the next start
// would make no other.
func TestOpen_MakesNoKeyWhenItFails(t *testing.T) {
	taken := run(t, settings())
	for name, fail := range map[string]func(c *server.Config){
		"an address that is taken":       func(c *server.Config) { c.Listen = strings.TrimPrefix(taken.URL(), "http://") },
		"an admin address that is taken": func(c *server.Config) { c.AdminListen = strings.TrimPrefix(taken.URL(), "http://") },
		"a certificate that isn't there": func(c *server.Config) { c.TLSCert, c.TLSKey = "none.pem", "none.pem" },
		"a token secret that can't be read": func(c *server.Config) {
			if err := os.WriteFile(filepath.Join(c.DataDir, "token-secret"), []byte("short"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := settings()
			c.Ephemeral, c.DataDir, c.AccessKeyID, c.SecretAccessKey = false, t.TempDir(), "", ""
			fail(&c)
			c.Journal = embedded(c)
			if s, err := server.Open(t.Context(), c); err == nil {
				t.Fatalf("opened at %s", s.URL())
			}
			if _, err := os.Stat(filepath.Join(c.DataDir, "keys.yaml")); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the keys file: %v, want none", err)
			}
		})
	}
}

// A keys file that is there and empty is the operator's: no first key is made,
// and who looks at the log learns why nobody gets in.
func TestOpen_WarnsWhenNobodyMayAsk(t *testing.T) {
	c := settings()
	c.Ephemeral, c.DataDir, c.AccessKeyID, c.SecretAccessKey = false, t.TempDir(), "", ""
	if err := os.WriteFile(filepath.Join(c.DataDir, "keys.yaml"), []byte("keys: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const warning = "there is no access key and no token, so every request is refused; make one with rollcall key create"
	s := run(t, c)
	if s.MadeKey.ID != "" || s.log.find(warning) == nil {
		t.Errorf("made %q, and logged %v", s.MadeKey.ID, s.log.find(warning))
	}
	if other := run(t, settings()); other.log.find(warning) != nil {
		t.Error("a server with a key warns, too")
	}
}

// What is shown to be copied works on this machine, whatever was listened on.
func TestURL_CanBeUsed(t *testing.T) {
	for _, listen := range []string{":0", "0.0.0.0:0", "127.0.0.1:0", "localhost:0"} {
		c := settings()
		c.Listen = listen
		s := run(t, c)
		if got := get(t, s.URL()+"/v1/openapi.json"); !strings.HasPrefix(s.URL(), "http://127.0.0.1:") || got.status != http.StatusOK {
			t.Errorf("--listen %s: %s gives %d", listen, s.URL(), got.status)
		}
	}
}

func TestOpen_WithoutADataDirectoryTheKeyIsForgotten(t *testing.T) {
	c := settings()
	c.AccessKeyID, c.SecretAccessKey = "", ""
	one, two := run(t, c), run(t, c)
	if one.MadeKey.ID == "" || one.MadeKey == two.MadeKey {
		t.Errorf("made %q and %q, want two keys", one.MadeKey.ID, two.MadeKey.ID)
	}
	two.key = one.MadeKey
	if got := two.post(questions, aboutAnn); got.header.Get("X-Amzn-Errortype") != "UnrecognizedClientException" {
		t.Errorf("another server's key: %s", got)
	}
}

// A page token is good after a restart, since its secret and the order of
// agents are kept.
func TestOpen_KeepsTheTokenSecret(t *testing.T) {
	c := settings()
	c.Ephemeral, c.DataDir = false, t.TempDir()
	s := run(t, c)
	s.put(login("ann"), login("bob"))
	filters := `"Filters":{"Agents":["ann","bob"]}`
	first := s.post(questions, `{"MaxResults":1,`+filters+`}`)
	_, token, _ := strings.Cut(first.body, `"NextToken":"`)
	token, _, _ = strings.Cut(token, `"`)
	if err := s.end(); err != nil {
		t.Fatal(err)
	}

	again := run(t, c)
	got := again.post(questions, `{"NextToken":"`+token+`",`+filters+`}`)
	if got.status != http.StatusOK || !strings.Contains(got.body, `"Id":"bob"`) || strings.Contains(got.body, `"Id":"ann"`) {
		t.Errorf("second page after a restart: %s\nfirst: %s", got, first)
	}
	if err := again.end(); err != nil {
		t.Fatal(err)
	}

	path := filepath.Join(c.DataDir, "token-secret")
	if err := os.WriteFile(path, []byte("c2hvcnQ=\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.Journal = embedded(c)
	if _, err := server.Open(t.Context(), c); err == nil || !strings.Contains(err.Error(), path+" is damaged; remove it") {
		t.Errorf("a damaged secret: %v", err)
	}
}

func TestOpen_NamesWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	taken := run(t, settings())
	for _, c := range []struct {
		name   string
		change func(c *server.Config)
		want   []string
	}{
		{"all settings at once", func(c *server.Config) {
			c.SecretAccessKey, c.TLSCert, c.RequestRate, c.RequestBurst, c.MaxAgents = "", "cert.pem", 1, 0, 0
		}, []string{
			"ROLLCALL_ACCESS_KEY_ID and ROLLCALL_SECRET_ACCESS_KEY", "--tls-cert and --tls-key",
			"--request-burst is 0", "--max-agents is 0",
		}},
		{"an address that is taken", func(c *server.Config) { c.Listen = strings.TrimPrefix(taken.URL(), "http://") }, []string{"(--listen)", "address already in use"}},
		{"an admin address that is none", func(c *server.Config) { c.AdminListen = "192.0.2.1:1" }, []string{"(--admin-listen)"}},
		{"anonymous for everybody", func(c *server.Config) { c.Anonymous, c.Listen = true, "0.0.0.0:0" }, []string{"--anonymous", "listens on loopback only"}},
		{"anonymous on all addresses", func(c *server.Config) { c.Anonymous, c.Listen = true, ":0" }, []string{"--anonymous"}},
		{"a keys file that isn't there", func(c *server.Config) { c.KeysFile = filepath.Join(dir, "none.yaml") }, []string{"keys file", "none.yaml"}},
		{"a certificate that isn't there", func(c *server.Config) { c.TLSCert, c.TLSKey = filepath.Join(dir, "c.pem"), filepath.Join(dir, "k.pem") }, []string{"TLS certificate", "c.pem"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := settings()
			c.change(&config)
			s, err := server.Open(t.Context(), config)
			if err == nil {
				t.Fatalf("opened at %s", s.URL())
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q doesn't say %q", err, want)
				}
			}
		})
	}
}
