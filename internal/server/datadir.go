package server

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"rollcall/internal/access"
	"rollcall/internal/durable"
)

// A data directory holds:
//
//	journal/      the embedded journal
//	token-secret  what seals page tokens
//	keys.yaml     access keys and tokens, the one made at first start among them
const (
	journalDir      = "journal" // of internal/store, which makes it
	tokenSecretFile = "token-secret"
)

// KeysFile is the name of the keys file in a data directory.
const KeysFile = "keys.yaml"

// IsDataDir tells whether a server has begun to use a directory.
func IsDataDir(dir string) bool {
	for _, name := range []string{journalDir, tokenSecretFile, KeysFile} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

// secretBytes is the length of secrets that we draw.
const secretBytes = 30

// maxTokenSecretFile is the largest file that is taken for one of ours, in bytes.
const maxTokenSecretFile = 4 << 10

// openKeys gives the keys in force. With none given and no keys file, a first
// key that may do everything is made, and kept unless the server keeps nothing.
func (s *Server) openKeys() (*access.Keys, error) {
	c := &s.config
	o := access.KeysOptions{Path: c.KeysFile, Strict: c.KeysStrict, Logger: c.Logger}
	if o.Path == "" && !c.Ephemeral {
		o.Path, o.Optional = filepath.Join(c.DataDir, KeysFile), true
	}
	if c.AccessKeyID != "" {
		o.Own = []access.Key{{ID: c.AccessKeyID, Secret: c.SecretAccessKey}}
	}
	if err := s.makeFirstKey(&o); err != nil {
		return nil, err
	}
	keys := access.NewKeys(o)
	if _, err := keys.Reload(); err != nil {
		return nil, err
	}
	if keys.Len() == 0 && !c.Anonymous {
		c.Logger.Warn("there is no access key and no token, so every request is refused; make one with rollcall key create", slog.String("path", o.Path))
	}
	return keys, nil
}

func (s *Server) makeFirstKey(o *access.KeysOptions) (err error) {
	if len(o.Own) > 0 || s.config.KeysFile != "" || s.config.Anonymous {
		return nil
	}
	if s.config.Shared {
		if _, err := os.Stat(o.Path); err == nil {
			return nil
		}
		return errors.New("the nodes of a cluster know the same keys: give all of them ROLLCALL_ACCESS_KEY_ID and ROLLCALL_SECRET_ACCESS_KEY, or --keys-file")
	}
	if o.Path == "" {
		s.MadeKey = access.NewKey()
		o.Own = []access.Key{s.MadeKey}
		return nil
	}
	if _, err := os.Stat(o.Path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	s.MadeKey, err = access.CreateKey(o.Path, access.New{Name: "first", Policy: []byte(access.PolicyAll), CreatedAt: s.config.Now()})
	if err != nil {
		return fmt.Errorf("make the first access key: %w", err)
	}
	return nil
}

// tokenSecret gives the secret that seals page tokens, and makes it at first
// start. It is kept with the data, so that tokens outlive a restart.
func tokenSecret(dir string) ([]byte, error) {
	path := filepath.Join(dir, tokenSecretFile)
	content, err := access.ReadSecret("token secret", path, maxTokenSecretFile)
	if err == nil {
		secret, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(content)))
		if err != nil || len(secret) < secretBytes {
			return nil, fmt.Errorf("read the token secret: %s is damaged; remove it to have a new one made (page tokens given out are then refused)", path)
		}
		return secret, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the token secret: %w", err)
	}
	secret := make([]byte, secretBytes)
	_, _ = rand.Read(secret)
	if err := durable.WriteFile(path, []byte(base64.StdEncoding.EncodeToString(secret)+"\n")); err != nil {
		return nil, fmt.Errorf("write the token secret: %w", err)
	}
	return secret, nil
}

// errNoTokenSecret refuses to run a node that seals page tokens alone.
var errNoTokenSecret = errors.New("the nodes of a cluster open each other's page tokens, so all need the same secret: " +
	"set ROLLCALL_TOKEN_SECRET to 20 random bytes or more in base64 (while it is changed: the new one, a comma, the old one)")

// parseTokenSecrets reads secrets that seal page tokens, the one that seals
// first, with commas between them.
func parseTokenSecrets(list string) ([][]byte, error) {
	var secrets [][]byte
	for i, word := range strings.Split(list, ",") {
		secret, err := base64.StdEncoding.DecodeString(strings.TrimSpace(word))
		if err != nil || len(secret) < minSecretBytes {
			return nil, fmt.Errorf("ROLLCALL_TOKEN_SECRET: secret %d is not %d bytes or more in base64", i+1, minSecretBytes)
		}
		secrets = append(secrets, secret)
	}
	return secrets, nil
}

// minSecretBytes is the least that a secret given by the operator has.
const minSecretBytes = 20
