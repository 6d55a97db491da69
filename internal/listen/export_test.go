package listen

import "net"

// InOne makes a connection of nc as a port does, and gives its inOne.
func InOne(nc net.Conn) (net.Conn, func(write func() (int, error)) (int, error)) {
	c := &conn{Conn: nc, of: newConnections(1, 0)}
	return c, c.inOne
}
