package simulate

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
)

// uuid is an id in the shape of a random UUID (RFC 9562, version 4). The zero
// value stands for none.
type uuid [16]byte

// newUUID draws the next id from r.
func newUUID(r *rand.Rand) uuid {
	var u uuid
	binary.BigEndian.PutUint64(u[:8], r.Uint64())
	binary.BigEndian.PutUint64(u[8:], r.Uint64())
	return u.marked()
}

// rosterID is the id of something that is the same on every day of a seed.
func rosterID(seed uint64, kind, name string) uuid {
	sum := digest(seed, kind, name)
	return uuid(sum[:16]).marked()
}

// marked sets the version and variant bits.
func (u uuid) marked() uuid {
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	return u
}

func (u uuid) String() string { return string(u.append(nil)) }

func (u uuid) append(dst []byte) []byte {
	dst = append(hex.AppendEncode(dst, u[:4]), '-')
	dst = append(hex.AppendEncode(dst, u[4:6]), '-')
	dst = append(hex.AppendEncode(dst, u[6:8]), '-')
	dst = append(hex.AppendEncode(dst, u[8:10]), '-')
	return hex.AppendEncode(dst, u[10:])
}

// source is a random source of its own for everything named so, which keeps
// one part of the simulation from disturbing another's draws.
func source(seed uint64, kind, name string) *rand.Rand {
	sum := digest(seed, kind, name)
	return rand.New(rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16])))
}

func digest(seed uint64, kind, name string) [sha256.Size]byte {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 64), seed)
	b = append(append(b, kind...), 0)
	return sha256.Sum256(append(b, name...))
}
