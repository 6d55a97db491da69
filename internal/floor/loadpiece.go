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
	agents   []rollcall.Agent // of rows
}

// pieceRows is for how many rows a piece is made: about as many as it has.
const pieceRows = 1500

// follows checks that the block may stand behind one of the kind last.
func (p *piece) follows(last kind) error {
	inOrder := p.kind > last || (p.kind == last && last > kindHead) || (p.kind == kindInstance && last == kindAgents)
	switch {
	case p.kind == 0 || p.kind > kindEnd:
		return p.damage("no such kind is written")
	case (last == 0) != (p.kind == kindHead) || !inOrder || (p.kind == kindAgents && last < kindInstance):
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
	var text Text
	var scratch []byte
	fl, c := p.floor, cursor{rest: content}
	p.rows = make([]*row, 0, pieceRows)
	select {
	case spare := <-l.spare:
		p.agents = spare[:0]
	default:
		p.agents = make([]rollcall.Agent, 0, pieceRows)
	}
	for c.rest != "" {
		r := c.row(&l.shared)
		if c.bad {
			break
		}
		p.rows, p.agents = append(p.rows, r), append(p.agents, rollcall.Agent{})
		a := &p.agents[len(p.agents)-1]
		if c.bad = !r.fill(a, fl.agents); fl.encode != nil && !c.bad {
			text.Reset()
			fl.encode(&text, a, fl.arn)
			r.answer, scratch = fl.floors.pieces.answer(&text, nil, scratch)
		}
	}
	p.err = p.whole(&c)
}
