package rollcall

import (
	"strings"
	"time"
)

// Activity is what an agent is doing, seen over the status and all contacts:
// the word a supervisor wants. Amazon Connect shows it on its own pages and
// leaves it out of the operation. Source: Amazon Connect Administrator Guide,
// "Agent activity".
type Activity uint8

// The activities, in the order in which one hides the others.
const (
	ActivityError Activity = iota
	ActivityMissed
	ActivityRejected
	ActivityMonitoring
	ActivityOnContact
	ActivityAfterContactWork
	ActivityIncoming
	ActivityCustom // a custom status; its name says which
	ActivityAvailable
	ActivityOffline
	activities int = iota
)

var activityNames = [activities]string{
	"Error", "Missed", "Rejected", "Monitoring", "On contact", "After contact work",
	"Incoming", "Custom", "Available", "Offline",
}

// String names the activity as Amazon Connect's pages do.
func (a Activity) String() string {
	if int(a) < len(activityNames) {
		return activityNames[a]
	}
	return "Unknown"
}

// Activities lists all activities in their order of precedence.
func Activities() []Activity {
	all := make([]Activity, activities)
	for i := range all {
		all[i] = Activity(i)
	}
	return all
}

// Activity is the agent's activity: the first in order of precedence that any
// contact gives, else what the status says.
func (a *Agent) Activity() Activity {
	best := a.statusActivity()
	for i := range a.Contacts {
		best = min(best, a.Contacts[i].activity())
	}
	return best
}

// ActivityName is the activity's word for people: a custom status goes by its
// own name.
func (a *Agent) ActivityName() string {
	activity := a.Activity()
	if activity == ActivityCustom && strings.TrimSpace(a.Status.Name) != "" {
		return a.Status.Name
	}
	return activity.String()
}

func (a *Agent) statusActivity() Activity {
	switch a.Status.Type.Nearest() {
	case StatusRoutable:
		return ActivityAvailable
	case StatusCustom:
		return ActivityCustom
	case StatusOffline:
		return ActivityOffline
	}
	return ActivityOffline
}

func (c *Contact) activity() Activity {
	switch c.State {
	case StateError:
		return ActivityError
	case StateMissed:
		return ActivityMissed
	case StateRejected:
		return ActivityRejected
	case StateConnected, StateConnectedOnHold, StatePaused:
		if c.InitiationMethod == "MONITOR" {
			return ActivityMonitoring
		}
		return ActivityOnContact
	case StateConnecting, StatePending:
		if c.Outbound() {
			return ActivityOnContact
		}
		return ActivityIncoming
	case StateEnded:
		return ActivityAfterContactWork
	case StateIncoming, StateUnknown:
		return ActivityIncoming
	}
	return ActivityIncoming
}

// ActivitySince is when the agent's activity began: the earliest instant at
// which one of the contacts that give it entered its state, else when the
// status began.
func (a *Agent) ActivitySince() time.Time {
	activity, since := a.Activity(), time.Time{}
	for i := range a.Contacts {
		c := &a.Contacts[i]
		if c.activity() == activity && (since.IsZero() || c.StateStartedAt.Before(since)) {
			since = c.StateStartedAt
		}
	}
	if since.IsZero() {
		return a.Status.StartedAt
	}
	return since
}
