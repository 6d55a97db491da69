package process

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Page asks for an admin page, of the server whose admin pages are at that URL,
// by a connection of its own.
func Page(ctx context.Context, admin, path string) (status int, body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, admin+path, http.NoBody)
	if err != nil {
		return 0, nil, err
	}
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err = io.ReadAll(resp.Body)
	return resp.StatusCode, body, err
}

// GoodPage is Page where any status but 200 is an error.
func GoodPage(ctx context.Context, admin, path string) ([]byte, error) {
	status, body, err := Page(ctx, admin, path)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("%s: status %d: %s", path, status, body)
	}
	return body, err
}

// AwaitReady waits until the server of these admin pages says that it is ready.
func AwaitReady(ctx context.Context, admin string) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		_, err := GoodPage(ctx, admin, "/readyz")
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("rollcall is not ready: %w", err)
		}
	}
}
