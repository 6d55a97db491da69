package floor_test

import (
	"testing"
	"time"

	"rollcall"
	"rollcall/internal/floor"
)

func TestSmoke(t *testing.T) {
	f := floor.New(floor.Options{Encode: func(dst []byte, a *rollcall.Agent, _ rollcall.ARN) []byte { return append(dst, a.ID...) }})
	inst := rollcall.ARN{Partition: "aws", Region: "r", Account: "1", Instance: "i"}
	st := &rollcall.Status{Name: "Available", Type: rollcall.StatusRoutable}
	e := &rollcall.Event{Instance: inst, Agent: inst.Child("agent", "ana"), AgentARN: inst.Child("agent", "ana").String(), At: time.Unix(10, 0), Type: rollcall.EventLogin, Snapshot: &rollcall.Snapshot{Status: st}}
	c := f.Apply([]rollcall.Record{{Position: rollcall.Position{Epoch: 1, Pack: 1}, Event: e}})
	fl, ok := f.Floor("i")
	if !ok || len(c) != 1 {
		t.Fatal(ok, c)
	}
	p := fl.Select(&rollcall.Query{}, rollcall.Cursor{}, 10)
	if p.Total != 1 || string(p.Answers[0]) != "ana" || p.Position != c[0].Position {
		t.Fatalf("%+v", p)
	}
	if err := floor.CheckFloor(fl); err != nil {
		t.Fatal(err)
	}
}
