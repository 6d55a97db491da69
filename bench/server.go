package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"rollcall/connectclient"
	"rollcall/internal/process"
)

// server is a running `rollcall serve`, the real binary, with its journal on
// disk.
type server struct {
	*process.Process
	house house
}

// startServer starts the binary and waits until it is ready.
func startServer(ctx context.Context, binary, dir string, h house) (*server, error) {
	p, err := process.Serve{Binary: binary, DataDir: dir, KeyID: benchKey.ID, Secret: benchKey.Secret}.Start(ctx)
	if err != nil {
		return nil, err
	}
	return &server{Process: p, house: h}, nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// applied tells how many events the floor was handed, from /metrics.
func (s *server) applied(ctx context.Context) (n float64, err error) {
	text, err := process.GoodPage(ctx, s.Admin, "/metrics")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, `rollcall_floor_events_total{effect="applied"} `); ok {
			_, err = fmt.Sscan(rest, &n)
			return n, err
		}
	}
	return 0, nil
}

// client asks the server as its users do.
func (s *server) client() *connectclient.Client {
	return connectclient.New(connectclient.Config{
		EndpointURL: "http://" + s.Address, Region: region,
		Credentials: credentials.NewStaticCredentialsProvider(benchKey.ID, benchKey.Secret, ""),
	})
}
