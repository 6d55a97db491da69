package v1

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"sync"

	"go.yaml.in/yaml/v3"

	v1 "rollcall/internal/door"
)

//go:embed openapi.yaml
var openAPIYAML []byte

// openAPI is the document as it is served.
var openAPI = sync.OnceValues(func() (json.RawMessage, error) {
	var document any
	if err := yaml.Unmarshal(openAPIYAML, &document); err != nil {
		return nil, err
	}
	return json.Marshal(document)
})

// serveOpenAPI answers GET /v1/openapi.json. It needs no key: it says nothing
// about any floor.
func serveOpenAPI(w http.ResponseWriter, _ *http.Request) error {
	document, err := openAPI()
	if err != nil {
		return err
	}
	return v1.WriteJSON(w, http.StatusOK, document)
}
