package connect

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"

	"rollcall"
	"rollcall/connectapi"
	"rollcall/internal/floor"
	"rollcall/internal/instance"
	"rollcall/internal/pagetoken"
)

// GetCurrentUserData: who is on the floor, doing what.
//
//	POST /metrics/userdata/{InstanceId}
//	{"Filters": {…}, "NextToken": "…", "MaxResults": 100}
//
// InstanceId (1 to 100 characters) is an instance's id or its percent-encoded
// ARN. Filters is required and has exactly one of
//
//	Queues               1 to 100 ids or ARNs: agents whose routing profile has one of these queues inbound
//	RoutingProfiles      1 to 100 ids or ARNs: agents who have one of these
//	Agents               1 to 100 ids or ARNs: these users
//	UserHierarchyGroups  exactly 1 id or ARN:  agents in this group or below it
//
// and may have ContactFilter.ContactStates, 0 to 9 states: of those agents, who
// has a contact in one of them. With Options.LenientFilters any number of the
// four will do, and all that are given must hold. Ids that are nobody's select
// nobody. Names are case-sensitive; members that aren't named here are ignored;
// null is as if absent.
//
// MaxResults is 1 to 100, 100 if absent, and may change from page to page.
// NextToken goes with the instance and the filters it was given for, for five
// minutes; empty is as if absent.
//
// Answer: NextToken (unless this is the last page), UserDataList, each agent as
// EncodeUserData writes it, in order of first appearance, and
// ApproximateTotalCount, the number of agents on all pages. Agents who are
// offline and have no contact aren't returned unless Options.IncludeOffline.
//
// Who sends X-Rollcall-Names: true gets the further members of
// EncodeNamedUserData; with Options.Names everybody does.
//
// Needs connect:GetCurrentUserData on each queue, routing profile, user and
// hierarchy group that the filters name, or on the instance if they name none.
//
//	InvalidRequestException    400  the body can't be read: its JSON, a type, its size; Filters is missing
//	InvalidParameterException  400  a value can't be right: all of them are named
//	AccessDeniedException      403  the same for an instance that isn't here as for one that is
//	ResourceNotFoundException  404  no such instance in this account and Region
//	ThrottlingException        429
//	InternalServiceException   500
//
// Source: Amazon Connect API Reference, GetCurrentUserData; for what it leaves
// open, DIVERGENCES.md.
//
// Nearly all questions are this one, so it has a decoder of its own, and an
// answer that is made of ready bytes.
var getCurrentUserData = &operation{
	&connectapi.GetCurrentUserData.Operation, connectapi.GetCurrentUserData.Action(), decodeUserDataRequest,
}

// userDataRequest is what came, and what it means.
type userDataRequest struct {
	*userDataQuestion
	InstanceID string
	NextToken  string
	names      bool // asked for

	selection userDataSelection // once it is judged
}

// userDataQuestion is what a body asks, in whatever page. Slices are nil where the
// member was absent and empty where it was an empty list.
type userDataQuestion struct {
	Filters    *userDataFilters
	MaxResults string // the integer's digits; empty when absent

	meaning atomic.Pointer[userDataMeaning] // newest
	sent    string                          // the body, where it is remembered
}

type userDataFilters struct {
	Queues, RoutingProfiles, Agents, UserHierarchyGroups []string
	ContactStates                                        []string
	ignored                                              []string // unknown members, as a hint in an error
}

func (r *userDataRequest) instance() string { return r.InstanceID }

func (r *userDataRequest) resources(instance rollcall.ARN) []rollcall.ARN {
	return r.Filters.resources(instance)
}

func (r *userDataRequest) judge(s *Service, instance rollcall.ARN) *faults {
	r.selection = r.means(s, instance)
	return &r.selection.faults
}

func (r *userDataRequest) answer(s *Service, at instance.Place) (answer, error) {
	return s.selectUserData(at, &r.selection, r.NextToken, r.names && !s.o.Names)
}

// namesHeader asks for names.
const namesHeader = "X-Rollcall-Names"

// asksForNames looks the header up by its canonical name, so that it costs
// nothing where it isn't.
func asksForNames(r *http.Request) bool {
	values := r.Header[namesHeader]
	return len(values) > 0 && strings.EqualFold(values[0], "true")
}

// selectUserData selects the page behind the token.
// With names its rows are encoded now, and else they are ready.
func (s *Service) selectUserData(at instance.Place, sel *userDataSelection, token string, names bool) (*userDataPage, error) {
	binding := borrowBuffer() // filled when there is a token to open or to seal
	defer binding.giveBack()
	var after rollcall.Cursor
	var opened pagetoken.Place
	if token != "" {
		var err error
		binding.bytes = pagetoken.AppendQuery(pagetoken.Bind(binding.bytes, "GetCurrentUserData", at.ARN), &sel.query)
		if opened, err = s.openToken(token, binding.bytes); err != nil {
			return nil, err
		}
		after = rollcall.Cursor{Ordinal: opened.Ordinal, Started: true}
	}
	resp := new(userDataPage)
	var page floor.Page
	if names {
		page = resp.selectNamed(at, &sel.query, after, sel.limit)
	} else {
		page = at.Floor.SelectAnswers(&sel.query, after, sel.limit)
		resp.answers, resp.n = page.Answers, len(page.Answers)
		resp.joined = s.joined.text(at.ARN.Instance, &page)
	}
	if token != "" && opened.Epoch != page.Position.Epoch {
		return nil, errEpochToken(token)
	}
	resp.total = page.Total
	if page.More {
		if token == "" {
			binding.bytes = pagetoken.AppendQuery(pagetoken.Bind(binding.bytes, "GetCurrentUserData", at.ARN), &sel.query)
		}
		next := pagetoken.Place{Ordinal: page.Next.Ordinal, Epoch: page.Position.Epoch, IssuedAt: s.o.Now()}
		resp.nextToken = s.tokens.Seal(next, binding.bytes)
	}
	return resp, nil
}

// userDataPage is the answer.
type userDataPage struct {
	nextToken string // empty on the last page
	answers   []*floor.Answer
	joined    []byte // the answers, if they are; shared
	joinedAt  int    // where in the rest they come
	named     []byte // the rows, in place of answers
	n         int    // rows
	total     int
}

func (p *userDataPage) rows() int { return p.n }

func (p *userDataPage) ready() (part []byte, at int) { return p.joined, p.joinedAt }

// selectNamed makes the rows of a page with names.
func (p *userDataPage) selectNamed(at instance.Place, q *rollcall.Query, after rollcall.Cursor, limit int) floor.Page {
	page, n, agents := at.Floor.SelectEach(q, after, limit)
	p.n = n
	text := floor.Text{Agents: at.ARN.Child(rollcall.TypeAgent, "").String()}
	for a := range agents {
		if len(p.named) > 0 {
			p.named = append(p.named, ',')
		}
		text.Begin(a.ID)
		EncodeNamedUserData(&text, a, at.ARN)
		row := text.Answer()
		p.named = row.Append(p.named)
	}
	return page
}

// appendJSON joins what is ready. Nothing in it needs an escape: the token is
// base64url.
func (p *userDataPage) appendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	if p.nextToken != "" {
		dst = append(dst, `"NextToken":"`...)
		dst = append(append(dst, p.nextToken...), `",`...)
	}
	dst = append(dst, `"UserDataList":[`...)
	if p.joinedAt = len(dst); p.joined == nil {
		dst = floor.Join(append(dst, p.named...), p.answers)
	}
	dst = append(dst, `],"ApproximateTotalCount":`...)
	return append(strconv.AppendInt(dst, int64(p.total), 10), '}')
}

func decodeUserDataRequest(c *call, body []byte) (request, error) {
	req := &userDataRequest{InstanceID: c.labels[0], names: asksForNames(c.Request)}
	if req.userDataQuestion = c.questions.find(body); req.userDataQuestion != nil {
		return req, nil
	}
	req.userDataQuestion = new(userDataQuestion)
	d, err := borrowDecoder(body)
	if err != nil {
		return nil, err
	}
	defer d.giveBack()
	err = d.whole(func(name string) (err error) {
		switch name {
		case "Filters":
			req.Filters = &userDataFilters{}
			err = d.userDataFilters(req.Filters)
		case "NextToken":
			req.NextToken, err = d.string(name)
		case "MaxResults":
			req.MaxResults, err = d.integer(name)
		default:
			err = d.skip()
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if req.Filters == nil {
		d.wrong.add("Filters is missing: the operation requires it.")
	}
	if err := d.wrong.err(rollcall.CodeMalformed); err != nil {
		return nil, err
	}
	if req.NextToken == "" {
		c.questions.keep(req.userDataQuestion, d.text)
	}
	return req, nil
}
