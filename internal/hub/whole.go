package hub

import (
	"time"

	"rollcall"
	"rollcall/internal/floor"
)

// Whole is a question whose every frame is the whole answer. The encoder gives
// it with the version that it is of, or false when it can't be given any more.
func Whole(key string, fl *floor.Floor, interval time.Duration, encode func() ([]byte, rollcall.Position, bool)) *Question {
	frame := func(from rollcall.Position, _ bool) (Frame, bool) {
		answer, at, ok := encode()
		return Frame{From: rollcall.Position{Epoch: from.Epoch}, To: at, Loose: true, Bytes: answer}, ok
	}
	return &Question{
		Key: key, Floor: fl, Interval: interval, Frame: frame,
		Feed: func() (Maker, rollcall.Position) {
			at, _ := fl.Changed()
			return frame, at
		},
	}
}
