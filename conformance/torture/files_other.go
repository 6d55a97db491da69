//go:build !unix

package main

// mayOpen is how many connections this process may have.
func mayOpen() int { return silentConnections }
