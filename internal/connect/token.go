package connect

import (
	"strconv"
	"time"

	"rollcall"
	"rollcall/internal/pagetoken"
)

// tokenLife is how long a page token is taken. Amazon Connect documents five
// minutes for GetCurrentMetricData and nothing for other operations.
const tokenLife = 5 * time.Minute

// openToken reads a NextToken that was given for the same binding.
func (s *Service) openToken(text string, binding []byte) (pagetoken.Place, error) {
	p, ok := s.tokens.Open(text, binding)
	switch {
	case !ok:
		return p, rollcall.Errorf(rollcall.CodeInvalid,
			"NextToken %s isn't a token that this service gave for this InstanceId and these Filters. "+
				"Repeat both as they were, or leave NextToken out to start again.", quoted(text))
	case s.o.Now().Sub(p.IssuedAt) > tokenLife:
		return p, rollcall.Errorf(rollcall.CodeInvalid,
			"NextToken %s has expired: a token is good for %s. Leave NextToken out to start again.", quoted(text), tokenLife)
	}
	return p, nil
}

func errEpochToken(text string) error {
	return rollcall.Errorf(rollcall.CodeInvalid,
		"NextToken %s is of an earlier life of this service's journal. Leave NextToken out to start again.", quoted(text))
}

func quoted(value string) string { return strconv.Quote(rollcall.Shorten(value)) }
