package instance_test

import (
	"strings"
	"testing"
	"time"

	"rollcall"
	"rollcall/internal/floor"
	"rollcall/internal/instance"
)

var (
	support   = rollcall.ARN{Partition: "aws", Region: "eu-west-1", Account: "123456789012", Instance: "support"}
	elsewhere = rollcall.ARN{Partition: "aws", Region: "us-east-1", Account: "210987654321", Instance: "elsewhere"}
)

// floorsOf are the floors of instances in which there is an agent each.
func floorsOf(instances ...rollcall.ARN) *floor.Floors {
	floors := floor.New(floor.Options{})
	for i, instance := range instances {
		agent := instance.Child(rollcall.TypeAgent, "ann")
		floors.Apply([]rollcall.Record{{
			Position: rollcall.Position{Epoch: 7, Pack: uint64(i) + 1},
			Event: &rollcall.Event{
				Type: rollcall.EventLogin, At: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC),
				Agent: agent, AgentARN: agent.String(), Instance: instance,
			},
		}})
	}
	return floors
}

func TestFind_ByIDAndARN(t *testing.T) {
	foreign := support
	foreign.Account = "000000000000"
	home := support
	home.Instance = "nowhere"
	for name, c := range map[string]struct {
		floors *floor.Floors
		name   string
		arn    string
		here   bool
	}{
		"id":                        {floorsOf(support), "support", support.String(), true},
		"ARN":                       {floorsOf(support), support.String(), support.String(), true},
		"ARN of another account":    {floorsOf(support), foreign.String(), foreign.String(), false},
		"id that isn't here":        {floorsOf(support), "nowhere", home.String(), false},
		"id, instances of two":      {floorsOf(support, elsewhere), "nowhere", "arn:aws:connect:*:*:instance/nowhere", false},
		"id, no instance":           {floorsOf(), "nowhere", "arn:aws:connect:*:*:instance/nowhere", false},
		"id, here among instances":  {floorsOf(support, elsewhere), "elsewhere", elsewhere.String(), true},
		"ARN, here among instances": {floorsOf(support, elsewhere), elsewhere.String(), elsewhere.String(), true},
	} {
		p, why := instance.Find(c.floors, c.name)
		if why != "" || p.ARN.String() != c.arn || (p.Floor != nil) != c.here {
			t.Errorf("%s: %s, here %t, %q; want %s, here %t", name, p.ARN, p.Floor != nil, why, c.arn, c.here)
		}
	}
}

func TestFind_SaysWhatIsNoInstance(t *testing.T) {
	for _, name := range []string{"", "a/b", "a\x00", strings.Repeat("x", 257), "arn:aws:s3:::bucket", support.Child("queue", "q").String()} {
		if _, why := instance.Find(floorsOf(support), name); !strings.HasPrefix(why, "want an instance's id") {
			t.Errorf("%q: %q", name, why)
		}
	}
}

// deniedOn is a sender who may do everything but to one resource.
type deniedOn struct{ resource rollcall.ARN }

func (deniedOn) KeyID() string   { return "test" }
func (deniedOn) Unlimited() bool { return false }

func (d deniedOn) Allow(action string, _ rollcall.ARN, resources ...rollcall.ARN) error {
	for _, r := range resources {
		if r == d.resource || r.Account == "*" { // as a policy that names an account
			return rollcall.Errorf(rollcall.CodeDenied, "%s on %s", action, r)
		}
	}
	return nil
}

// On a server of several accounts, too, a denial names what is denied.
func TestPermit_NamesTheResourceThatIsNotPermitted(t *testing.T) {
	p, _ := instance.Find(floorsOf(support, elsewhere), "support")
	queues := func(ids ...string) func(rollcall.ARN) []rollcall.ARN {
		return func(at rollcall.ARN) (list []rollcall.ARN) {
			for _, id := range ids {
				list = append(list, at.Child(rollcall.TypeQueue, id))
			}
			return list
		}
	}
	sender := deniedOn{support.Child(rollcall.TypeQueue, "q2")}
	err := p.Permit(sender, "ask", queues("q1", "q2"))
	if want := "ask on " + sender.resource.String(); rollcall.ErrorMessage(err) != want {
		t.Errorf("error is %v, want %s", err, want)
	}
	// Where nothing is permitted, it is as if the instance weren't here.
	err = p.Permit(sender, "ask", queues("q2"))
	if want := "ask on arn:aws:connect:*:*:instance/support/queue/q2"; rollcall.ErrorMessage(err) != want {
		t.Errorf("error is %v, want %s", err, want)
	}
}
