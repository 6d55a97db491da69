package agentevent

// Unknown counts values of growing lists that this release does not know, by
// the member that they are of.
type Unknown struct {
	EventTypes    int
	StatusTypes   int
	ContactStates int
}

// Add counts those of the documents.
func (u *Unknown) Add(documents []Document) {
	for i := range documents {
		e := &documents[i].Event
		if !e.Type.Known() {
			u.EventTypes++
		}
		if e.Snapshot == nil {
			continue
		}
		if s := e.Snapshot.Status; s != nil && !s.Type.Known() {
			u.StatusTypes++
		}
		for k := range e.Snapshot.Contacts {
			if e.Snapshot.Contacts[k].StateWord != "" {
				u.ContactStates++
			}
		}
	}
}
