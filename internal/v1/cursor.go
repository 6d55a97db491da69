package v1

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"rollcall"
)

// A cursor is EPOCH-ORDINAL-CHECK: the life of the journal in which the ordinal
// of the last agent returned means something, the ordinal, and a hash over both,
// the instance and the filters. It holds no secret; the hash keeps a client from
// going on with another question by mistake, where agents would be missing and
// nobody would notice.

const checkBytes = 8

// nextCursor is the cursor behind a page.
func (q *question) nextCursor(at rollcall.Position, next rollcall.Cursor) string {
	place := at.Epoch.String() + "-" + strconv.FormatUint(uint64(next.Ordinal), 10)
	return place + "-" + q.check(place)
}

// open gives what the cursor says to a page that was read at the position.
func (q *question) open() (epoch rollcall.Epoch, after rollcall.Cursor, err error) {
	if q.after == "" {
		return 0, rollcall.Cursor{}, nil
	}
	foreign := rollcall.Errorf(rollcall.CodeInvalid,
		"cursor: %q is no nextCursor of this instance and these filters: repeat both as they were, or leave cursor out to begin anew", rollcall.Shorten(q.after))
	end := strings.LastIndexByte(q.after, '-')
	if end < 0 || q.check(q.after[:end]) != q.after[end+1:] {
		return 0, rollcall.Cursor{}, foreign
	}
	var life string
	life, ordinal, _ := strings.Cut(q.after[:end], "-")
	e, err := strconv.ParseUint(life, 16, 64)
	if err != nil {
		return 0, rollcall.Cursor{}, foreign
	}
	o, err := strconv.ParseUint(ordinal, 10, 32)
	if err != nil {
		return 0, rollcall.Cursor{}, foreign
	}
	return rollcall.Epoch(e), rollcall.Cursor{Ordinal: uint32(o), Started: true}, nil
}

// errEpoch refuses a cursor of another life of the journal.
func (q *question) errEpoch(is rollcall.Epoch) error {
	return rollcall.Errorf(rollcall.CodeInvalid,
		"cursor: %q is of an earlier life of this journal, whose epoch is %s: it was imported or salvaged since. Leave cursor out to begin anew.", rollcall.Shorten(q.after), is)
}

// check is the hash that binds a place to the question.
func (q *question) check(place string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q %q %t %d", place, q.instance, q.query.IncludeOffline, q.query.ContactStates)
	bind(&b, q.query.Queues)
	bind(&b, q.query.RoutingProfiles)
	bind(&b, q.query.Agents)
	bind(&b, q.query.HierarchyGroups)
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:checkBytes])
}

// bind writes a filter so that neither the order nor repetitions matter.
func bind[ID ~string](b *strings.Builder, ids []ID) {
	sorted := slices.Sorted(slices.Values(ids))
	fmt.Fprintf(b, " %q", slices.Compact(sorted))
}
