package awscli

import (
	"time"

	"rollcall/connectapi"
)

// For tests of parts that no command line reaches alone.

// ParseYAML is parseYAML.
func ParseYAML(doc []byte) (any, error) { return parseYAML(doc) }

// DecodeUserData decodes an answer of GetCurrentUserData.
func DecodeUserData(body []byte) (any, error) {
	show, err := newTimestamps("iso8601", time.UTC, time.Unix(0, 0))
	if err != nil {
		return nil, err
	}
	return decodeAnswer(body, connectapi.GetCurrentUserData.Output(), show)
}
