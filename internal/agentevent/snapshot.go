package agentevent

import "rollcall"

// parts are what nearly every snapshot has, in one piece of memory.
type parts struct {
	snapshot      rollcall.Snapshot
	status        rollcall.Status
	configuration rollcall.Configuration
	profile       rollcall.RoutingProfile
}

// snapshot reads CurrentAgentSnapshot.
func (r *reader) snapshot() *rollcall.Snapshot {
	if !r.object() {
		return nil
	}
	p := new(parts)
	s := &p.snapshot
	r.noting = true
	for name := range r.members {
		switch string(name) {
		case "AgentStatus":
			s.Status = r.status(&p.status)
		case "NextAgentStatus":
			s.Next = r.nextStatus()
		case "Configuration":
			s.Configuration, s.Concurrency = r.configuration(p)
		case "Contacts":
			s.Contacts = r.contacts()
		}
	}
	r.noting = false
	return s
}

func (r *reader) status(s *rollcall.Status) *rollcall.Status {
	if !r.object() {
		return nil
	}
	for name := range r.members {
		switch string(name) {
		case "ARN":
			id, arn := r.id()
			s.ID, s.ARN = rollcall.AgentStatusID(id), arn
		case "Name":
			s.Name = r.word()
		case "StartTimestamp":
			s.StartedAt = r.instant()
		case "Type":
			s.Type = r.statusType()
		}
	}
	switch {
	case !s.Known():
		return nil
	case s.Type == "":
		s.Type = statusTypeOf(s.Name)
	}
	return s
}

func (r *reader) statusType() rollcall.StatusType {
	text := r.text()
	switch string(text) {
	case "":
		return ""
	case string(rollcall.StatusRoutable):
		return rollcall.StatusRoutable
	case string(rollcall.StatusCustom):
		return rollcall.StatusCustom
	case string(rollcall.StatusOffline):
		return rollcall.StatusOffline
	}
	return rollcall.StatusType(r.listed(text))
}

// statusTypeOf is the type of a status that came without: the two that every
// instance has are known by name.
func statusTypeOf(name string) rollcall.StatusType {
	switch name {
	case "Available":
		return rollcall.StatusRoutable
	case "Offline":
		return rollcall.StatusOffline
	}
	return rollcall.StatusCustom
}

func (r *reader) nextStatus() *rollcall.NextStatus {
	if !r.object() {
		return nil
	}
	next := new(rollcall.NextStatus)
	for name := range r.members {
		switch string(name) {
		case "ARN":
			id, arn := r.id()
			next.ID, next.ARN = rollcall.AgentStatusID(id), arn
		case "Name":
			next.Name = r.word()
		case "EnqueuedTimestamp", "EnqueueTimestamp": // the guide's two spellings
			if at := r.instant(); !at.IsZero() {
				next.EnqueuedAt = at
			}
		}
	}
	if *next == (rollcall.NextStatus{}) {
		return nil
	}
	return next
}

// configuration reads Configuration, and the concurrency that stands in its
// routing profile.
func (r *reader) configuration(p *parts) (*rollcall.Configuration, []rollcall.Concurrency) {
	if !r.object() {
		return nil, nil
	}
	var concurrency []rollcall.Concurrency
	c := &p.configuration
	for name := range r.members {
		switch string(name) {
		case "Username":
			c.Username = r.own()
		case "FirstName":
			c.FirstName = r.own()
		case "LastName":
			c.LastName = r.own()
		case "RoutingProfile":
			c.RoutingProfile, concurrency = r.routingProfile(&p.profile)
		case "AgentHierarchyGroups", "HierarchyGroups": // the second in the guide's prose
			if path := r.hierarchy(); path != nil {
				c.Hierarchy = path
			}
		case "Proficiencies":
			c.Proficiencies = r.proficiencies()
		}
	}
	return c, concurrency
}

func (r *reader) proficiencies() []rollcall.Proficiency {
	var list []rollcall.Proficiency
	for range r.items(r.limits.Lists.Proficiencies, "proficiencies") {
		if !r.object() {
			continue
		}
		var p rollcall.Proficiency
		for name := range r.members {
			switch string(name) {
			case "Name":
				p.Name = r.word()
			case "Value":
				p.Value = r.word()
			case "ProficiencyLevel", "Level": // the model's spelling, and the sample's
				if level, ok := r.number(); ok {
					p.Level = level
				}
			}
		}
		list = append(list, p)
	}
	return list
}
