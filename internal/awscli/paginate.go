package awscli

import (
	"math/big"
	"strings"

	"rollcall/connectapi"
	"rollcall/internal/awscli/argparse"
	"rollcall/internal/awscli/value"
)

// How an operation is paged stands in a parameter that is no member of its
// input. Where it does not page, the parameter is unknown.
const (
	pagingConfig  = "PaginationConfig"
	startingToken = "StartingToken"
	pageSize      = "PageSize"
	maxItems      = "MaxItems"
)

// truncated is how many items of a page were printed, in a token that resumes
// within it.
const truncated = "boto_truncate_amount"

// pages says whether an operation is asked page after page, as far as the
// options tell: whoever gives a token or a page's size walks alone.
func (c *command) pages(o *connectapi.Operation, given *argparse.Result) (bool, error) {
	if o.Page == nil {
		return false, nil
	}
	if !c.has(optNoPaginate) && !given.Has("--"+dashed(connectapi.NextToken)) && !given.Has("--"+dashed(connectapi.MaxResults)) {
		return true, nil
	}
	var used []string
	for _, name := range []string{optStart, optPageSize, optMaxItems} {
		if text := given.Values[name]; text != "" && (name == optStart || integer(text).Sign() != 0) {
			used = append(used, name)
		}
	}
	if used != nil {
		return false, invalid("Cannot specify --no-paginate along with pagination arguments: " + strings.Join(used, ", "))
	}
	return false, nil
}

// pagesItself says that the parameters have a token or a page's size.
func pagesItself(params *value.Map) bool {
	_, token := params.Get(connectapi.NextToken)
	_, limit := params.Get(connectapi.MaxResults)
	return token || limit
}

// integer reads the value of an option that only takes integers.
func integer(text string) *big.Int {
	n, _ := value.ParseInt(text)
	return n
}

// pagingParameter adds what the options say about pages.
func (c *command) pagingParameter(params *value.Map, given *argparse.Result) error {
	config := value.NewMap()
	if text, ok := given.Values[optStart]; ok {
		v, isFile, err := c.loadFile(text)
		switch {
		case err != nil:
			return unloaded(optStart, err)
		case !isFile:
			v = text
		}
		config.Set(startingToken, v)
	}
	if text, ok := given.Values[optPageSize]; ok {
		config.Set(pageSize, integer(text))
	}
	if text, ok := given.Values[optMaxItems]; ok {
		if integer(text).Sign() <= 0 {
			_, _ = c.std.Err.Write([]byte("warning: Non-positive values for --max-items may result in undefined behavior.\n"))
		}
		config.Set(maxItems, integer(text))
	}
	if config.Len() > 0 {
		params.Set(pagingConfig, config)
	}
	return nil
}
