package hub

import (
	"time"

	"rollcall"
	"rollcall/internal/floor"
)

// Whole is a question whose every frame is the whole answer. The encoder gives it
// with the version that it is of.
func Whole(key string, fl *floor.Floor, interval time.Duration, encode func() ([]byte, rollcall.Position, error)) *Question {
	frame := func(from rollcall.Position, _ bool) (Frame, bool) {
		answer, at, err := encode()
		return Frame{From: rollcall.Position{Epoch: from.Epoch}, To: at, Loose: true, Bytes: answer}, err == nil
	}
	return &Question{
		Key: key, Floor: fl, Interval: interval, Frame: frame,
		State: func() (*State, error) {
			answer, at, err := encode()
			return NewState(at, 1, func(int) ([]byte, int, error) { return answer, 0, nil }), err
		},
		Feed: func() (Maker, rollcall.Position) {
			at, _ := fl.Changed()
			return frame, at
		},
	}
}
