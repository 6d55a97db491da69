package access

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
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
	// Strict has Follow fail when the file can't be used twice in a row, instead
	// of going on with the keys before.
	Strict bool
	// Logger is told of each change of the file. nil: nobody.
	Logger *slog.Logger
	Now    func() time.Time // nil: time.Now
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

	fault atomic.Pointer[error] // why the file can't be used; nil while it can

	reload sync.Mutex // held while the file is read; guards seen
	seen   seenFile
}

// seenFile is the file as it was last looked at.
type seenFile struct {
	ever    bool              // it was read once, so it can't be absent any more
	info    fs.FileInfo       // nil if the last look did not come to read it
	sum     [sha256.Size]byte // of its content
	absent  bool              // it wasn't there, and need not have been
	settled bool              // two looks in a row found the same, and it can be used
	told    string            // the error that was reported last
	toldAt  time.Time
}

// NewKeys makes Keys with the server's own keys only. Reload reads the file.
func NewKeys(o KeysOptions) *Keys {
	k := &Keys{o: o, log: o.Logger, own: newKeyring()}
	if k.o.Now == nil {
		k.o.Now = time.Now //nolint:forbidigo // the clock that a caller may inject
	}
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

// entry gives the key or token of the id.
func (k *Keys) entry(id string) *Entry {
	if e := k.own.ids[id]; e != nil {
		return e
	}
	return k.ring.Load().ids[id]
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
	return k.reloadLocked()
}

func (k *Keys) reloadLocked() (changed bool, err error) {
	defer func() {
		if err == nil {
			k.fault.Store(nil)
		} else {
			k.fault.Store(&err)
		}
	}()
	info, err := os.Stat(k.o.Path)
	if errors.Is(err, fs.ErrNotExist) && k.o.Optional && !k.seen.ever {
		k.seen.absent = true
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
	before := k.ring.Load()
	if before.sum == sum {
		return false, nil
	}
	ring, err := ParseKeyring(data)
	if err != nil {
		k.seen.info = nil // look again
		return false, fmt.Errorf("keys file %s: %w", k.o.Path, err)
	}
	ring.sum = sum
	k.ring.Store(ring)
	if k.seen.ever || k.seen.absent {
		k.audit(before, ring)
	}
	k.seen.ever = true
	return true, nil
}

// audit logs which keys and tokens have come, gone, or may do something else.
func (k *Keys) audit(before, after *Keyring) {
	note := func(what string, e *Entry) {
		k.log.Info("audit", slog.String("action", string(e.Kind)+" "+what), slog.String("key_id", e.ID),
			slog.String("name", e.Name), slog.String("policy", e.Policy.String()), slog.String("path", k.o.Path))
	}
	for _, e := range before.entries {
		if after.ids[e.ID] == nil {
			note("revoked", e)
		}
	}
	for _, e := range after.entries {
		switch old := before.ids[e.ID]; {
		case old == nil:
			note("created", e)
		case old.secret != e.secret || old.hash != e.hash || old.Policy.text() != e.Policy.text():
			note("changed", e)
		}
	}
}

// Fault says why the keys file can't be used, and the keys before stay in force;
// nil while it can.
func (k *Keys) Fault() error {
	if err := k.fault.Load(); err != nil {
		return *err
	}
	return nil
}

// Path is the keys file; empty if there is none.
func (k *Keys) Path() string { return k.o.Path }

// Loaded looks at the file, and tells whether what is in force is of this
// SHA-256.
func (k *Keys) Loaded(ctx context.Context, sum [sha256.Size]byte) bool {
	_ = k.look(ctx) // said, and what Fault gives
	return k.ring.Load().sum == sum
}

// sameFile tells whether two looks saw the same file, unchanged as far as a
// stat can tell.
func sameFile(a, b fs.FileInfo) bool {
	return a != nil && os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size() && a.Mode() == b.Mode()
}

// faultEvery is how often a file that can't be used is logged.
const faultEvery = time.Minute

// Follow keeps the keys as the file says, looking every so often until ctx is
// done. What goes wrong is logged, each new reason at once and then every
// faultEvery. Its error is that of a file that can't be used, if Strict.
func (k *Keys) Follow(ctx context.Context, every time.Duration) error {
	if k.o.Path == "" {
		<-ctx.Done()
		return nil
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for failed := false; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		err := k.look(ctx)
		if err != nil && failed && k.o.Strict { // once may be an editor in the middle of its work
			return fmt.Errorf("%w (--keys-strict)", err)
		}
		failed = err != nil
	}
}

// look is Reload, and says what came of it.
func (k *Keys) look(ctx context.Context) error {
	if k.o.Path == "" {
		return nil
	}
	k.reload.Lock()
	defer k.reload.Unlock()
	changed, err := k.reloadLocked()
	now := k.o.Now()
	switch {
	case err != nil && (err.Error() != k.seen.told || now.Sub(k.seen.toldAt) >= faultEvery):
		k.seen.told, k.seen.toldAt = err.Error(), now
		k.log.LogAttrs(ctx, slog.LevelError, "the keys file can't be used; the keys before it stay in force",
			slog.String("path", k.o.Path), slog.Any("error", err))
	case err == nil && (changed || k.seen.told != ""):
		k.seen.told = ""
		k.log.LogAttrs(ctx, slog.LevelInfo, "keys file read",
			slog.String("path", k.o.Path), slog.Int("entries", len(k.ring.Load().entries)))
	}
	return err
}

// readKeysFile reads the file as ReadSecret does.
func readKeysFile(path string) ([]byte, error) {
	return ReadSecret("keys file", path, MaxKeysFileBytes)
}
