package access_test

import (
	"strconv"
	"testing"
	"time"

	"rollcall"
	"rollcall/internal/access"
)

const operation = "GetCurrentUserData"

func wantTaken(t *testing.T, th *access.Throttle, keyID string, instance rollcall.ARN, now time.Time, want int) {
	t.Helper()
	got := 0
	for range want + 3 {
		err := th.Take(keyID, operation, instance, now)
		if err == nil {
			got++
		} else if rollcall.ErrorCode(err) != rollcall.CodeThrottled || rollcall.ErrorMessage(err) != "Rate exceeded" {
			t.Fatalf("error is %v", err)
		}
	}
	if got != want {
		t.Errorf("%d taken, want %d", got, want)
	}
}

func TestThrottle_RefillsAsTimePasses(t *testing.T) {
	th := access.NewThrottle(access.Quota{PerSecond: 10, Burst: 20})
	wantTaken(t, th, "one", support, noon, 20)
	wantTaken(t, th, "one", support, noon.Add(99*time.Millisecond), 0)
	wantTaken(t, th, "one", support, noon.Add(500*time.Millisecond), 5)
	wantTaken(t, th, "one", support, noon.Add(time.Hour), 20)
}

func TestThrottle_EachKeyHasAQuotaOnEachInstance(t *testing.T) {
	th := access.NewThrottle(access.Quota{PerSecond: 1, Burst: 3})
	sales := support
	sales.Instance = "sales"
	wantTaken(t, th, "one", support, noon, 3)
	wantTaken(t, th, "two", support, noon, 3)
	wantTaken(t, th, "one", sales, noon, 3)
	if err := th.Take("one", "ListUsers", support, noon); err == nil {
		t.Error("another operation has a quota of its own")
	}
}

func TestAWSThrottle_IsSharedByAnAccountInARegion(t *testing.T) {
	th := access.NewAWSThrottle()
	sales, us, other := support, support, support
	sales.Instance, us.Region, other.Account = "sales", "us-east-1", "999999999999"
	wantTaken(t, th, "one", support, noon, 5)
	wantTaken(t, th, "two", sales, noon, 0)
	wantTaken(t, th, "one", us, noon, 5)
	wantTaken(t, th, "one", other, noon, 5)
	wantTaken(t, th, "one", support, noon.Add(time.Second), 2)
	if err := th.Take("one", "ListUsers", support, noon); err != nil {
		t.Errorf("another operation: %v", err)
	}
}

func TestThrottle_ForgetsOnlyWhoIsIdle(t *testing.T) {
	th := access.NewThrottle(access.Quota{PerSecond: 1, Burst: 1})
	wantTaken(t, th, "busy", support, noon, 1)
	for i := range 5 * access.MaxBuckets {
		if err := th.Take("idle-"+strconv.Itoa(i), operation, support, noon); err != nil {
			t.Fatal(err)
		}
		if err := th.Take("busy", operation, support, noon); err == nil {
			t.Fatalf("forgotten after %d others", i)
		}
	}
	if n := th.Buckets(); n > access.MaxBuckets {
		t.Errorf("%d buckets are held, want at most %d", n, access.MaxBuckets)
	}
}
