package wallboard

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"rollcall"
	"rollcall/internal/door"
)

//go:embed built
var built embed.FS

// file is a file of the page, as it is and compressed.
type file struct {
	contentType, caching, etag string
	plain, zipped              []byte
}

// The page is asked for each time, and names files whose names change with what
// is in them.
const (
	askEachTime = "no-cache"
	keepForEver = "public, max-age=31536000, immutable"
)

// policy is the page's Content-Security-Policy.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

var contentTypes = map[string]string{ // :: extension -> type
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8",
}

// loadFiles gives what was built, by path.
func loadFiles() map[string]*file {
	files := make(map[string]*file)
	entries, err := fs.ReadDir(built, "built")
	if err != nil {
		panic(err) // it is embedded
	}
	for _, entry := range entries {
		data, err := built.ReadFile("built/" + entry.Name())
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(data)
		f := &file{
			contentType: contentTypes[path.Ext(entry.Name())], caching: keepForEver, plain: data, zipped: zip(data),
			etag: base64.RawURLEncoding.EncodeToString(sum[:12]),
		}
		at := filesPath + entry.Name()
		if entry.Name() == "index.html" {
			at, f.caching = Path, askEachTime
		}
		files[at] = f
	}
	return files
}

func zip(data []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // a level that there is
	_, _ = w.Write(data)                                  // to memory
	_ = w.Close()
	return b.Bytes()
}

// giveFile answers with a file, which needs no key: it says nothing about any
// floor. All answers share its bytes.
func (s *service) giveFile(c *door.Call) error {
	at := c.Request.URL.Path
	if at == filesPath {
		at = Path
	}
	f := s.files[at]
	if f == nil {
		return rollcall.Errorf(rollcall.CodeUnknownRoute, "the wallboard has no file %s", rollcall.Shorten(at))
	}
	h := c.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cache-Control", f.caching)
	h.Set("Content-Type", f.contentType)
	h.Set("Vary", "Accept-Encoding")
	data, etag := f.plain, `"`+f.etag+`"`
	if acceptsGzip(c.Request) {
		data, etag = f.zipped, `"`+f.etag+`-gzip"`
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", etag)
	http.ServeContent(c, c.Request, "", time.Time{}, bytes.NewReader(data))
	return nil
}

func acceptsGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(coding, ";")
		if strings.TrimSpace(name) == "gzip" {
			return strings.ReplaceAll(q, " ", "") != "q=0"
		}
	}
	return false
}
