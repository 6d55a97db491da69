package access

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"rollcall"
	"rollcall/connectapi"
)

// Quota is how often something may be done: PerSecond on average, Burst at
// once.
type Quota = connectapi.Quota

// Throttle limits how often requests are answered, with a token bucket for
// each of whoever shares a quota. It is safe for concurrent use, and holds a
// bounded number of buckets: the ones used longest ago are forgotten, and so
// full again.
type Throttle struct {
	quota  func(operation string) Quota
	bucket func(keyID, operation string, instance rollcall.ARN) bucketKey

	mu    sync.Mutex
	newer map[bucketKey]*rate.Limiter // :: who shares a quota -> bucket
	older map[bucketKey]*rate.Limiter // :: the same, not used since newer was begun
}

// bucketKey is who shares a quota. Members that make no difference are empty.
type bucketKey struct {
	keyID, account, region, operation string
	instance                          rollcall.InstanceID
}

// generationBuckets is after how many buckets those not used are forgotten; at
// most twice as many are held.
const generationBuckets = 10_000

// NewThrottle gives each key a quota of its own on each instance, for all
// operations together.
func NewThrottle(q Quota) *Throttle {
	return &Throttle{quota: func(string) Quota { return q }, bucket: func(keyID, _ string, instance rollcall.ARN) bucketKey {
		return bucketKey{keyID: keyID, account: instance.Account, region: instance.Region, instance: instance.Instance}
	}}
}

// NewAWSThrottle shares each operation's quota at Amazon as Amazon does: among
// all keys and instances of an account in a Region.
func NewAWSThrottle() *Throttle {
	quota := func(operation string) Quota {
		if o := connectapi.Find(operation); o != nil {
			return o.Quota
		}
		return Quota{PerSecond: 2, Burst: 5} // Amazon's for what its list doesn't name
	}
	return &Throttle{quota: quota, bucket: func(_, operation string, instance rollcall.ARN) bucketKey {
		return bucketKey{account: instance.Account, region: instance.Region, operation: operation}
	}}
}

// Take takes one request out of the quota. The error has
// rollcall.CodeThrottled: the request comes too early.
func (t *Throttle) Take(keyID, operation string, instance rollcall.ARN, now time.Time) error {
	if !t.limiter(t.bucket(keyID, operation, instance), operation).AllowN(now, 1) {
		return rollcall.Errorf(rollcall.CodeThrottled, "Rate exceeded")
	}
	return nil
}

func (t *Throttle) limiter(at bucketKey, operation string) *rate.Limiter {
	t.mu.Lock()
	defer t.mu.Unlock()
	if l := t.newer[at]; l != nil {
		return l
	}
	l := t.older[at]
	if l == nil {
		q := t.quota(operation)
		l = rate.NewLimiter(rate.Limit(q.PerSecond), q.Burst)
	}
	if t.newer == nil || len(t.newer) >= generationBuckets {
		t.older, t.newer = t.newer, make(map[bucketKey]*rate.Limiter)
	}
	t.newer[at] = l
	return l
}
