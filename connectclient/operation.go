package connectclient

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
)

// GetCurrentUserData asks for one page. Its errors are [ParamValidationError]
// before anything was sent, an exception or an [APIError] of the service, and
// those of [Client.Do].
func (c *Client) GetCurrentUserData(ctx context.Context, in *GetCurrentUserDataInput) (*GetCurrentUserDataOutput, error) {
	if in == nil {
		in = new(GetCurrentUserDataInput)
	}
	if err := in.Validate(); err != nil {
		return nil, err
	}
	body, err := json.Marshal(struct {
		Filters    *Filters `json:"Filters"`
		NextToken  string   `json:"NextToken,omitzero"`
		MaxResults int32    `json:"MaxResults,omitzero"`
	}{in.Filters, in.NextToken, in.MaxResults})
	if err != nil {
		return nil, fmt.Errorf("encode %s input: %w", operation, err)
	}
	resp, err := c.Do(ctx, Request{InstanceID: in.InstanceID, Body: body})
	if err != nil {
		return nil, err
	}
	if err := resp.Err(); err != nil {
		return nil, err
	}
	return decodeOutput(resp.Body)
}

// Pages asks for page after page, beginning at in.NextToken, until there is no
// more or the loop ends. An error ends it too. A service that hands out the
// same token twice in a row would never end; that counts as the end.
func (c *Client) Pages(ctx context.Context, in *GetCurrentUserDataInput) iter.Seq2[*GetCurrentUserDataOutput, error] {
	return func(yield func(*GetCurrentUserDataOutput, error) bool) {
		var next GetCurrentUserDataInput
		if in != nil {
			next = *in
		}
		for {
			out, err := c.GetCurrentUserData(ctx, &next)
			if !yield(out, err) || err != nil {
				return
			}
			if out.NextToken == "" || out.NextToken == next.NextToken {
				return
			}
			next.NextToken = out.NextToken
		}
	}
}
