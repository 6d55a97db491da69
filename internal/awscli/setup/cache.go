package setup

import (
	"crypto/sha1" //nolint:gosec // names files as the AWS CLI does; guards nothing
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"rollcall/internal/awscli/value"
)

// The caches that the AWS CLI shares with us.
const (
	roleCache = "~/.aws/cli/cache"
	ssoCache  = "~/.aws/sso/cache"
)

// cacheWindow is how long cached credentials must still last to be taken.
const cacheWindow = 15 * time.Minute

// cached are the credentials of a role as they lie in the cache.
type cached struct {
	ProviderType string `json:"ProviderType,omitempty"`
	Credentials  struct {
		AccessKeyID     string `json:"AccessKeyId"`
		SecretAccessKey string `json:"SecretAccessKey"`
		SessionToken    string `json:"SessionToken"`
		Expiration      string `json:"Expiration"`
		AccountID       string `json:"AccountId,omitempty"`
	} `json:"Credentials"`
	AssumedRoleUser *assumedRoleUser `json:"AssumedRoleUser,omitempty"`
}

type assumedRoleUser struct {
	AssumedRoleID string `json:"AssumedRoleId"`
	Arn           string `json:"Arn"`
}

func (c *cached) credentials() (aws.Credentials, error) {
	return ending(aws.Credentials{
		AccessKeyID: c.Credentials.AccessKeyID, SecretAccessKey: c.Credentials.SecretAccessKey, SessionToken: c.Credentials.SessionToken,
	}, c.Credentials.Expiration)
}

// remembered returns the credentials that lie in the cache under a key, or
// those that ask gives, which then lie there for the next command. What can't
// be read counts as none.
func (s *Settings) remembered(key string, ask func() (*cached, error)) (aws.Credentials, error) {
	path := s.cacheFile(roleCache, key)
	var c cached
	if raw, err := os.ReadFile(path); err == nil && json.Unmarshal(raw, &c) == nil {
		creds, err := c.credentials()
		if err == nil && creds.CanExpire && time.Until(creds.Expires) >= cacheWindow {
			s.Logger.Debug("credentials for role retrieved from cache", "path", path)
			return creds, nil
		}
	}
	fresh, err := ask()
	if err != nil {
		return aws.Credentials{}, err
	}
	raw, err := json.Marshal(fresh)
	if err != nil {
		return aws.Credentials{}, err
	}
	if err := writeFile(path, raw); err != nil {
		return aws.Credentials{}, err
	}
	return fresh.credentials()
}

func (s *Settings) cacheFile(dir, key string) string {
	return filepath.Join(s.path("", dir), key+".json")
}

// cacheKey is the name that the AWS CLI gives to a text.
func cacheKey(text string) string {
	sum := sha1.Sum([]byte(text)) //nolint:gosec // see above
	return hex.EncodeToString(sum[:])
}

// quoted is a text in JSON as Python writes it.
func quoted(text string) string { return string(value.AppendJSON(nil, text)) }

// writeFile puts a secret into a file at once: whoever reads it reads all of it
// or what was there before.
func writeFile(path string, content []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(dir, "*.tmp") // mode 0600
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}
