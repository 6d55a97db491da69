package listen

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"time"
)

// certificate is a certificate and key from two files, read again when either
// changes, so that a renewal needs no restart. A pair that can't be read
// leaves the one before in force.
type certificate struct {
	certFile, keyFile string
	now               func() time.Time
	failed            func(error)

	mu        sync.Mutex
	loaded    *tls.Certificate
	changedAt [2]time.Time // of the files that loaded came from
	checkedAt time.Time
}

// certificateCheck is how often the files are looked at, at most.
const certificateCheck = 5 * time.Second

func openCertificate(certFile, keyFile string, now func() time.Time, failed func(error)) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, now: now, failed: failed}
	if err := c.loadLocked(); err != nil {
		return nil, err
	}
	return c, nil
}

// Get gives the certificate in force; tls.Config calls it for each handshake.
func (c *certificate) Get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); now.Sub(c.checkedAt) >= certificateCheck {
		c.checkedAt = now
		if changedAt, err := c.filesChangedAt(); err == nil && changedAt != c.changedAt {
			if err := c.loadLocked(); err != nil {
				c.failed(err)
			}
		}
	}
	return c.loaded, nil
}

func (c *certificate) loadLocked() error {
	changedAt, err := c.filesChangedAt()
	if err != nil {
		return fmt.Errorf("read the TLS certificate: %w", err)
	}
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("read the TLS certificate in %s with the key in %s: %w", c.certFile, c.keyFile, err)
	}
	c.loaded, c.changedAt = &pair, changedAt
	return nil
}

func (c *certificate) filesChangedAt() (at [2]time.Time, err error) {
	for i, name := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return at, err
		}
		at[i] = info.ModTime()
	}
	return at, nil
}
