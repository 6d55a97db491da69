package kinesistest

// Fault is what becomes of a request: one of those below, or the name of an
// exception that it is refused with, such as LimitExceededException.
type Fault string

// What can become of a request besides a refusal.
const (
	None  Fault = ""      // it is answered as it should be
	Lost  Fault = "lost"  // it is done, and the connection is cut before the answer
	Cut   Fault = "cut"   // the connection is cut in the middle of the answer
	Bare  Fault = "bare"  // a subscription hears neither where to go on nor of an end; no fault of other requests
	Stall Fault = "stall" // a subscription hears nothing any more; no fault of other requests
)

// Fail gives the fault of the next request that has none yet.
func (s *Stream) Fail(fault Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, fault)
}

// Hide refuses all who would read records with an exception; None lets them again.
func (s *Stream) Hide(exception Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hidden = exception
}

// Break ends the subscriptions that there are: by an exception among the events,
// or by a fault.
func (s *Stream) Break(fault Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = fault
	s.breaks++
	s.wake()
}

// Asked tells how often an operation was asked for, refusals included.
func (s *Stream) Asked(operation string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[operation]
}

// refusal is an exception of the service.
type refusal struct{ code, message string }

func (r *refusal) Error() string { return r.code + ": " + r.message }

// enter counts a request, and gives its fault, or an exception instead of an answer.
func (s *Stream) enter(operation string, in *request) (Fault, error) {
	s.asked[operation]++
	fault := None
	if len(s.faults) > 0 {
		fault, s.faults = s.faults[0], s.faults[1:]
	}
	reads := operation == "GetShardIterator" || operation == "GetRecords" || operation == "SubscribeToShard"
	switch {
	case !s.there || !s.isMeant(in):
		return fault, &refusal{"ResourceNotFoundException", "Stream " + s.Name + " under account " + account + " not found."}
	case fault == "ExpiredIteratorException" && operation != "GetRecords", fault == Stall, fault == Bare: // can't be
		return None, nil
	case fault != None && fault != Lost && fault != Cut:
		return fault, &refusal{string(fault), "It was ordered."}
	case reads && s.hidden != None:
		return fault, &refusal{string(s.hidden), "It was ordered."}
	}
	return fault, nil
}

// isMeant tells whether a request that names a stream means this one.
func (s *Stream) isMeant(in *request) bool {
	return (in.StreamName == "" || in.StreamName == s.Name) && (in.StreamARN == "" || in.StreamARN == s.ARN())
}
