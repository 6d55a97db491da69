package access

import "time"

// Within is the Pass of something inside the process that brings events or asks
// questions by itself, such as a source that reads a stream: id stands for it in
// logs and quotas. A policy bounds it as it does a key; nil lets it do
// everything.
func Within(id string, policy *Policy, now time.Time) Pass {
	return &pass{keyID: id, name: id, policy: policy, now: now}
}
