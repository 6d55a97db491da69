package replay_test

import (
	"bytes"
	"errors"
	"testing"

	"rollcall"
	"rollcall/internal/journal"
	"rollcall/internal/replay"
)

// Damage of what a snapshot holds is damage of the journal, like any other.
func TestLoad_DamageIsOfTheJournal(t *testing.T) {
	var whole bytes.Buffer
	at, err := replay.New(replay.Options{}).WriteSnapshot(&whole)
	if err != nil {
		t.Fatal(err)
	}
	cut := whole.Bytes()[:whole.Len()-1]
	state, err := replay.Load(t.Context(), bytes.NewReader(cut), at, replay.Options{})
	if damage, ok := errors.AsType[*journal.DamageError](err); !ok || state != nil || damage.Err == nil {
		t.Errorf("got %v, %v", state, err)
	}
	if err := replay.Carry(bytes.NewReader(cut), rollcall.Position{Epoch: 7, Pack: 1}, new(bytes.Buffer)); !errors.Is(err, journal.ErrDamaged) {
		t.Errorf("carried: %v", err)
	}
}
