package floor

import "rollcall"

// Text is an answer that is being encoded: forms, which the answers of other
// agents have, too, and what comes into their holes. The zero value is ready for
// Begin. It is for one instance.
type Text struct {
	// Form is what many agents have in common, since the last Share. It is to be
	// the same for many: what varies from agent to agent is for ID and Value.
	Form []byte

	// Agents is what the ARNs of the instance's agents begin with, before their
	// ids; empty where nobody said.
	Agents string

	id    rollcall.AgentID
	holes [maxHoles]hole // in Form
	holed int            // holes

	own   []byte // words: the id, the values
	ended [answerForms]*form
	forms int // ended
	size  int // of the answer, but for Form

	all *formTable // of all texts; nil: they are this text's alone
	key []byte     // scratch
}

// Begin begins the answer of an agent. What was there before is gone.
func (t *Text) Begin(id rollcall.AgentID) {
	t.Form, t.id, t.holed = t.Form[:0], id, 0
	t.own = appendWord(t.own[:0], id)
	t.ended, t.forms, t.size = [answerForms]*form{}, 0, 0
}

// ID makes a hole for the agent's id, as it is.
func (t *Text) ID() {
	if !t.hole(true) {
		t.Form = append(t.Form, t.id...)
		return
	}
	t.size += len(t.id)
}

// Value makes a hole for a value, but none for an empty one.
func (t *Text) Value(v []byte) {
	if len(v) == 0 {
		return
	}
	if !t.hole(false) {
		t.Form = append(t.Form, v...)
		return
	}
	t.own = appendWord(t.own, v)
	t.size += len(v)
}

// hole makes a hole, unless what is being written is a word of the agent's own.
func (t *Text) hole(id bool) bool {
	if t.holed == maxHoles {
		t.end()
	}
	if t.full() {
		return false
	}
	t.holes[t.holed] = hole{at: uint32(len(t.Form)), id: id}
	t.holed++
	return true
}

// full tells whether the answer has room for no more forms: what is written then
// is the agent's own, word by word.
func (t *Text) full() bool { return t.forms == answerForms }

// Share ends a form. Forms are to be few and long: behind the fifth, what an
// answer has is the agent's own.
func (t *Text) Share() {
	if len(t.Form) > 0 || t.holed > 0 {
		t.end()
	}
}

// end makes of what was written a form, or a word of the agent's own.
func (t *Text) end() {
	if t.full() {
		t.own = appendWord(t.own, t.Form)
		t.size += len(t.Form)
	} else {
		if t.all == nil {
			t.all = new(formTable)
		}
		holes := t.holes[:t.holed]
		t.key = appendFormKey(t.key[:0], t.Form, holes)
		f := t.all.take(t.key, t.Form, holes)
		t.ended[t.forms] = f
		t.forms++
		t.size += int(f.size)
	}
	t.Form, t.holed = t.Form[:0], 0
}

// Answer is the answer that the text is.
func (t *Text) Answer() Answer {
	t.Share()
	return t.answer(len(t.own))
}

// answer is the answer of which own[:own] is; behind it are the row's words.
func (t *Text) answer(own int) Answer {
	return Answer{text: string(t.own), forms: t.ended, own: uint32(own), size: uint32(t.size)}
}
