package agentevent

// DecodeCarefully is Decode without the quick walk: jsontext reads everything.
func DecodeCarefully(body []byte, limits Limits) (Batch, error) {
	r := &reader{always: true}
	return r.decode(nil, body, limits)
}

// ParseUTC is the short way through a timestamp.
var ParseUTC = parseUTC
