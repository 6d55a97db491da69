package server

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"

	"rollcall/internal/floor"
)

// floorDigest is what two servers compare to know that they agree: floors that
// applied the same journal up to the same position have the same digest.
type floorDigest struct {
	Position  string `json:"position"` // of the newest event applied, see rollcall.Position
	Settled   bool   `json:"settled"`  // no event was applied meanwhile: the digest is of that position
	SHA256    string `json:"sha256"`   // of what /debug/floor writes, in hexadecimal
	Instances int    `json:"instances"`
	Agents    int    `json:"agents"`
}

// dumpFloor writes the whole floor in its canonical form, see floor.Dump.
func (s *Server) dumpFloor(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	_ = s.floors.Dump(w) // fails only where nobody listens any more
}

// digestFloor writes the floorDigest as JSON.
func (s *Server) digestFloor(w http.ResponseWriter, _ *http.Request) {
	d, err := digest(s.floors)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(d)
}

func digest(f *floor.Floors) (floorDigest, error) {
	hash, from := sha256.New(), f.Position()
	if err := f.Dump(hash); err != nil {
		return floorDigest{}, err
	}
	counts := f.Counts()
	return floorDigest{
		Position: from.String(), Settled: f.Position() == from,
		SHA256:    hex.EncodeToString(hash.Sum(nil)),
		Instances: counts.Instances, Agents: counts.Agents,
	}, nil
}
