package process

import (
	"net"
	"testing"
)

func TestFreePort_GivesNoneTwiceNorOneThatTheSystemGives(t *testing.T) {
	seen := make(map[int]bool)
	for range 200 {
		port, err := FreePort()
		if err != nil || seen[port] || port >= 32768 {
			t.Fatalf("port %d, seen before: %t, %v", port, seen[port], err)
		}
		seen[port] = true
		l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
		if err != nil {
			t.Skipf("skipped: somebody else took the port meanwhile: %v", err)
		}
		_ = l.Close()
	}
}
