package journal

// Local is what a Log has that is kept on this machine, whose disk may hang.
type Local interface {
	Log

	// Stalled wraps ErrStalled and says what takes so long, while a write or sync
	// has been under way for longer than it may. Otherwise it is nil.
	Stalled() error
}
