package connectclient

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"reflect"

	"rollcall/connectapi"
)

// Do asks an operation, such as [connectapi.ListUsers]. Its errors are a
// [ParamValidationError] before anything was sent, an exception or an [APIError]
// of the service, and those of [Client.Do]. An answer that is empty, or no JSON,
// is an empty output, as it is for boto3.
func Do[In, Out any](ctx context.Context, c *Client, operation *connectapi.Typed[In, Out], in *In) (*Out, error) {
	return do(ctx, c, operation, in, nil)
}

func do[In, Out any](ctx context.Context, c *Client, operation *connectapi.Typed[In, Out], in *In, header http.Header) (*Out, error) {
	if in == nil {
		in = new(In)
	}
	if err := connectapi.Validate(in); err != nil {
		return nil, err
	}
	req, err := encode(&operation.Operation, in)
	if err != nil {
		return nil, fmt.Errorf("encode %s input: %w", operation.Name, err)
	}
	req.Header = header
	resp, err := c.Do(ctx, req)
	if err != nil {
		return nil, err
	}
	if err := resp.Err(); err != nil {
		return nil, err
	}
	out := new(Out)
	if !json.Valid(resp.Body) {
		return out, nil
	}
	if err := connectapi.Unmarshal(resp.Body, out); err != nil {
		return nil, fmt.Errorf("decode %s answer: %w", operation.Name, err)
	}
	return out, nil
}

// Pages asks an operation for page after page, beginning at the input's
// NextToken, until there is no more or the loop ends. An error ends it too. A
// service that hands out the same token twice in a row would never end; that
// counts as the end. The operation must have a NextToken, in and out.
func Pages[In, Out any](ctx context.Context, c *Client, operation *connectapi.Typed[In, Out], in *In) iter.Seq2[*Out, error] {
	return pages(ctx, c, operation, in, nil)
}

func pages[In, Out any](ctx context.Context, c *Client, operation *connectapi.Typed[In, Out], in *In, header http.Header) iter.Seq2[*Out, error] {
	return func(yield func(*Out, error) bool) {
		var next In
		if in != nil {
			next = *in
		}
		token := nextToken(&next, operation.Input())
		for {
			out, err := do(ctx, c, operation, &next, header)
			if !yield(out, err) || err != nil {
				return
			}
			given := nextToken(out, operation.Output()).String()
			if given == "" || given == token.String() {
				return
			}
			token.SetString(given)
		}
	}
}

// nextToken is the member of the struct that v points to.
func nextToken(v any, s *connectapi.Shape) reflect.Value {
	return reflect.ValueOf(v).Elem().Field(s.Member(connectapi.NextToken).Index)
}

// GetCurrentUserData asks for one page. Its errors are those of [Do].
func (c *Client) GetCurrentUserData(ctx context.Context, in *GetCurrentUserDataInput) (*GetCurrentUserDataOutput, error) {
	return Do(ctx, c, connectapi.GetCurrentUserData, in)
}

// Pages is [Pages] of GetCurrentUserData.
func (c *Client) Pages(ctx context.Context, in *GetCurrentUserDataInput) iter.Seq2[*GetCurrentUserDataOutput, error] {
	return Pages(ctx, c, connectapi.GetCurrentUserData, in)
}
