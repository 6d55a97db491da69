package awscli

import (
	"slices"
	"strings"
	"time"

	"rollcall/connectapi"
	"rollcall/internal/awscli/value"
)

// keyName is the one key that a map has in a skeleton.
const keyName = "KeyName"

// within are the structures that something stands in. One that stands in itself
// is empty there.
type within []*connectapi.Shape

func (w within) and(s *connectapi.Shape) within { return append(slices.Clip(w), s) }

// inputSkeleton is the form of an operation's parameters, to fill in.
func inputSkeleton(s *connectapi.Shape, in within) any {
	switch s.Kind {
	case connectapi.Structure:
		m := value.NewMap()
		for i := range s.Members {
			if slices.Contains(in, s) {
				break
			}
			m.Set(s.Members[i].Name, inputSkeleton(s.Members[i].Shape, in.and(s)))
		}
		return m
	case connectapi.List:
		return value.NewList(inputSkeleton(s.Element, in))
	case connectapi.Map:
		m := value.NewMap()
		m.Set(keyName, inputSkeleton(s.Element, in))
		return m
	case connectapi.Integer, connectapi.Float, connectapi.Boolean:
		return sampleNumber(s.Kind)
	case connectapi.String, connectapi.Timestamp:
		if s.Enum != nil {
			return s.Enum[0]
		}
	}
	return ""
}

// sampleNumber is zero, or true.
func sampleNumber(kind connectapi.Kind) any {
	switch kind { //nolint:exhaustive // the others are none
	case connectapi.Integer:
		return value.Int(0)
	case connectapi.Float:
		return 0.0
	}
	return true
}

// outputSkeleton is an answer with every member there is. A string is its own
// name, so that a query can be tried out on it.
func outputSkeleton(s *connectapi.Shape, name string, in within) any {
	switch s.Kind {
	case connectapi.Structure:
		m := value.NewMap()
		for i := range s.Members {
			if slices.Contains(in, s) {
				break
			}
			m.Set(s.Members[i].Name, outputSkeleton(s.Members[i].Shape, s.Members[i].Name, in.and(s)))
		}
		return m
	case connectapi.List:
		return value.NewList(outputSkeleton(s.Element, elementName(s.Element), in))
	case connectapi.Map:
		m := value.NewMap()
		m.Set(keyName, outputSkeleton(s.Element, "", in))
		return m
	case connectapi.Integer, connectapi.Float, connectapi.Boolean:
		return sampleNumber(s.Kind)
	case connectapi.Timestamp:
		return time.Unix(0, 0).UTC()
	case connectapi.String:
	}
	return name
}

// elementName is what a sample calls an element of a list: by its type.
func elementName(s *connectapi.Shape) string {
	if s.Name != "" {
		return s.Name
	}
	return s.Type.Name()
}

// yamlSkeleton writes the form of an operation's parameters as YAML, with what
// each is in a comment.
func yamlSkeleton(s *connectapi.Shape) []byte {
	return appendYAMLMembers(nil, s, "", within{s})
}

// appendYAMLMembers appends the members of a structure. Comments stand two
// blanks after the first member and one after the others.
func appendYAMLMembers(dst []byte, s *connectapi.Shape, indent string, in within) []byte {
	for i := range s.Members {
		m := &s.Members[i]
		dst = append(dst, indent+m.Name+":"...)
		if !isComplex(m.Shape) {
			dst = append(dst, " "+yamlScalar(m.Shape)...)
		}
		if i == 0 {
			dst = append(dst, ' ')
		}
		dst = append(dst, " # "+yamlComment(m)+"\n"...)
		if isComplex(m.Shape) {
			dst = appendYAMLBlock(dst, m.Shape, indent, in)
		}
	}
	return dst
}

// yamlComment says what a member is.
func yamlComment(m *connectapi.Member) string {
	text := m.Doc
	if m.Required {
		text = "[REQUIRED] " + text
	}
	if m.Shape.Enum != nil {
		text += " Valid values are: " + strings.Join(m.Shape.Enum, ", ") + "."
	}
	return text
}

// appendYAMLBlock appends what a member holds that is more than a scalar, on
// lines of its own.
func appendYAMLBlock(dst []byte, s *connectapi.Shape, indent string, in within) []byte {
	switch {
	case s.Kind == connectapi.List:
		return append(dst, indent+"- "+yamlItem(s.Element, indent+"  ", in)...)
	case s.Kind == connectapi.Map && isComplex(s.Element):
		return appendYAMLBlock(append(dst, indent+"  "+keyName+":\n"...), s.Element, indent+"  ", in)
	case s.Kind == connectapi.Map:
		return append(dst, indent+"  "+keyName+": "+yamlScalar(s.Element)+"\n"...)
	case slices.Contains(in, s):
		return append(dst, indent+"  {}\n"...)
	}
	return appendYAMLMembers(dst, s, indent+"  ", in.and(s))
}

// yamlItem is the one item of a list, as it stands behind its dash; further
// lines have the indent. A structure's first member stands on the line of the
// dash, but not behind two of them.
func yamlItem(s *connectapi.Shape, indent string, in within) string {
	switch {
	case s.Kind == connectapi.List && s.Element.Kind == connectapi.Structure:
		return "-\n" + string(appendYAMLBlock(nil, s.Element, indent, in))
	case s.Kind == connectapi.List:
		return "- " + yamlItem(s.Element, indent+"  ", in)
	case slices.Contains(in, s):
		return "{}\n"
	case isComplex(s):
		return string(appendYAMLBlock(nil, s, indent[2:], in))[len(indent):]
	}
	return yamlScalar(s) + "\n"
}

func yamlScalar(s *connectapi.Shape) string {
	switch {
	case s.Kind == connectapi.Integer:
		return "0"
	case s.Kind == connectapi.Float:
		return "0.0"
	case s.Kind == connectapi.Boolean:
		return "true"
	case s.Enum != nil:
		return s.Enum[0]
	}
	return "''"
}
