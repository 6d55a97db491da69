package connect

import (
	"fmt"
	"strings"

	"rollcall"
)

// maxFaults is how many faults one message tells. A request can have
// thousands, each with its value; the rest is counted.
const maxFaults = 10

// faults gathers what is wrong with a request, so that a client learns all of it
// at once. Each is a sentence that names the member, the
// value and the limit.
type faults struct {
	told []string
	more int
}

func (f *faults) add(format string, args ...any) {
	if len(f.told) == maxFaults {
		f.more++
		return
	}
	f.told = append(f.told, fmt.Sprintf(format, args...))
}

// err is nil when there are no faults.
func (f *faults) err(code rollcall.Code) error {
	switch {
	case len(f.told) == 0:
		return nil
	case f.more > 0:
		return rollcall.Errorf(code, "%s And %d more.", strings.Join(f.told, " "), f.more)
	default:
		return &rollcall.Error{Code: code, Message: strings.Join(f.told, " ")}
	}
}
