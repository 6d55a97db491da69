package rollcall_test

import (
	"testing"
	"time"

	"rollcall"
)

func TestActivity_TheFirstInOrderOfPrecedenceHidesTheOthers(t *testing.T) {
	at := func(s int) time.Time { return time.Unix(int64(s), 0) }
	contact := func(state rollcall.ContactState, method string, since int) rollcall.Contact {
		return rollcall.Contact{State: state, InitiationMethod: method, StateStartedAt: at(since)}
	}
	for _, c := range []struct {
		name     string
		status   rollcall.StatusType
		contacts []rollcall.Contact
		want     rollcall.Activity
		since    int
	}{
		{"no contact, routable", rollcall.StatusRoutable, nil, rollcall.ActivityAvailable, 1},
		{"no contact, custom status", rollcall.StatusCustom, nil, rollcall.ActivityCustom, 1},
		{"no contact, offline", rollcall.StatusOffline, nil, rollcall.ActivityOffline, 1},
		{"offline with after contact work", rollcall.StatusOffline, []rollcall.Contact{contact(rollcall.StateEnded, "INBOUND", 5)}, rollcall.ActivityAfterContactWork, 5},
		{"two chats on contact", rollcall.StatusRoutable, []rollcall.Contact{
			contact(rollcall.StateConnected, "INBOUND", 9), contact(rollcall.StateConnected, "INBOUND", 7), contact(rollcall.StateEnded, "INBOUND", 3),
		}, rollcall.ActivityOnContact, 7},
		{"ringing inbound", rollcall.StatusRoutable, []rollcall.Contact{contact(rollcall.StateConnecting, "INBOUND", 4)}, rollcall.ActivityIncoming, 4},
		{"ringing outbound", rollcall.StatusRoutable, []rollcall.Contact{contact(rollcall.StateConnecting, "OUTBOUND", 4)}, rollcall.ActivityOnContact, 4},
		{"a paused task", rollcall.StatusRoutable, []rollcall.Contact{contact(rollcall.StatePaused, "API", 4)}, rollcall.ActivityOnContact, 4},
		{"monitoring", rollcall.StatusRoutable, []rollcall.Contact{contact(rollcall.StateConnected, "MONITOR", 4)}, rollcall.ActivityMonitoring, 4},
		{"missed beside a call", rollcall.StatusRoutable, []rollcall.Contact{
			contact(rollcall.StateConnected, "INBOUND", 2), contact(rollcall.StateMissed, "INBOUND", 6),
		}, rollcall.ActivityMissed, 6},
		{"an error above all", rollcall.StatusRoutable, []rollcall.Contact{
			contact(rollcall.StateRejected, "INBOUND", 2), contact(rollcall.StateMissed, "INBOUND", 6), contact(rollcall.StateError, "INBOUND", 8),
		}, rollcall.ActivityError, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := &rollcall.Agent{Status: rollcall.Status{Type: c.status, StartedAt: at(1)}, Contacts: c.contacts}
			if got := a.Activity(); got != c.want {
				t.Errorf("Activity() = %s, want %s", got, c.want)
			}
			if got := a.ActivitySince(); !got.Equal(at(c.since)) {
				t.Errorf("ActivitySince() = %d, want %d", got.Unix(), c.since)
			}
		})
	}
}
