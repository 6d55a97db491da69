package awscli

import (
	"bytes"
	"net"
	"slices"
	"strconv"
	"strings"
)

// headerOrder is the order of a request's headers as the AWS CLI sends them.
// Others follow as they are.
var headerOrder = []string{
	"host", "accept-encoding", "content-type", "user-agent", "x-amz-date", "x-amz-security-token", "authorization",
	"amz-sdk-invocation-id", "amz-sdk-request", "content-length",
}

// orderedConn is a connection that puts the headers of the HTTP/1.1 requests
// written to it in order: net/http has its own. One goroutine writes.
type orderedConn struct {
	net.Conn
	head []byte // of the request that is being written
	body int    // bytes of its body still to come
}

// maxHeadBytes is where a head is given up as none and passed on.
const maxHeadBytes = 1 << 20

// Write writes b, or keeps it until the head is complete.
func (c *orderedConn) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0; {
		if c.body > 0 {
			n, err := c.Conn.Write(rest[:min(c.body, len(rest))])
			c.body -= n
			if err != nil {
				return len(b) - len(rest) + n, err
			}
			rest = rest[n:]
			continue
		}
		c.head = append(c.head, rest...)
		rest = nil
		end := bytes.Index(c.head, []byte("\r\n\r\n"))
		if end < 0 && len(c.head) < maxHeadBytes {
			break
		}
		head := c.head
		c.head = nil
		if end >= 0 {
			rest = head[end+4:]
			head, c.body = ordered(head[:end+4])
		}
		if _, err := c.Conn.Write(head); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

// ordered returns a head with its headers in order, and the length of the body.
func ordered(head []byte) (sorted []byte, bodyBytes int) {
	lines := strings.Split(strings.TrimSuffix(string(head), "\r\n\r\n"), "\r\n")
	slices.SortStableFunc(lines[1:], func(a, b string) int { return rank(a) - rank(b) })
	for _, line := range lines[1:] {
		if name, v, _ := strings.Cut(line, ":"); strings.EqualFold(name, "content-length") {
			bodyBytes, _ = strconv.Atoi(strings.TrimSpace(v))
		}
	}
	return []byte(strings.Join(lines, "\r\n") + "\r\n\r\n"), bodyBytes
}

func rank(line string) int {
	name, _, _ := strings.Cut(line, ":")
	if i := slices.Index(headerOrder, strings.ToLower(name)); i >= 0 {
		return i
	}
	return len(headerOrder)
}
