package main

import (
	"context"
	"strings"
)

// isolates cuts a host off from all others, in both directions or in one.
func isolates(name string, copies int, w *network, whom func(context.Context, *blow) *host) fault {
	return fault{name: name, copies: copies, strike: func(ctx context.Context, b *blow) error {
		h := whom(ctx, b)
		out, in := true, true
		switch b.dice.IntN(4) {
		case 0:
			in = false
		case 1:
			out = false
		}
		var pairs [][2]*host
		for _, other := range w.hosts {
			if other != h && out {
				pairs = append(pairs, [2]*host{h, other})
			}
			if other != h && in {
				pairs = append(pairs, [2]*host{other, h})
			}
		}
		return w.severed(ctx, b, pairs)
	}}
}

// isolatesLong cuts a host off from all others until its node must have noticed.
func isolatesLong(name string, copies int, w *network, nodes []*node) fault {
	return fault{name: name, copies: copies, strike: func(ctx context.Context, b *blow) error {
		h := pick(b, w.hosts)
		b.whom, b.parts = h.name, true
		for _, other := range w.hosts {
			if other == h {
				continue
			}
			for _, pair := range [][2]*host{{h, other}, {other, h}} {
				mend, err := w.cut(ctx, pair[0], pair[1])
				if err != nil {
					return err
				}
				defer mend()
			}
		}
		if stays(ctx, noticeTime, func() bool { return true }) {
			b.mustOwnUp(ctx, nodes[h.index])
		}
		return nil
	}}
}

// splits cuts two hosts off from each other; the others reach both.
func splits(name string, copies int, w *network) fault {
	return fault{name: name, copies: copies, strike: func(ctx context.Context, b *blow) error {
		from := b.dice.IntN(len(w.hosts))
		to := (from + 1) % len(w.hosts)
		return w.severed(ctx, b, [][2]*host{{w.hosts[from], w.hosts[to]}, {w.hosts[to], w.hosts[from]}})
	}}
}

// severed cuts directions, and mends them.
func (w *network) severed(ctx context.Context, b *blow, pairs [][2]*host) error {
	var cuts []string
	for _, pair := range pairs {
		mend, err := w.cut(ctx, pair[0], pair[1])
		if err != nil {
			return err
		}
		defer mend()
		cuts = append(cuts, pair[0].name+" to "+pair[1].name)
	}
	b.whom += strings.Join(cuts, ", ")
	b.parts = true
	b.hold(ctx, 0.4, 1)
	return nil
}

// unplugs takes a host off the network, for its clients, too.
func unplugs(name string, copies int, w *network) fault {
	return fault{name: name, copies: copies, strike: func(ctx context.Context, b *blow) error {
		h := pick(b, w.hosts)
		b.whom = h.name
		plug, err := h.unplug(ctx)
		if err != nil {
			return err
		}
		defer plug()
		b.parts = true
		b.hold(ctx, 0.2, 0.7)
		return nil
	}}
}

// slows lets a host send at a rate that is too small for its load.
func slows(name string, copies int, w *network) fault {
	return fault{name: name, copies: copies, strike: func(ctx context.Context, b *blow) error {
		h := pick(b, w.hosts)
		b.whom = h.name
		mend, err := h.slow(ctx, 100+b.dice.IntN(900))
		if err != nil {
			return err
		}
		defer mend()
		b.hold(ctx, 0.4, 1)
		return nil
	}}
}
