package connect

import (
	"slices"

	"rollcall"
	"rollcall/internal/floor"
)

// joined remembers pages as they were joined: who asks for a team every few seconds
// mostly gets what another got before, since a floor of thousands has some changes a
// second and a page a hundred agents. A page is known by its answers, which never
// change: as long as the floor gives the same ones their bytes are the same, so
// nothing here can be old.
type joined struct {
	recent[joinedKey, *joinedPage]
}

// fewAnswers are joined as fast as they are found.
const fewAnswers = 8

func newJoined(most int) joined { return joined{recent[joinedKey, *joinedPage]{most: most}} }

// joinedKey is the agents of a page. In which state they are its answers tell.
type joinedKey struct {
	instance rollcall.InstanceID
	who      uint64 // floor.Page.Who
}

type joinedPage struct {
	answers []*floor.Answer
	text    []byte // nil while it was asked for only once
}

// text gives the answers joined, or nil where they are asked for the first time: what
// is never asked for again is not worth its memory.
func (j *joined) text(instance rollcall.InstanceID, page *floor.Page) []byte {
	answers := page.Answers
	if len(answers) < fewAnswers {
		return nil
	}
	key := joinedKey{instance, page.Who}
	is, _ := j.find(key)
	again := is != nil && slices.Equal(is.answers, answers)
	if again && is.text != nil {
		return is.text
	}
	is = &joinedPage{answers: answers}
	size := floor.Size(answers)
	held := size / 2 // about, by rows that the floor has no more
	if again {
		is.text = floor.Join(nil, answers)
		held += size
	}
	j.keep(key, is, held)
	return is.text
}
