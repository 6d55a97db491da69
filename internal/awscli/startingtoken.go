package awscli

import (
	"encoding/base64"
	"math/big"
	"strings"

	"rollcall/connectapi"
	"rollcall/internal/awscli/value"
)

// A token that resumes a walk is base64 of a JSON object: the parameters of the
// page at which to go on, and how many items of it were printed.

// encodeToken makes one. It fails for an object that is none, as one that came
// from another operation's may be.
func encodeToken(token *value.Map) (string, error) {
	_, page := token.Get(connectapi.NextToken)
	_, within := token.Get(truncated)
	if !page || token.Len() > 1 && !within || token.Len() > 2 {
		return "", general("Bad starting token: " + value.Repr(token))
	}
	return base64.StdEncoding.EncodeToString(value.AppendJSON(nil, token)), nil
}

// parseStartingToken reads one, or a token of the service itself, or one in the
// form that the AWS CLI had before: the token, three underscores, a number.
func parseStartingToken(given any) (token *value.Map, skip int64, err error) {
	text, ok := given.(string)
	if !ok {
		return nil, 0, general("'" + value.TypeName(given) + "' object has no attribute 'encode'")
	}
	switch decoded := decodeToken(text).(type) {
	case undecoded, *value.List:
		return parseOldToken(text)
	case *value.Map:
		skip, err := takeSkip(decoded)
		return decoded, skip, err
	default:
		return nil, 0, general("'" + value.TypeName(decoded) + "' object has no attribute 'pop'")
	}
}

// undecoded says that a text is no base64 of JSON.
type undecoded struct{}

func decodeToken(text string) any {
	raw, ok := decodeBase64(text)
	if !ok {
		return undecoded{}
	}
	v, err := value.ParseJSON(raw)
	if err != nil {
		return undecoded{}
	}
	return v
}

// decodeBase64 reads base64 as Python does: what is not of its alphabet is
// skipped, and it ends at the first padding that fits.
func decodeBase64(text string) (raw []byte, ok bool) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	var digits []byte
	padding := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c == '=':
			padding++
			if rest := len(digits) % 4; rest >= 2 && rest+padding >= 4 {
				raw, err := base64.RawStdEncoding.DecodeString(string(digits))
				return raw, err == nil
			}
		case strings.IndexByte(alphabet, c) >= 0:
			digits, padding = append(digits, c), 0
		}
	}
	raw, err := base64.StdEncoding.DecodeString(string(digits))
	return raw, err == nil
}

// takeSkip takes out of a token how many items of its page were printed.
func takeSkip(token *value.Map) (int64, error) {
	v, ok := token.Get(truncated)
	token.Delete(truncated)
	switch v := v.(type) {
	case *big.Int:
		if v.IsInt64() {
			return v.Int64(), nil
		}
		return int64(v.Sign()) << 62, nil
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	}
	if ok && v != nil {
		return 0, general("slice indices must be integers or None or have an __index__ method")
	}
	return 0, nil
}

func parseOldToken(text string) (token *value.Map, skip int64, err error) {
	parts := strings.Split(text, "___")
	if len(parts) > 2 {
		return nil, 0, general("Bad starting token: " + text)
	}
	if len(parts) == 2 {
		if n, ok := value.ParseInt(parts[1]); ok && n.IsInt64() {
			text, skip = parts[0], n.Int64()
		}
	}
	token = value.NewMap()
	if token.Set(connectapi.NextToken, text); text == "None" {
		token.Set(connectapi.NextToken, nil)
	}
	return token, skip, nil
}
