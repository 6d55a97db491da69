package natslog

import (
	"fmt"

	"rollcall/internal/journal"
)

const (
	// headerRoom is what the headers of a message take at most: names and values
	// of the stream, the expected sequence and the session. The server counts
	// them into max_payload.
	headerRoom = 1 << 10

	leastPayloadBytes = 16 << 10
	mostLimitBytes    = 16 << 20
	mostLimitRecords  = 1 << 16

	// mostPackBytes is when a pack is full. Larger ones only make their appends
	// wait longer.
	mostPackBytes = 1 << 20
)

// room is what fits into a message.
type room struct {
	limits    journal.Limits
	packBytes int // as journal.PackerOptions has it
}

// roomFor works out what fits into a message of payloadBytes, so that any pack
// within it does, however badly it compresses. Members of asked that are not 0
// are kept, or refused.
func roomFor(payloadBytes int64, asked journal.Limits) (room, error) {
	if payloadBytes < leastPayloadBytes {
		return room{}, fmt.Errorf("the server takes messages of %d bytes (max_payload, or max_msg_size of the stream): want at least %d",
			payloadBytes, leastPayloadBytes)
	}
	body := int(min(payloadBytes, journal.MaxBodyBytes)) - headerRoom - journal.HeaderBytes
	limits := asked
	if limits.Records == 0 {
		limits.Records = min(mostLimitRecords, body/64)
	}
	fits := (body - limits.Records) / 128 * 127 // the largest with fits+prefixBytes <= body
	if limits.Bytes == 0 {
		limits.Bytes = min(mostLimitBytes, fits)
	}
	if limits.Bytes < 1 || limits.Records < 1 || limits.Records > journal.MaxRecords || limits.Bytes > fits {
		return room{}, fmt.Errorf("largest append of %d events and %d bytes: the server takes messages of %d bytes, which hold %d events of %d bytes together",
			limits.Records, limits.Bytes, payloadBytes, limits.Records, max(fits, 0))
	}
	return room{limits: limits, packBytes: min(mostPackBytes, body-prefixBytes(limits))}, nil
}

// roomLeft is the room of a journal that is open, where payloadBytes has changed:
// what was asked for, or less. An error says that it is too little to be of use.
func roomLeft(payloadBytes int64, asked journal.Limits) (room, error) {
	most, err := roomFor(max(payloadBytes, leastPayloadBytes), journal.Limits{})
	if err != nil {
		return most, err
	}
	if payloadBytes < leastPayloadBytes {
		body := max(int(payloadBytes)-headerRoom-journal.HeaderBytes, 2)
		most = room{limits: journal.Limits{Bytes: max(body/2, 1), Records: max(body/64, 1)}, packBytes: body}
		err = fmt.Errorf("the stream takes messages of %d bytes (max_payload of the server, or max_msg_size of the stream): want at least %d",
			payloadBytes, leastPayloadBytes)
	}
	if asked.Bytes > 0 {
		most.limits.Bytes = min(most.limits.Bytes, asked.Bytes)
	}
	if asked.Records > 0 {
		most.limits.Records = min(most.limits.Records, asked.Records)
	}
	return most, err
}

// prefixBytes is what the lengths of records within l take at most. A length
// takes one byte, and one more for a record of 128 bytes, one more for 128
// times that, and so on: over all records at most 1/127 of their bytes.
func prefixBytes(l journal.Limits) int { return l.Records + l.Bytes/127 }

// waiting completes what may wait to be durable.
func waiting(asked, limits journal.Limits) (journal.Limits, error) {
	if asked.Bytes == 0 {
		asked.Bytes = max(defaultWaitingBytes, limits.Bytes)
	}
	if asked.Records == 0 {
		asked.Records = max(defaultWaitingRecords, limits.Records)
	}
	if asked.Bytes < limits.Bytes || asked.Records < limits.Records {
		return journal.Limits{}, fmt.Errorf("%d events of %d bytes may wait to be durable: want at least the largest append, %d events of %d bytes",
			asked.Records, asked.Bytes, limits.Records, limits.Bytes)
	}
	return asked, nil
}
