package process

import (
	"errors"
	"math/rand/v2"
	"net"
	"sync"
)

var portsGiven sync.Map // :: port -> true

// FreePort gives a port of the loopback that this process was not given before
// and that the system gives to nobody by itself (those are from 32768 on), so that
// it is still free when a server starts on it again.
func FreePort() (int, error) {
	for range 1000 {
		port := 20_000 + rand.IntN(12_000) //nolint:gosec // nobody need not guess it
		if _, given := portsGiven.LoadOrStore(port, true); given {
			continue
		}
		l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
		if err != nil {
			continue
		}
		return port, l.Close()
	}
	return 0, errors.New("no port from 20000 to 31999 is free")
}
