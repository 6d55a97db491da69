package connect

import (
	"strconv"

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

// userDataRequest is what came, and what it means. Slices are nil where the member was
// absent and empty where it was an empty list.
type userDataRequest struct {
	InstanceID string
	Filters    *userDataFilters
	NextToken  string
	MaxResults string // the integer's digits; empty when absent

	selection userDataSelection // once it is judged
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
	r.selection = r.means(instance, s.o.LenientFilters)
	r.selection.query.IncludeOffline = s.o.IncludeOffline
	return &r.selection.faults
}

func (r *userDataRequest) answer(s *Service, at instance.Place) (answer, error) {
	return s.selectUserData(at, &r.selection, r.NextToken)
}

// selectUserData selects the page behind the token.
func (s *Service) selectUserData(at instance.Place, sel *userDataSelection, token string) (*userDataPage, error) {
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
	page := at.Floor.SelectAnswers(&sel.query, after, sel.limit)
	if token != "" && opened.Epoch != page.Position.Epoch {
		return nil, errEpochToken(token)
	}
	resp := &userDataPage{answers: page.Answers, total: page.Total}
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
	total     int
}

func (p *userDataPage) rows() int { return len(p.answers) }

// appendJSON joins what is ready. Nothing in it needs an escape: the token is
// base64url.
func (p *userDataPage) appendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	if p.nextToken != "" {
		dst = append(dst, `"NextToken":"`...)
		dst = append(append(dst, p.nextToken...), `",`...)
	}
	dst = append(dst, `"UserDataList":[`...)
	dst = append(floor.Join(dst, p.answers), `],"ApproximateTotalCount":`...)
	return append(strconv.AppendInt(dst, int64(p.total), 10), '}')
}

func decodeUserDataRequest(c *call, body []byte) (request, error) {
	d, err := borrowDecoder(body)
	if err != nil {
		return nil, err
	}
	defer d.giveBack()
	req := &userDataRequest{InstanceID: c.labels[0]}
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
	return req, d.wrong.err(rollcall.CodeMalformed)
}
