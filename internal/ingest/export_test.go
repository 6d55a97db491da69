package ingest

// InFlightBytes is how much of Limits.InFlightBytes is in use.
func (in *Intake) InFlightBytes() int64 { return in.budget.Used() }
