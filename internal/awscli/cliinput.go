package awscli

import (
	"rollcall/internal/awscli/argparse"
	"rollcall/internal/awscli/value"
)

// mergeInput adds the members of --cli-input-json or --cli-input-yaml that no
// option gave.
func (c *command) mergeInput(params *value.Map, given *argparse.Result) error {
	asJSON, hasJSON := given.Values[optInputJSON]
	asYAML, hasYAML := given.Values[optInputYAML]
	switch {
	case hasJSON && hasYAML:
		return invalid("Only one --cli-input- parameter may be specified.")
	case hasJSON:
		return c.merge(params, "cli-input-json", asJSON, "Invalid JSON received.", value.ParseJSON)
	case hasYAML:
		return c.merge(params, "cli-input-yaml", asYAML, "Invalid YAML received.", parseYAML)
	}
	return nil
}

func (c *command) merge(params *value.Map, name, text, complaint string, parse func([]byte) (any, error)) error {
	doc := []byte(text)
	loaded, isFile, err := c.loadFile(text)
	if err != nil {
		return unloaded("--"+name, err)
	}
	if isFile {
		switch loaded := loaded.(type) {
		case string:
			doc = []byte(loaded)
		case []byte:
			doc = loaded
		}
	}
	v, err := parse(doc)
	if err != nil {
		return invalidOption(name, complaint)
	}
	m, ok := v.(*value.Map)
	if !ok {
		return invalidOption("--"+name, "Invalid type: expecting map, received <class '"+value.TypeName(v)+"'>")
	}
	for key, v := range m.All() {
		if _, given := params.Get(key); !given {
			params.Set(key, v)
		}
	}
	return nil
}
