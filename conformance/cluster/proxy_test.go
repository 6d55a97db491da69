package cluster

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// natsProxy stands between a client and a server of NATS, reads what passes and
// does to it what a network or a busy server does.
type natsProxy struct {
	listener net.Listener
	server   string

	mu    sync.Mutex // for all below
	rule  func(proxied) fate
	conns map[net.Conn]bool // :: both ends of each connection -> true
}

// proxied is one message that passes.
type proxied struct {
	toServer bool
	subject  string
	reply    string
	payload  []byte // with its headers
}

// fate is what becomes of a message.
type fate struct {
	drop   bool
	flip   bool   // the last bit arrives wrong
	cut    bool   // the connection breaks after the message passed, or was dropped
	answer []byte // what is sent back on the reply subject, where the message is dropped
}

// startNATSProxy starts a proxy before a server. Until told otherwise it lets
// everything pass.
func startNATSProxy(tb testing.TB, s *natsServer) *natsProxy {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	p := &natsProxy{listener: listener, server: s.server.Addr().String(), conns: make(map[net.Conn]bool)}
	var done sync.WaitGroup
	done.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			done.Go(func() { p.serve(client) })
		}
	})
	tb.Cleanup(func() {
		_ = listener.Close()
		p.cutAll()
		done.Wait()
	})
	return p
}

func (p *natsProxy) url() string { return "nats://" + p.listener.Addr().String() }

// set gives the rule for what passes from now on; nil lets everything pass.
func (p *natsProxy) set(rule func(proxied) fate) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rule = rule
}

func (p *natsProxy) judge(m proxied) fate {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rule == nil {
		return fate{}
	}
	return p.rule(m)
}

// cutAll breaks all connections.
func (p *natsProxy) cutAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		_ = c.Close()
	}
}

func (p *natsProxy) serve(client net.Conn) {
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		_ = client.Close()
		return
	}
	p.mu.Lock()
	p.conns[client], p.conns[server] = true, true
	p.mu.Unlock()
	link := &natsLink{proxy: p, client: client, server: server, sids: make(map[string]string)}
	var both sync.WaitGroup
	both.Go(func() { link.pump(client, server, true) })
	both.Go(func() { link.pump(server, client, false) })
	both.Wait()
	p.mu.Lock()
	delete(p.conns, client)
	delete(p.conns, server)
	p.mu.Unlock()
}

// natsLink is one connection through the proxy.
type natsLink struct {
	proxy          *natsProxy
	client, server net.Conn

	mu   sync.Mutex        // for writing to the client, and for sids
	sids map[string]string // :: subject subscribed to -> subscription id
}

// pump passes on what comes, line by line, until one end is closed.
func (l *natsLink) pump(from, to net.Conn, toServer bool) {
	defer l.client.Close() //nolint:errcheck // either may be closed
	defer l.server.Close() //nolint:errcheck // already
	in := bufio.NewReaderSize(from, 64<<10)
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return
		}
		frame := bytes.Clone(line)
		words := strings.Fields(string(frame))
		m, hasPayload, err := readProxied(in, words, toServer, &frame)
		if err != nil {
			return
		}
		var f fate
		if hasPayload {
			f = l.proxy.judge(m)
		} else if toServer && len(words) == 3 && strings.EqualFold(words[0], "SUB") {
			l.mu.Lock()
			l.sids[words[1]] = words[2]
			l.mu.Unlock()
		}
		if f.flip {
			frame[len(frame)-3] ^= 1 // before the line's end
		}
		if !f.drop && l.write(to, frame) != nil {
			return
		}
		if f.answer != nil && l.answer(m.reply, f.answer) != nil {
			return
		}
		if f.cut {
			return
		}
	}
}

// readProxied reads the payload that a line announces, and appends it to frame.
func readProxied(in io.Reader, words []string, toServer bool, frame *[]byte) (m proxied, hasPayload bool, err error) {
	if len(words) < 3 {
		return m, false, nil
	}
	m = proxied{toServer: toServer, subject: words[1]}
	rest := words[2:]
	switch verb := strings.ToUpper(words[0]); verb {
	case "PUB", "MSG", "HPUB", "HMSG":
		if verb[len(verb)-3:] == "MSG" {
			rest = rest[1:] // the subscription's id
		}
		if numbers := 1 + strings.Count(verb, "H"); len(rest) > numbers {
			m.reply = rest[0]
		}
	default:
		return m, false, nil
	}
	size, err := strconv.Atoi(rest[len(rest)-1])
	if err != nil {
		return m, false, err
	}
	payload := make([]byte, size+2)
	if _, err := io.ReadFull(in, payload); err != nil {
		return m, false, err
	}
	m.payload = payload[:size]
	*frame = append(*frame, payload...)
	return m, true, nil
}

func (l *natsLink) write(to net.Conn, frame []byte) error {
	if to == l.client {
		l.mu.Lock()
		defer l.mu.Unlock()
	}
	_, err := to.Write(frame)
	return err
}

// answer sends the client a message as if it came from the server.
func (l *natsLink) answer(subject string, payload []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for pattern, sid := range l.sids {
		if prefix, ok := strings.CutSuffix(pattern, "*"); pattern == subject || ok && strings.HasPrefix(subject, prefix) {
			_, err := fmt.Fprintf(l.client, "MSG %s %s %d\r\n%s\r\n", subject, sid, len(payload), payload)
			return err
		}
	}
	return fmt.Errorf("nobody waits on %s", subject)
}
