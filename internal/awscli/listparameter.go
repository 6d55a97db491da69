package awscli

import (
	"strings"
	"unicode"

	"rollcall/connectapi"
	"rollcall/internal/awscli/value"
)

// wordsParameter reads a list from the words of its option. A single word that
// begins as a list does in JSON is the list. Of structures the first word says
// for all whether they are JSON or shorthand; other words are elements as they are.
func (c *command) wordsParameter(name string, s *connectapi.Shape, words []string) (any, error) {
	if len(words) == 1 && strings.HasPrefix(strings.TrimFunc(words[0], unicode.IsSpace), "[") {
		return jsonOf(name, words[0], '[')
	}
	inShorthand := isComplex(s.Element) && (len(words) == 0 || !looksLikeJSON(words[0]))
	list := value.NewList()
	for _, word := range words {
		var v any
		var err error
		if inShorthand {
			v, err = c.shorthand(name, word)
		} else {
			v, err = element(name, s.Element, word)
		}
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, v)
	}
	if inShorthand {
		return list, convertItems(s, list)
	}
	return list, nil
}

// listOfFile reads a list from the file that is its option's only word: JSON or,
// of structures, shorthand. Anything else is taken apart as the AWS CLI does
// it: each character, or byte, is an element.
func (c *command) listOfFile(name string, s *connectapi.Shape, v any) (any, error) {
	list := value.NewList()
	raw, isBytes := v.([]byte)
	if isBytes && isComplex(s.Element) {
		return c.structure(name, s.Element, v)
	}
	for _, b := range raw {
		list.Items = append(list.Items, value.Int(int(b)))
	}
	text, isText := v.(string)
	if !isText {
		return list, nil
	}
	trimmed := strings.TrimLeftFunc(text, unicode.IsSpace)
	switch {
	case isComplex(s.Element) && !looksLikeJSON(text):
		return c.shorthand(name, text)
	case trimmed == "" || trimmed[0] == '[':
		return jsonOf(name, text, '[')
	}
	for _, r := range text {
		v, err := element(name, s.Element, string(r))
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, v)
	}
	return list, nil
}

// isComplex says whether values of a shape can be given in shorthand.
func isComplex(s *connectapi.Shape) bool {
	return s.Kind == connectapi.Structure || s.Kind == connectapi.Map || s.Kind == connectapi.List
}

// element reads an element of a list that is not in shorthand.
func element(name string, s *connectapi.Shape, word string) (any, error) {
	switch s.Kind {
	case connectapi.Integer, connectapi.Float:
		v, err := fromText(s.Kind, word)
		if err != nil {
			return nil, invalidOption(name, word)
		}
		return v, nil
	case connectapi.Boolean:
		return word != "" && !strings.EqualFold(word, "false"), nil
	case connectapi.Structure, connectapi.Map:
		return jsonOf(name, word, '{')
	case connectapi.List:
		return jsonOf(name, word, '[')
	case connectapi.String, connectapi.Timestamp:
	}
	return word, nil
}

// convert makes of a value in shorthand what the model has: a number or a
// boolean of its text, and a list of one of a single value, so that Queues=a and
// Queues=a,b are both queues. What was made a list so is not looked into.
func convert(s *connectapi.Shape, v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch s.Kind {
	case connectapi.Structure, connectapi.Map:
		if m, ok := v.(*value.Map); ok {
			return m, convertMembers(s, m)
		}
	case connectapi.List:
		if list, ok := v.(*value.List); ok {
			return list, convertItems(s, list)
		}
		return value.NewList(v), nil
	case connectapi.Integer, connectapi.Float:
		return fromText(s.Kind, v)
	case connectapi.Boolean:
		text, ok := v.(string)
		switch {
		case !ok:
			return nil, general("'" + value.TypeName(v) + "' object has no attribute 'lower'")
		case strings.EqualFold(text, "true"):
			return true, nil
		case strings.EqualFold(text, "false"):
			return false, nil
		}
	case connectapi.String, connectapi.Timestamp:
	}
	return v, nil
}

func convertItems(s *connectapi.Shape, list *value.List) error {
	for i, item := range list.Items {
		v, err := convert(s.Element, item)
		if err != nil {
			return err
		}
		list.Items[i] = v
	}
	return nil
}

func convertMembers(s *connectapi.Shape, m *value.Map) error {
	for name, v := range m.All() {
		of := s.Element
		if s.Kind == connectapi.Structure {
			member := s.Member(name)
			if member == nil {
				continue
			}
			of = member.Shape
		}
		v, err := convert(of, v)
		if err != nil {
			return err
		}
		m.Set(name, v)
	}
	return nil
}
