package floor

import "rollcall"

// piece is a block that is no table's. It is taken when done is closed.
type piece struct {
	stored
	done     chan struct{}
	err      error
	position rollcall.Position // of a head
	floor    *Floor            // that begins with an instance, or whose agents these are
	count    int               // instances of a head, agents of an instance
	rows     []*row
	named    []*named
	beside   []string
	names    int   // of an instance
	desk     *desk // with the agents of rows; nil when it has none
}

// desk is what agents are unpacked at: room for them, and for the answer of one.
type desk struct {
	floor  *Floor // whose agents were here last
	agents []rollcall.Agent
	text   Text
}

// desk gives one that is free.
func (l *loader) desk(fl *Floor) *desk {
	var d *desk
	select {
	case d = <-l.desks:
	default:
		d = &desk{agents: make([]rollcall.Agent, 0, pieceRows)}
	}
	if d.floor != fl {
		d.floor, d.text = fl, Text{all: &fl.shared.forms, Agents: fl.agents}
	}
	d.agents = d.agents[:0]
	return d
}

// pieceRows is for how many rows a piece is made: about as many as it has.
const pieceRows = 1500

// follows checks that the block may stand behind one of the kind last.
func (p *piece) follows(last kind) error {
	ofInstance := p.kind == kindNamed || p.kind == kindAgents
	inOrder := p.kind.place() > last.place() || (p.kind == last && last > kindHead) || (p.kind == kindInstance && last != kindEnd && last != kindBeside && last.place() > p.kind.place())
	switch {
	case p.kind == 0 || p.kind > kindBeside:
		return p.damage("no such kind is written")
	case (last == 0) != (p.kind == kindHead) || !inOrder || (ofInstance && last.place() < kindInstance.place()):
		return p.damage("it stands behind %s", last)
	}
	return nil
}

// whole checks that the content was read to its end.
func (p *piece) whole(c *cursor) error {
	if c.bad || c.rest != "" {
		return p.damage("its content is not what is written")
	}
	return nil
}

// floor reads an instance.
func (c *cursor) floor(f *Floors) *Floor {
	arn := rollcall.ARN{Partition: c.word(), Region: c.word(), Account: c.word(), Instance: rollcall.InstanceID(c.word())}
	return newFloor(f, arn, c.instant(), c.uint32())
}

// unpackAgents unpacks the rows of a block and encodes their answers.
func (p *piece) unpackAgents(l *loader) {
	defer close(p.done)
	content, err := p.content(l.dec)
	if err != nil {
		p.err = err
		return
	}
	fl, c := p.floor, cursor{rest: content}
	p.rows = make([]*row, 0, pieceRows)
	d := l.desk(fl)
	p.desk = d
	for c.rest != "" {
		r, id, words := c.row(&l.shared)
		if c.bad {
			break
		}
		p.rows, d.agents = append(p.rows, r), append(d.agents, rollcall.Agent{})
		a := &d.agents[len(d.agents)-1]
		if c.bad = !r.fill(a, id, words, fl.agents); c.bad {
			break
		}
		fl.encodeInto(&d.text, a)
		r.setWords(words, &d.text)
	}
	p.err = p.whole(&c)
}
