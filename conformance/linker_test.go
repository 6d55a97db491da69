package conformance

import (
	"bytes"
	"os"
	"testing"
)

// Where templates are executed any method may be called by its name, so the
// linker keeps all there are: a fifth more, which nobody uses.
func TestBinary_ExecutesNoTemplates(t *testing.T) {
	content, err := os.ReadFile(binary(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, function := range []string{"text/template.(*state).walk", "text/template.(*state).evalField"} {
		if bytes.Contains(content, []byte(function)) {
			t.Errorf("%s is in the binary; go build -ldflags=-dumpdep tells who calls it", function)
		}
	}
}
