package floor

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"unsafe"
)

// SetListLimit makes postings turn into bitsets beyond so many agents, and the
// totals of larger sets be remembered, on all floors made so far.
func SetListLimit(f *Floors, limit int) {
	for _, fl := range f.Instances() {
		fl.index.limit = func(int) int { return limit }
		fl.totals.dear = limit
	}
}

// CheckFloor compares every index with one rebuilt from the rows.
func CheckFloor(fl *Floor) error {
	fl.mu.RLock()
	defer fl.mu.RUnlock()
	rebuilt := newIndex(&fl.rows)
	for _, page := range fl.rows.pages {
		if page.rows == nil {
			continue
		}
		n := 0
		for _, r := range page.rows {
			if r != nil {
				rebuilt.reindex(nil, r.agent(fl.agents))
				n++
			}
		}
		if n != page.n || n == 0 {
			return fmt.Errorf("a page of %d rows counts %d", n, page.n)
		}
	}
	x := &fl.index
	for r := range liveRows(fl.rows.pages) {
		if x.ordinals.find(r.id()) != r || fl.rows.get(r.ordinal) != r {
			return fmt.Errorf("agent %s with ordinal %d is not found", r.id(), r.ordinal)
		}
	}
	for i := range rebuilt.states {
		if err := checkBitset(fmt.Sprintf("state %d", i), &x.states[i], &rebuilt.states[i]); err != nil {
			return err
		}
	}
	if x.ordinals.n != rebuilt.ordinals.n || x.contacts != rebuilt.contacts || x.span < rebuilt.span {
		return fmt.Errorf("%d agents, %d contacts, span %d, want %d, %d, %d", x.ordinals.n, x.contacts, x.span,
			rebuilt.ordinals.n, rebuilt.contacts, rebuilt.span)
	}
	for _, err := range []error{
		checkBytes(fl),
		checkNames(fl),
		checkBitset("present", &x.present, &rebuilt.present),
		checkBitset("online", &x.online, &rebuilt.online),
		checkMembers(&x.here, &rebuilt.here),
		checkMembers(&x.away, &rebuilt.away),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// checkBytes compares what is shared, and what all takes, with what the rows say.
func checkBytes(fl *Floor) error {
	want, pages := newShared(), 0
	rows, answers := int64(0), make(map[*form]uint32)
	for _, p := range fl.rows.pages {
		if p.rows != nil {
			pages++
		}
	}
	for r := range liveRows(fl.rows.pages) {
		if int64(r.bytes) != priceOfRow(r) {
			return fmt.Errorf("agent %s counts as %d bytes, want %d", r.id(), r.bytes, priceOfRow(r))
		}
		rows += int64(r.bytes)
		want.hold(&row{status: r.status, profile: r.profile, hierarchy: r.hierarchy, concurrency: r.concurrency, contacts: slices.Clone(r.contacts)}, nil)
		for _, f := range r.answer.forms {
			if f != nil {
				answers[f]++
			}
		}
	}
	forms := int64(0)
	for f, n := range answers {
		if key := f.text[:len(f.text)-shortBytes]; f.uses != n || fl.shared.forms.known[key] != f {
			return fmt.Errorf("a form of %d answers counts as %d, or is not known", n, f.uses)
		}
		forms += priceOfForm(f)
	}
	if is := &fl.shared.forms; is.bytes != forms || len(is.known) != len(answers) {
		return fmt.Errorf("%d forms of %d bytes, want %d of %d", len(is.known), is.bytes, len(answers), forms)
	}
	is, bytes := fl.shared, InstanceBytes+rows+want.bytes()+forms+fl.shared.names.bytes+pageBytes*int64(pages)
	if got := fl.countsLocked().Bytes; got != bytes {
		return fmt.Errorf("%d bytes are reckoned, want %d", got, bytes)
	}
	return errors.Join(checkShelf("statuses", &is.statuses, &want.statuses), checkShelf("profiles", &is.profiles, &want.profiles),
		checkShelf("paths", &is.paths, &want.paths), checkShelf("queues", &is.queues, &want.queues), checkShelf("slots", &is.slots, &want.slots))
}

// checkNames compares how often what is named is counted with what the rows say.
func checkNames(fl *Floor) error {
	d, want, bytes := fl.shared.names, newNames(), int64(0)
	for r := range liveRows(fl.rows.pages) {
		want.adopt(r.agent(fl.agents))
		want.hold(r.agent(fl.agents), nil, 1)
	}
	for _, n := range d.list {
		bytes += n.bytes
		rows := 0
		if is := want.kinds[n.kind][n.is.ID]; is != nil {
			rows = is.rows
			delete(want.kinds[n.kind], n.is.ID)
		}
		if d.kinds[n.kind][n.is.ID] != n || n.rows != rows {
			return fmt.Errorf("%+v counts as named %d times, want %d, or is not found", n.is, n.rows, rows)
		}
	}
	for _, missing := range want.kinds {
		if len(missing) > 0 {
			return fmt.Errorf("a row names what is forgotten: %+v", missing)
		}
	}
	if d.bytes != bytes || d.bytes > max(d.room, namesRoom) {
		return fmt.Errorf("%d bytes of names, want %d and no more than %d", d.bytes, bytes, d.room)
	}
	return nil
}

func checkShelf[K comparable, V any](name string, got, want *shelf[K, V]) error {
	if len(got.known) != len(want.known) || len(got.held) != len(want.known) || got.bytes != want.bytes {
		return fmt.Errorf("%s: %d values, %d held, %d bytes, want %d of %d", name, len(got.known), len(got.held), got.bytes, len(want.known), want.bytes)
	}
	for key, k := range want.known {
		if is := got.known[key]; is == nil || is.rows != k.rows {
			return fmt.Errorf("%s: a value of %d rows counts as %+v", name, k.rows, is)
		}
	}
	return nil
}

func checkBitset(name string, got, want *bitset) error {
	g, w := got.appendTo(nil), want.appendTo(nil)
	if !slices.Equal(g, w) || got.n != len(g) {
		return fmt.Errorf("%s: %v counted as %d, want %v", name, g, got.n, w)
	}
	return nil
}

func checkMembers(got, want *members) error {
	return errors.Join(
		checkPostings("queue", &got.queues, &want.queues),
		checkPostings("routing profile", &got.profiles, &want.profiles),
		checkPostings("hierarchy group", &got.groups, &want.groups),
		checkValues("routing profile", &got.byProfile, &want.byProfile),
		checkValues("hierarchy path", &got.byPath, &want.byPath),
	)
}

// checkValues compares who has each value, and demands that holders are several.
func checkValues[V comparable](name string, got, want *values[V]) error {
	numbers := make(map[uint32]bool)
	for value, h := range got.shared {
		w := want.shared[value]
		if w == nil || !slices.Equal(h.ordinals(), w.ordinals()) || h.len() < 2 {
			return fmt.Errorf("%s %v: %v, want %+v", name, value, h.ordinals(), w)
		}
		if numbers[h.number] || int(h.number) >= got.numbers || slices.Contains(got.free, h.number) {
			return fmt.Errorf("%s %v: number %d is another's", name, value, h.number)
		}
		numbers[h.number] = true
	}
	if !maps.Equal(got.sole, want.sole) || len(got.shared) != len(want.shared) || len(numbers)+len(got.free) != got.numbers {
		return fmt.Errorf("%s: %d shared, %d of one, want %d, %d", name, len(got.shared), len(got.sole), len(want.shared), len(want.sole))
	}
	return nil
}

func checkPostings(name string, got, want *postings) error {
	for _, p := range got.all {
		if p == nil {
			continue
		}
		if p.empty() {
			return fmt.Errorf("%s %v: an empty posting was kept", name, p.key)
		}
		if p.isDense() && p.posting.list != nil {
			return fmt.Errorf("%s %v: two forms at once", name, p.key)
		}
		w := want.find(p.key)
		if w == nil || got.find(p.key) != p {
			return fmt.Errorf("%s %v: unwanted, or not found", name, p.key)
		}
		if is, should := everybody(p), slices.Compact(everybody(w)); !slices.Equal(is, should) {
			return fmt.Errorf("%s %v: %v, want %v", name, p.key, is, should)
		}
		if len(p.shared) > mostShared || p.alone && p.shared != nil {
			return fmt.Errorf("%s %v: lists too many holders: %+v", name, p.key, p)
		}
	}
	if got.n != want.n || got.n != len(got.all)-len(got.free) {
		return fmt.Errorf("%s: %d postings, %d of them free, count as %d, want %d", name, len(got.all), len(got.free), got.n, want.n)
	}
	return nil
}

// everybody is who stands under the key, in order, and twice who is found twice.
func everybody(k *keyed) []uint32 {
	all := slices.Clone(k.ordinals())
	for _, h := range k.shared {
		all = append(all, h.ordinals()...)
	}
	slices.Sort(all)
	return all
}

// Space tells how many pages of rows and blocks of bitsets a floor has.
func Space(fl *Floor) (pages, blocks int) {
	for _, p := range fl.rows.pages {
		if p.rows != nil {
			pages++
		}
	}
	x := &fl.index
	sets := []*bitset{&x.present, &x.online}
	for i := range x.states {
		sets = append(sets, &x.states[i])
	}
	for _, b := range sets {
		for _, words := range b.blocks {
			if words != nil {
				blocks++
			}
		}
	}
	return pages, blocks
}

// PlainSnapshot is a snapshot of which no block is compressed.
func PlainSnapshot(f *Floors) ([]byte, error) {
	var b bytes.Buffer
	w, err := newBlockWriter(&b, versionAlone)
	if err != nil {
		return nil, err
	}
	w.enc = nil
	frozen := f.Freeze()
	err = frozen.write(w, frozen.collect(), nil)
	return b.Bytes(), err
}

// Blocks are the blocks of a snapshot.
func Blocks(data []byte) [][]byte {
	var blocks [][]byte
	for rest := data[8:]; len(rest) > 0; {
		n := blockHeaderBytes + int(binary.BigEndian.Uint32(rest[12:]))
		blocks, rest = append(blocks, rest[:n:n]), rest[n:]
	}
	return blocks
}

// Reseal gives the blocks that data has, however long each claims to be, with
// headers that are right for their contents.
func Reseal(data []byte) []byte {
	sealed := slices.Clone(data[:min(8, len(data))])
	for n := uint32(0); len(sealed) >= 8 && len(data)-len(sealed) >= blockHeaderBytes; n++ {
		block := slices.Clone(data[len(sealed):])
		if length := binary.BigEndian.Uint32(block[12:]); uint64(length) < uint64(len(block)-blockHeaderBytes) {
			block = block[:blockHeaderBytes+length]
		}
		binary.BigEndian.PutUint32(block[4:], n)
		binary.BigEndian.PutUint32(block[12:], uint32(len(block)-blockHeaderBytes))
		if block[1] == storedPlain {
			copy(block[8:], block[12:16])
		}
		binary.BigEndian.PutUint32(block[blockCRCOffset:], blockCRC(block[:blockHeaderBytes], block[blockHeaderBytes:]))
		sealed = append(sealed, block...)
	}
	return sealed
}

// Judge and Next are the pure step.
var (
	Judge = judge
	Next  = next
)

// Sizes in memory. The allocator has no other class between 176 and 192 bytes.
const (
	rowBytes    = (unsafe.Sizeof(row{}) + 15) / 16 * 16
	answerBytes = unsafe.Sizeof(Answer{})
	formBytes   = unsafe.Sizeof(form{})
)

// NoLimit is a page that holds everybody.
const NoLimit = math.MaxInt32

// Freeze takes a version and lets it go.
func Freeze(f *Floors) { f.Freeze() }

// Shares tells whether the answers have form number i in common.
func (a *Answer) Shares(other *Answer, i int) bool {
	return a.forms[i] != nil && a.forms[i] == other.forms[i]
}

// NamedBytes is what the names of an instance take.
func NamedBytes(fl *Floor) int64 { return fl.shared.names.bytes }
