package journal

import "encoding/binary"

// Body holds the records of a pack that is being made, in the form in which
// they are stored: one after another, each a uvarint length and its bytes. The
// zero value is ready for use.
type Body struct {
	data    []byte
	records int
	parts   []bodyEnd // of what each Add added
}

// bodyEnd is where a part of a body ends.
type bodyEnd struct{ bytes, records int }

// Add copies records to the end, as one part.
func (b *Body) Add(records [][]byte) {
	for _, r := range records {
		b.data = binary.AppendUvarint(b.data, uint64(len(r)))
		b.data = append(b.data, r...)
	}
	b.records += len(records)
	b.parts = append(b.parts, bodyEnd{len(b.data), b.records})
}

// Parts tells how often something was added.
func (b *Body) Parts() int { return len(b.parts) }

// Part gives what one Add added, from 0. It shares the body's memory.
func (b *Body) Part(i int) Body {
	var begin bodyEnd
	if i > 0 {
		begin = b.parts[i-1]
	}
	end := b.parts[i]
	part := Body{data: b.data[begin.bytes:end.bytes:end.bytes], records: end.records - begin.records}
	part.parts = []bodyEnd{{len(part.data), part.records}}
	return part
}

// Records gives the number of records.
func (b *Body) Records() int { return b.records }

// Bytes gives the length of the body.
func (b *Body) Bytes() int { return len(b.data) }

// Reset empties the body and keeps its memory for what comes next, unless that
// is more than keepBytes.
func (b *Body) Reset(keepBytes int) {
	if cap(b.data) > keepBytes {
		b.data = nil
	}
	b.data, b.records, b.parts = b.data[:0], 0, b.parts[:0]
}

// splitBody gives the count records that data holds; they share its memory. It
// returns nil when data is anything but a body of that many records.
func splitBody(data []byte, count int) [][]byte {
	records := make([][]byte, 0, count)
	for len(data) > 0 {
		length, n := binary.Uvarint(data)
		if n <= 0 || length > uint64(len(data)-n) || len(records) == count {
			return nil
		}
		end := n + int(length)
		records = append(records, data[n:end:end])
		data = data[end:]
	}
	if len(records) != count {
		return nil
	}
	return records
}
