package access

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// KeysOptions say where keys come from.
type KeysOptions struct {
	// Own are the keys that the server itself was given or made at its first
	// start. They may do everything, and come before those of the file.
	Own []Key
	// Path is the keys file; there is none if empty.
	Path string
	// Optional says that the file may be absent.
	Optional bool
	// Logger is told of each change of the file. nil: nobody.
	Logger *slog.Logger
}

// Key is an access key with its secret.
type Key struct{ ID, Secret string }

// Validate holds a key to what a keys file asks of its own. The error never
// repeats the secret.
func (k Key) Validate() error {
	if !isEntryID(k.ID) {
		return fmt.Errorf("access key id %q: want %s", short(k.ID), wantEntryID)
	}
	if !isSecret(k.Secret) {
		return fmt.Errorf("secret access key of %d characters: want %s", len(k.Secret), wantSecret)
	}
	return nil
}

// Keys are the keys and tokens in force: the server's own and those of a keys
// file. They are safe for concurrent use; Lookup and the rest never wait for
// the file.
//
// The file is polled, not watched: one stat every few seconds costs nothing,
// and works the same for editors that rename, for mounted secrets that swap a
// symbolic link, and on network file systems, where notifications do not come.
type Keys struct {
	o    KeysOptions
	log  *slog.Logger
	own  *Keyring
	ring atomic.Pointer[Keyring] // of the file

	reload sync.Mutex // held while the file is read; guards seen
	seen   seenFile
}

// seenFile is the file as it was last looked at.
type seenFile struct {
	ever    bool              // it was read once, so it can't be absent any more
	info    fs.FileInfo       // nil if the last look did not come to read it
	sum     [sha256.Size]byte // of its content
	settled bool              // two looks in a row found the same
	failed  string            // the error that was reported last
}

// NewKeys makes Keys with the server's own keys only. Reload reads the file.
func NewKeys(o KeysOptions) *Keys {
	k := &Keys{o: o, log: o.Logger, own: newKeyring()}
	if k.log == nil {
		k.log = slog.New(slog.DiscardHandler)
	}
	for _, key := range o.Own {
		k.own.add(&Entry{Kind: KindKey, ID: key.ID, Name: key.ID, secret: key.Secret})
	}
	k.ring.Store(newKeyring())
	return k
}

// Lookup gives the secret of an access key. It makes Keys what package sigv4
// asks.
func (k *Keys) Lookup(accessKeyID string) (secret string, ok bool) {
	e := k.key(accessKeyID)
	if e == nil {
		return "", false
	}
	return e.secret, true
}

// Len is how many keys and tokens are in force.
func (k *Keys) Len() int { return len(k.own.entries) + len(k.ring.Load().entries) }

func (k *Keys) key(id string) *Entry {
	if e := k.own.keys[id]; e != nil {
		return e
	}
	return k.ring.Load().keys[id]
}

func (k *Keys) token(token string) *Entry {
	return k.ring.Load().tokens[sha256.Sum256([]byte(token))]
}

// Reload reads the file if it changed, and tells whether it did. With an error
// what was in force stays so: a file that is broken, gone or readable by
// others takes no key away and adds none.
func (k *Keys) Reload() (changed bool, err error) {
	if k.o.Path == "" {
		return false, nil
	}
	k.reload.Lock()
	defer k.reload.Unlock()
	info, err := os.Stat(k.o.Path)
	if errors.Is(err, fs.ErrNotExist) && k.o.Optional && !k.seen.ever {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("keys file: %w", err)
	}
	same := sameFile(k.seen.info, info)
	if same && k.seen.settled {
		return false, nil
	}
	data, err := readKeysFile(k.o.Path)
	if err != nil {
		k.seen.info = nil // look again
		return false, err
	}
	sum := sha256.Sum256(data)
	// Two writes within the clock of the file system leave the same stat. So a
	// change is believed to be over only when the next look finds the same.
	unchanged := k.seen.info != nil && k.seen.sum == sum
	k.seen.info, k.seen.sum, k.seen.settled = info, sum, same && unchanged
	if unchanged {
		return false, nil
	}
	ring, err := ParseKeyring(data)
	if err != nil {
		return false, fmt.Errorf("keys file %s: %w", k.o.Path, err)
	}
	k.ring.Store(ring)
	k.seen.ever = true
	return true, nil
}

// sameFile tells whether two looks saw the same file, unchanged as far as a
// stat can tell.
func sameFile(a, b fs.FileInfo) bool {
	return a != nil && os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size() && a.Mode() == b.Mode()
}

// Follow keeps the keys as the file says, looking every so often until ctx is
// done. What goes wrong is logged, once for each new reason.
func (k *Keys) Follow(ctx context.Context, every time.Duration) {
	if k.o.Path == "" {
		return
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		changed, err := k.Reload()
		k.report(ctx, changed, err)
	}
}

func (k *Keys) report(ctx context.Context, changed bool, err error) {
	k.reload.Lock()
	defer k.reload.Unlock()
	switch {
	case err != nil && err.Error() != k.seen.failed:
		k.seen.failed = err.Error()
		k.log.LogAttrs(ctx, slog.LevelError, "the keys file can't be used; the keys before it stay in force",
			slog.String("path", k.o.Path), slog.Any("error", err))
	case changed:
		k.seen.failed = ""
		k.log.LogAttrs(ctx, slog.LevelInfo, "keys file read",
			slog.String("path", k.o.Path), slog.Int("entries", len(k.ring.Load().entries)))
	}
}

// readKeysFile reads the file if nobody but its owner can.
func readKeysFile(path string) (_ []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("keys file: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat() // of what was opened
	if err != nil {
		return nil, fmt.Errorf("keys file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("keys file %s: not a regular file", path)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" { // where modes say nothing
		return nil, fmt.Errorf("keys file %s: its mode is %04o, so others than its owner can read or change the secrets in it; run: chmod 600 %s", path, mode, path)
	}
	data, err := io.ReadAll(io.LimitReader(f, MaxKeysFileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("keys file: %w", err)
	}
	return data, nil
}
