// Package wallboard is a page that shows who is on the floor: one page on GET /,
// with its files below /wallboard/, that anybody may load and that shows nothing
// until its reader has signed in. What it shows it reads from /v1 like anybody
// else, with a bearer token: one that the reader has, or that of a session, for
// which POST /v1/wallboard-sessions takes a ticket. The server shows a ticket in a
// link to whoever starts it (package access has tickets and sessions).
//
// The page's source is in web/. What is built of it is in built/, committed and
// embedded, so that building rollcall needs no Node; a test holds that it is what
// the source gives. No file comes from elsewhere, and the page's
// Content-Security-Policy lets it talk to its own server alone.
package wallboard

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/door"
)

// The paths of the page, and of what it asks for that nobody else does.
const (
	Path         = "/"
	filesPath    = "/wallboard/"
	SessionsPath = "/v1/wallboard-sessions"
	RulesPath    = "/v1/wallboard-rules"
)

// maxTicketBytes bounds the body of a request for a session.
const maxTicketBytes = 1 << 10

// Options are what the wallboard is made of. All must be given.
type Options struct {
	Sessions *access.Sessions
	Gate     access.Gate
	Door     *door.Door
	Rules    *Rules
}

type service struct {
	Options
	files map[string]*file // :: path -> what is there
	build string           // names what was built
	rules []byte           // as JSON
}

// New gives the wallboard. It answers what Serves tells.
func New(o Options) http.Handler {
	s := &service{Options: o, files: loadFiles()}
	s.build = s.files[Path].etag
	s.rules = s.encodeRules()
	api := o.Door.Routes([]door.Route{
		{Method: http.MethodPost, Pattern: SessionsPath, Handler: s.openSession},
		{Method: http.MethodGet, Pattern: RulesPath, Handler: s.giveRules},
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v1/") {
			api.ServeHTTP(w, r)
			return
		}
		route := filesPath
		if r.URL.Path == Path {
			route = Path
		}
		o.Door.Serve(w, r, route, r.Method, s.giveFile)
	})
}

// Serves tells whether the request is for the wallboard: GET and HEAD of its
// page, which no operation of Amazon Connect has, and what is its own in /v1.
func Serves(r *http.Request) bool {
	switch path := r.URL.Path; {
	case path == SessionsPath, path == RulesPath:
		return true
	case path == Path, strings.HasPrefix(path, filesPath):
		return r.Method == http.MethodGet || r.Method == http.MethodHead
	}
	return false
}

// openSession exchanges a ticket for a token. It needs no key: the ticket is one.
func (s *service) openSession(c *door.Call) error {
	body, err := io.ReadAll(io.LimitReader(c.Request.Body, maxTicketBytes+1))
	if err != nil {
		return rollcall.Errorf(rollcall.CodeInvalid, "the body did not come").WithCause(err)
	}
	if len(body) > maxTicketBytes {
		return rollcall.Errorf(rollcall.CodeTooLarge, "the body has more than %d bytes", maxTicketBytes)
	}
	var asked struct {
		Ticket string `json:"ticket"`
	}
	if err := json.Unmarshal(body, &asked, json.RejectUnknownMembers(true)); err != nil || asked.Ticket == "" {
		return rollcall.Errorf(rollcall.CodeInvalid, `the body is not {"ticket":"…"}`).WithCause(err)
	}
	token, expiresAt, err := s.Sessions.Open(asked.Ticket)
	if err != nil {
		return err
	}
	return c.WriteJSON(http.StatusOK, struct {
		Token     string `json:"token"`
		ExpiresAt string `json:"expiresAt"`
	}{token, expiresAt.UTC().Format("2006-01-02T15:04:05.000Z")})
}

// giveRules answers with the rules to whoever is believed.
func (s *service) giveRules(c *door.Call) (err error) {
	if c.Pass, err = s.Gate.Admit(c.Request, nil); err != nil {
		return err
	}
	return door.SendJSON(c, http.StatusOK, s.rules)
}

// encodeRules writes the rules as the page reads them: limits in seconds.
func (s *service) encodeRules() []byte {
	type ruleView struct {
		ID       string   `json:"id"`
		Measure  string   `json:"measure"`
		Statuses []string `json:"statuses,omitempty"`
		Warn     *float64 `json:"warnSeconds,omitempty"`
		Alert    *float64 `json:"alertSeconds,omitempty"`
	}
	view := struct {
		Build      string     `json:"build"`
		ClearAfter float64    `json:"clearAfterSeconds"`
		Recovered  float64    `json:"recoveredSeconds"`
		Rules      []ruleView `json:"rules"`
	}{s.build, s.Rules.ClearAfter.Seconds(), s.Rules.Recovered.Seconds(), []ruleView{}}
	for _, r := range s.Rules.Rules {
		view.Rules = append(view.Rules, ruleView{r.ID, r.Measure, r.Statuses, seconds(r.Warn), seconds(r.Alert)})
	}
	encoded, err := json.Marshal(view)
	if err != nil {
		panic(errors.Join(errors.New("rules of texts and numbers can't be written"), err))
	}
	return encoded
}

func seconds(d *time.Duration) *float64 {
	if d == nil {
		return nil
	}
	n := d.Seconds()
	return &n
}
