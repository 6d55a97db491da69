package setup

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// ErrNoCredentials says that none were found anywhere.
var ErrNoCredentials = errors.New("no credentials")

// renewBefore is how long before their end credentials are asked for again.
const renewBefore = time.Minute

// held keeps what a source gave until it ends, so that the source is asked once
// by however many requests there are. It is safe for concurrent use.
type held struct {
	source aws.CredentialsProviderFunc

	mu    sync.Mutex // guards what follows, and is held while the source is asked
	known bool       // creds are the source's, or there are none
	creds aws.Credentials
	none  error // an ErrNoCredentials: it is not asked again
}

// asFound holds credentials that the source has given already.
func asFound(source aws.CredentialsProviderFunc, creds aws.Credentials) *held {
	return &held{source: source, known: true, creds: creds}
}

// static are credentials that never change.
func static(creds aws.Credentials) *held {
	return asFound(func(context.Context) (aws.Credentials, error) { return creds, nil }, creds)
}

// Retrieve returns credentials that are good now.
func (h *held) Retrieve(ctx context.Context) (aws.Credentials, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.known || h.creds.CanExpire && time.Until(h.creds.Expires) < renewBefore {
		creds, err := h.source(ctx)
		if errors.Is(err, ErrNoCredentials) {
			h.none = err
		} else if err != nil {
			return aws.Credentials{}, err
		}
		h.known, h.creds = true, creds
	}
	if h.none != nil {
		return aws.Credentials{}, h.none
	}
	if h.creds.CanExpire && !time.Now().Before(h.creds.Expires) {
		return aws.Credentials{}, wording("Credentials were refreshed, but the refreshed credentials are still expired.")
	}
	return h.creds, nil
}

// parseTime reads when something ends: ISO 8601, with a zone, which may be
// spelled UTC.
func parseTime(text string) (time.Time, error) {
	for _, layout := range []string{
		time.RFC3339, "2006-01-02T15:04:05MST", "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z0700",
		"2006-01-02 15:04:05 MST", "2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04:05 -0700", "20060102T150405Z0700", time.RFC1123, time.RFC1123Z,
	} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	if _, err := time.Parse("2006-01-02T15:04:05", text); err == nil {
		return time.Time{}, errors.New("can't subtract offset-naive and offset-aware datetimes") // it has no zone
	}
	return time.Time{}, wording("Unknown string format: " + text)
}

// ending are credentials that end at an instant, if one is given.
func ending(creds aws.Credentials, expiration string) (aws.Credentials, error) {
	if expiration == "" {
		return creds, nil
	}
	expires, err := parseTime(expiration)
	if err != nil {
		return aws.Credentials{}, err
	}
	creds.CanExpire, creds.Expires = true, expires
	return creds, nil
}
