package connect

import "hash/maphash"

// questions remembers what bodies ask, since a program asks the same every few
// seconds, and many programs do. Bodies that were wrong, or go on from a page, are not
// kept.
type questions struct {
	seed                              maphash.Seed
	recent[uint64, *userDataQuestion] // :: hash of the body
}

const (
	questionsBytes = 8 << 20
	// ofEachByte is about how many bytes a question takes for each of its body, whose
	// ids are there as they came and as they are asked for.
	ofEachByte = 8
)

func newQuestions() questions {
	return questions{maphash.MakeSeed(), recent[uint64, *userDataQuestion]{most: questionsBytes}}
}

// find gives the question of exactly this body, or nil.
func (q *questions) find(body []byte) *userDataQuestion {
	if is, ok := q.recent.find(maphash.Bytes(q.seed, body)); ok && is.sent == string(body) {
		return is
	}
	return nil
}

func (q *questions) keep(is *userDataQuestion, body string) {
	is.sent = body
	q.recent.keep(maphash.String(q.seed, body), is, ofEachByte*len(body))
}
