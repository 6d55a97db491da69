package natslog_test

import (
	"errors"
	"slices"
	"testing"

	"rollcall/internal/journal"
	"rollcall/internal/journal/natslog"

	"pgregory.net/rapid"
)

// stored is one pack of a stream that a test makes up.
type stored struct {
	node string
	natslog.Element
}

// drawStream makes a stream up as nodes write it.
func drawStream(t *rapid.T) []stored {
	nodes := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 1, 40).Draw(t, "nodes")
	newest := map[string]uint64{}
	var stream []stored
	for i, node := range nodes {
		sequence := uint64(i) + 1
		stream = append(stream, stored{node, natslog.Element{Sequence: sequence, Before: newest[node], Sum: uint32(sequence)}})
		newest[node] = sequence
	}
	return stream
}

func neverTrimmed(uint64) (bool, error) { return false, nil }

func TestChain_TakesWhatNodesWriteFromAnyPlaceOn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stream := drawStream(t)
		begin := rapid.IntRange(0, len(stream)-1).Draw(t, "begin")
		verify := natslog.NewChain(uint64(begin)+1, neverTrimmed)
		for _, s := range stream[begin:] {
			if err := verify(s.node, s.Element); err != nil {
				t.Fatalf("%+v: %v", s, err)
			}
		}
	})
}

// A stream whose end was cut off and written anew has sequences without a hole.
func TestChain_FindsALossThatSequencesDoNotShow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stream := drawStream(t)
		lost := rapid.IntRange(0, len(stream)-1).Draw(t, "lost")
		node := stream[lost].node
		later := slices.IndexFunc(stream[lost+1:], func(s stored) bool { return s.node == node })
		if later < 0 {
			t.Skip("the node wrote nothing behind it")
		}
		verify := natslog.NewChain(1, neverTrimmed)
		for i, s := range stream {
			if i == lost {
				// Something else lies there, by a node that is new.
				s = stored{"other", natslog.Element{Sequence: s.Sequence, Sum: 1}}
			}
			err := verify(s.node, s.Element)
			if want := i == lost+1+later; (err != nil) != want {
				t.Fatalf("pack %d was lost; pack %d of the same node is %d; at %d: %v", lost+1, lost+2+later, s.Sequence, i+1, err)
			}
			if err != nil {
				if !errors.Is(err, journal.ErrDamaged) || !errors.Is(err, journal.ErrGap) {
					t.Fatalf("got %v, want damage and a gap", err)
				}
				return
			}
		}
	})
}

func TestChain_TakesAPackThatWasStoredTwice(t *testing.T) {
	verify := natslog.NewChain(1, neverTrimmed)
	for _, e := range []natslog.Element{
		{Sequence: 1, Before: 0, Sum: 10},
		{Sequence: 2, Before: 1, Sum: 20},
		{Sequence: 3, Before: 1, Sum: 20}, // the same again
		{Sequence: 4, Before: 3, Sum: 30},
	} {
		if err := verify("a", e); err != nil {
			t.Errorf("%+v: %v", e, err)
		}
	}
	if err := verify("a", natslog.Element{Sequence: 5, Before: 3, Sum: 31}); err == nil {
		t.Error("another pack in the place of one that is there was taken")
	}
}

func TestChain_BeginsAnewOnlyWhereAllWasTrimmed(t *testing.T) {
	first := uint64(1)
	verify := natslog.NewChain(1, func(sequence uint64) (bool, error) { return sequence < first, nil })
	if err := verify("a", natslog.Element{Sequence: 1}); err != nil {
		t.Fatal(err)
	}
	if err := verify("a", natslog.Element{Sequence: 2, Sum: 1}); !errors.Is(err, journal.ErrDamaged) {
		t.Errorf("a chain that begins anew: got %v, want damage", err)
	}
	first = 2
	if err := verify("a", natslog.Element{Sequence: 2, Sum: 1}); err != nil {
		t.Errorf("a chain that begins anew behind a trim: %v", err)
	}
	unreachable := errors.New("unreachable")
	verify = natslog.NewChain(1, func(uint64) (bool, error) { return false, unreachable })
	_ = verify("a", natslog.Element{Sequence: 1})
	if err := verify("a", natslog.Element{Sequence: 2, Sum: 1}); !errors.Is(err, unreachable) {
		t.Errorf("got %v, want %v", err, unreachable)
	}
}

func TestChain_RefusesAPackBeforeItself(t *testing.T) {
	verify := natslog.NewChain(1, neverTrimmed)
	if err := verify("a", natslog.Element{Sequence: 3, Before: 3}); !errors.Is(err, journal.ErrDamaged) {
		t.Errorf("got %v, want damage", err)
	}
}
