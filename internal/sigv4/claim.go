package sigv4

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	algorithm   = "AWS4-HMAC-SHA256"
	terminator  = "aws4_request"
	stampLayout = "20060102T150405Z"
	dayBytes    = len("20060102")
)

// Headers of a signature, in the form in which http.Header keeps them.
const (
	headerAuthorization = "Authorization"
	headerDate          = "Date"
	headerAmzDate       = "X-Amz-Date"
	headerContentSHA256 = "X-Amz-Content-Sha256"
)

// claim is what a request says about its own signature, before any of it is
// believed.
type claim struct {
	algorithm     string
	credential    string // keyid/date/region/service/aws4_request
	signedHeaders string // lower-case names, joined by ";"
	signature     string // hexadecimal
	stamp         string // when it was signed, as it goes into the string to sign
	signedAt      time.Time
	expires       time.Duration // how long a presigned URL lives; 0 if it doesn't say
	presigned     bool
	byDateHeader  bool // stamp was taken from Date, for want of X-Amz-Date
}

// credential is claim.credential taken apart and checked. Its strings point
// into the request.
type credential struct {
	accessKeyID string
	day         string // YYYYMMDD
	region      string
	scope       string // day/region/service/aws4_request
}

func isPresigned(rawQuery string) bool {
	for rawQuery != "" {
		var pair string
		pair, rawQuery, _ = strings.Cut(rawQuery, "&")
		if name, _, _ := strings.Cut(pair, "="); name == paramAlgorithm || name == paramSignature {
			return true
		}
	}
	return false
}

// readClaim reads the claim in whichever form it comes, and leaves the query
// in s.
func readClaim(r *http.Request, s *scratch) (claim, error) {
	if !s.splitQuery(r.URL.RawQuery) {
		return claim{}, incomplete("The query string has more than %d bytes or %d parameters.", MaxQueryBytes, MaxQueryParams)
	}
	authorization := r.Header[headerAuthorization]
	presigned := isPresigned(r.URL.RawQuery)
	switch {
	case presigned && len(authorization) > 0:
		return claim{}, errTwoSignatures
	case presigned:
		return readPresigned(s.params)
	case len(authorization) == 0 || authorization[0] == "":
		return claim{}, errMissingToken
	case len(authorization) > 1:
		return claim{}, incomplete("The request has %d Authorization headers where one is allowed.", len(authorization))
	case len(authorization[0]) > MaxAuthorizationBytes:
		return claim{}, incomplete("The Authorization header has %d bytes where %d are allowed.", len(authorization[0]), MaxAuthorizationBytes)
	}
	return readAuthorization(authorization[0], r.Header)
}

// readAuthorization reads
//
//	AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…
//
// with its parameters in any order, set apart by commas, spaces or both.
func readAuthorization(value string, header http.Header) (claim, error) {
	var c claim
	var rest string
	c.algorithm, rest, _ = strings.Cut(value, " ")
	for rest != "" {
		var pair string
		pair, rest = cutSeparator(rest)
		if pair == "" {
			continue
		}
		name, v, ok := strings.Cut(pair, "=")
		if !ok {
			return claim{}, incomplete("Invalid key=value pair (missing equal-sign) in Authorization header "+
				"(hashed with SHA-256 and encoded with Base64): '%s'.", hashed(value))
		}
		field := c.field(name)
		if field == nil {
			continue
		}
		if *field != "" {
			return claim{}, incomplete("Authorization header has more than one '%s' parameter.", name)
		}
		*field = v
	}
	if missing := missingInHeader(&c, header); len(missing) > 0 {
		return claim{}, incomplete("%s (Hashed with SHA-256 and encoded with Base64) Authorization=%s",
			strings.Join(missing, " "), hashed(value))
	}
	err := c.readDate(header)
	return c, err
}

// field is where the parameter called name is kept, or nil for one that does
// not belong to a claim.
func (c *claim) field(name string) *string {
	switch name {
	case "Credential":
		return &c.credential
	case "SignedHeaders":
		return &c.signedHeaders
	case "Signature":
		return &c.signature
	}
	return nil
}

func cutSeparator(s string) (before, after string) {
	before, after, _ = strings.Cut(s, ",")
	if blank := strings.IndexByte(before, ' '); blank >= 0 {
		return s[:blank], s[blank+1:]
	}
	return before, after
}

// missingInHeader names all that is missing, as Amazon does, so that one
// answer is enough to mend a client.
func missingInHeader(c *claim, header http.Header) []string {
	var missing []string
	for _, p := range [...]struct{ name, value string }{
		{"Credential", c.credential}, {"Signature", c.signature}, {"SignedHeaders", c.signedHeaders},
	} {
		if p.value == "" {
			missing = append(missing, "Authorization header requires '"+p.name+"' parameter.")
		}
	}
	if len(header[headerAmzDate]) == 0 && len(header[headerDate]) == 0 {
		missing = append(missing, "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
	}
	return missing
}

// readDate takes the date from X-Amz-Date or, for want of it, from Date, which
// may also have the form that HTTP prescribes.
func (c *claim) readDate(header http.Header) error {
	values := header[headerAmzDate]
	if len(values) == 0 {
		values = header[headerDate]
		c.byDateHeader = true
	}
	if len(values) != 1 {
		return incomplete("The request has %d date headers where one is allowed.", len(values))
	}
	if c.byDateHeader {
		if at, err := http.ParseTime(values[0]); err == nil {
			c.signedAt, c.stamp = at, iso(at)
			return nil
		}
	}
	return c.parseStamp(values[0])
}

func (c *claim) parseStamp(stamp string) error {
	at, err := time.Parse(stampLayout, stamp)
	if err != nil || len(stamp) != len(stampLayout) { // Parse would take fractions of a second
		return incomplete("Date must be in ISO-8601 'basic format'. Got '%s'. See http://en.wikipedia.org/wiki/ISO_8601", short(stamp))
	}
	c.signedAt, c.stamp = at, stamp
	return nil
}

// Parameters of a presigned URL.
const (
	paramAlgorithm     = "X-Amz-Algorithm"
	paramCredential    = "X-Amz-Credential" //nolint:gosec // a parameter's name
	paramSignature     = "X-Amz-Signature"
	paramSignedHeaders = "X-Amz-SignedHeaders"
	paramDate          = "X-Amz-Date"
	paramExpires       = "X-Amz-Expires"
	paramContentSHA256 = "X-Amz-Content-Sha256"
)

// readPresigned reads the claim of a presigned URL.
func readPresigned(params []param) (claim, error) {
	c := claim{presigned: true}
	var stamp, expires string
	var missing []string
	for _, p := range [...]struct {
		name  string
		value *string
	}{
		{paramAlgorithm, &c.algorithm},
		{paramCredential, &c.credential},
		{paramSignature, &c.signature},
		{paramSignedHeaders, &c.signedHeaders},
		{paramDate, &stamp},
		{paramExpires, &expires},
	} {
		raw, n := findParam(params, p.name)
		if n > 1 {
			return claim{}, incomplete("AWS query-string parameters must include '%s' once.", p.name)
		}
		value, err := url.QueryUnescape(raw)
		if (err != nil || value == "") && p.name != paramExpires {
			missing = append(missing, "AWS query-string parameters must include '"+p.name+"'.")
		}
		*p.value = value
	}
	if len(missing) > 0 {
		return claim{}, incomplete("%s Re-examine the query-string parameters.", strings.Join(missing, " "))
	}
	if err := c.parseExpires(expires, params); err != nil {
		return claim{}, err
	}
	err := c.parseStamp(stamp)
	return c, err
}

func (c *claim) parseExpires(expires string, params []param) error {
	if _, n := findParam(params, paramExpires); n == 0 {
		return nil
	}
	seconds, err := strconv.ParseUint(expires, 10, 32)
	if limit := uint64(MaxExpires / time.Second); err != nil || seconds < 1 || seconds > limit {
		return incomplete("X-Amz-Expires must be a number of seconds from 1 to %d. Got '%s'.", limit, short(expires))
	}
	c.expires = time.Duration(seconds) * time.Second
	return nil
}

// checkCredential takes the credential apart. Everything wrong with its scope
// is told at once.
func (v *Verifier) checkCredential(c *claim) (credential, error) {
	if c.algorithm != algorithm {
		return credential{}, incomplete("Unsupported AWS 'algorithm': '%s' (only AWS4-HMAC-SHA256 for now). ", short(c.algorithm))
	}
	var part [5]string
	rest := c.credential
	for i := range part {
		var more bool
		part[i], rest, more = strings.Cut(rest, "/")
		if more != (i < len(part)-1) || part[i] == "" {
			return credential{}, incomplete("Credential must have exactly 5 slash-delimited elements, "+
				"e.g. keyid/date/region/service/term, got '%s'", short(c.credential))
		}
	}
	cred := credential{accessKeyID: part[0], day: part[1], region: part[2], scope: c.credential[len(part[0])+1:]}
	if len(cred.accessKeyID) > MaxAccessKeyIDBytes {
		return credential{}, errUnrecognizedClient
	}
	return cred, v.checkScope(c, cred, part[3], part[4])
}

func (v *Verifier) checkScope(c *claim, cred credential, service, term string) error {
	day := c.stamp[:dayBytes]
	if v.regionAllowed(cred.region) && service == v.service && term == terminator && cred.day == day {
		return nil
	}
	var wrong []string
	if !v.regionAllowed(cred.region) {
		wrong = append(wrong, "Credential should be scoped to a valid region, not '"+short(cred.region)+"'.")
	}
	if service != v.service {
		wrong = append(wrong, "Credential should be scoped to correct service: '"+v.service+"'.")
	}
	if term != terminator {
		wrong = append(wrong, "Credential should be scoped with a valid terminator: '"+terminator+"', not '"+short(term)+"'.")
	}
	if cred.day != day {
		wrong = append(wrong, "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '"+
			short(cred.day)+"' != '"+day+"', from '"+c.stamp+"'.")
	}
	return &Error{Code: InvalidSignature, Message: strings.Join(wrong, " ")}
}

func (v *Verifier) regionAllowed(region string) bool {
	return len(region) <= MaxRegionBytes && (len(v.regions) == 0 || slices.Contains(v.regions, region))
}
