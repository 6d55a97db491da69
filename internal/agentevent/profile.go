package agentevent

import (
	"strings"

	"rollcall"
)

// routingProfile reads RoutingProfile and the Concurrency in it.
func (r *reader) routingProfile(profile *rollcall.RoutingProfile) (*rollcall.RoutingProfile, []rollcall.Concurrency) {
	if !r.object() {
		return nil, nil
	}
	var concurrency []rollcall.Concurrency
	for name := range r.members {
		switch string(name) {
		case "ARN":
			id, arn := r.id()
			profile.ID, profile.ARN = rollcall.RoutingProfileID(id), arn
		case "Name":
			profile.Name = r.word()
		case "InboundQueues":
			profile.InboundQueues = r.queues()
		case "DefaultOutboundQueue":
			profile.DefaultOutboundQueue = r.queue()
		case "Concurrency":
			concurrency = remembered(r, &seen.concurrency, (*reader).concurrency, always)
		}
	}
	return profile, concurrency
}

func always[V any](V) bool { return true }

func (r *reader) queues() []rollcall.Queue {
	list := r.queueList[:0]
	for range r.items(r.limits.Lists.Queues, "queues") {
		if queue := r.queue(); queue != nil {
			list = append(list, queue)
		}
	}
	r.queueList = list
	if len(list) == 0 {
		return nil
	}
	queues := make([]rollcall.Queue, len(list))
	for i, queue := range list {
		queues[i] = *queue
	}
	return queues
}

// queue reads a queue. Agents' own queues are as many as agents, so they would
// drive the others out of the memo.
func (r *reader) queue() *rollcall.Queue {
	return remembered(r, &seen.queues, (*reader).newQueue, func(q *rollcall.Queue) bool {
		return q != nil && !q.Agent
	})
}

func (r *reader) newQueue() *rollcall.Queue {
	if !r.object() {
		return nil
	}
	queue := new(rollcall.Queue)
	for name := range r.members {
		switch string(name) {
		case "ARN":
			id, arn := r.id()
			queue.ID, queue.ARN = rollcall.QueueID(id), arn
			queue.Agent = strings.HasSuffix(strings.TrimSuffix(arn, id), ownQueues)
		case "Name":
			queue.Name = r.word()
		case "Channels":
			queue.Channels = remembered(r, &seen.channels, (*reader).channels, always)
		}
	}
	if queue.ID == "" {
		return nil
	}
	return queue
}

func (r *reader) channels() []rollcall.Channel {
	var list []rollcall.Channel
	for range r.items(r.limits.Lists.Channels, "channels") {
		if channel := r.channel(); channel != "" {
			list = append(list, channel)
		}
	}
	return list
}

// ownQueues is what stands before the id of an agent's own queue.
const ownQueues = "/" + rollcall.TypeAgentQueue + "/"

func (r *reader) concurrency() []rollcall.Concurrency {
	var list []rollcall.Concurrency
	for range r.items(r.limits.Lists.Channels, "channels") {
		if !r.object() {
			continue
		}
		var c rollcall.Concurrency
		for name := range r.members {
			switch string(name) {
			case "Channel":
				c.Channel = r.channel()
			case "MaximumSlots":
				c.MaximumSlots = r.slots()
			case "AvailableSlots":
				c.AvailableSlots = r.slots()
			}
		}
		if c.Channel != "" {
			list = append(list, c)
		}
	}
	return list
}

// hierarchy reads AgentHierarchyGroups; nil for an agent in no group.
func (r *reader) hierarchy() *rollcall.HierarchyPath {
	return remembered(r, &seen.hierarchies, (*reader).newHierarchy, always)
}

func (r *reader) newHierarchy() *rollcall.HierarchyPath {
	if !r.object() {
		return nil
	}
	path := new(rollcall.HierarchyPath)
	for name := range r.members {
		if level, ok := hierarchyLevel(name); ok {
			path[level] = r.hierarchyGroup()
		}
	}
	if *path == (rollcall.HierarchyPath{}) {
		return nil
	}
	return path
}

// hierarchyLevel reads Level1 to Level5 as 0 to 4.
func hierarchyLevel(name []byte) (int, bool) {
	digit, ok := strings.CutPrefix(string(name), "Level")
	if !ok || len(digit) != 1 || digit[0] < '1' || digit[0] >= '1'+rollcall.HierarchyLevels {
		return 0, false
	}
	return int(digit[0] - '1'), true
}

func (r *reader) hierarchyGroup() rollcall.HierarchyGroup {
	return remembered(r, &seen.groups, (*reader).newHierarchyGroup, always)
}

func (r *reader) newHierarchyGroup() rollcall.HierarchyGroup {
	if !r.object() {
		return rollcall.HierarchyGroup{}
	}
	var group rollcall.HierarchyGroup
	for name := range r.members {
		switch string(name) {
		case "ARN":
			id, arn := r.id()
			group.ID, group.ARN = rollcall.HierarchyGroupID(id), arn
		case "Name":
			group.Name = r.word()
		}
	}
	if group.ID == "" {
		return rollcall.HierarchyGroup{}
	}
	return group
}
