package v1

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"sync"

	"go.yaml.in/yaml/v3"

	"rollcall/internal/door"
)

//go:embed openapi.yaml
var openAPIYAML []byte

// openAPIDocument is the document as it is served.
var openAPIDocument = sync.OnceValues(func() ([]byte, error) {
	var document any
	if err := yaml.Unmarshal(openAPIYAML, &document); err != nil {
		return nil, err
	}
	return json.Marshal(document)
})

// openAPI answers with the document. It needs no key: it says nothing about any
// floor. All answers share its bytes, so strangers hold no memory by it.
func (s *service) openAPI(q *request) error {
	document, err := openAPIDocument()
	if err != nil {
		return err
	}
	return door.SendJSON(q, http.StatusOK, document)
}
