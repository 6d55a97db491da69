package server

import (
	"rollcall"
	"rollcall/internal/agentevent"
)

// owner gives the instance that has an id.
func (s *Server) owner(id rollcall.InstanceID) (rollcall.ARN, bool) {
	fl, known := s.floors.Floor(id)
	if !known {
		return rollcall.ARN{}, false
	}
	return fl.ARN(), true
}

// room says that documents name more instances or agents than the server may
// hold. It judges by what the floor has applied: requests that are judged at
// the same moment may together go a little over.
func (s *Server) room(documents []agentevent.Document) error {
	counts := s.floors.Counts()
	if counts.Instances+len(documents) <= s.config.MaxInstances && counts.Agents+len(documents) <= s.config.MaxAgents {
		return nil
	}
	instances := make(map[rollcall.InstanceID]struct{})
	agents := make(map[rollcall.ARN]struct{})
	for i := range documents {
		e := documents[i].Event
		fl, known := s.floors.Floor(e.Instance.Instance)
		if !known {
			instances[e.Instance.Instance] = struct{}{}
		} else if fl.Has(rollcall.AgentID(e.Agent.ID)) {
			continue
		}
		agents[e.Agent] = struct{}{}
	}
	if most := s.config.MaxInstances; counts.Instances+len(instances) > most && len(instances) > 0 {
		return rollcall.Errorf(rollcall.CodeInvalid,
			"the events name %d instances that are new here, and the server has %d of at most %d (--max-instances)", len(instances), counts.Instances, most)
	}
	if most := s.config.MaxAgents; counts.Agents+len(agents) > most && len(agents) > 0 {
		return rollcall.Errorf(rollcall.CodeInvalid,
			"the events name %d agents that are new here, and the server has %d of at most %d (--max-agents)", len(agents), counts.Agents, most)
	}
	return nil
}
