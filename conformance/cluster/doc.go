// Package cluster holds what only its tests use: real NATS servers, inside the
// test or killed as processes, and a proxy that loses, refuses and changes what
// passes. They hold natslog to its contract and to what it promises beyond.
package cluster
