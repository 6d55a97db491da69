package disklog

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// failing is a database in which a compaction is always due, and always fails.
type failing struct {
	c     *compactions
	tried int
}

func (f *failing) GetAllowedWithoutPermission() int { return 1 }
func (f *failing) GetWaitingCompaction() (bool, pebble.WaitingCompaction) {
	return true, pebble.WaitingCompaction{}
}

func (f *failing) Schedule(h pebble.CompactionGrantHandle) bool {
	f.tried++
	f.c.ended(errors.New("a table can't be read"))
	h.Done()
	return true
}

// A compaction that fails each time is tried less and less often, and one that
// succeeds ends that.
func TestCompactions_PauseWhileTheyFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c compactions
		f := &failing{c: &c}
		c.Register(1, f)
		time.Sleep(time.Hour)
		synctest.Wait()
		// 1 + 2 + 4 + … s, then every 5 minutes
		if f.tried < 15 || f.tried > 25 {
			t.Errorf("tried %d times in an hour", f.tried)
		}
		if ok, _ := c.TrySchedule(); ok {
			t.Error("another may begin in a pause")
		}
		c.Unregister()
		if ok, _ := c.TrySchedule(); ok {
			t.Error("another may begin after the end")
		}
	})
	var c compactions
	c.ended(errors.New("a table can't be read"))
	c.ended(nil)
	ok, handle := c.TrySchedule()
	if !ok {
		t.Fatal("none may begin after one that succeeded")
	}
	if ok, _ := c.TrySchedule(); ok {
		t.Error("two may run at a time")
	}
	handle.Done()
	if ok, _ := c.TrySchedule(); !ok {
		t.Error("none may begin after the last ended")
	}
}
