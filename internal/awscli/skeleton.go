package awscli

import (
	"time"

	"rollcall/internal/awscli/value"
)

// inputSkeleton is the form of an operation's parameters, to fill in.
func inputSkeleton(s *shape) any {
	switch s.kind {
	case structureKind:
		m := value.NewMap()
		for i := range s.members {
			m.Set(s.members[i].name, inputSkeleton(s.members[i].shape))
		}
		return m
	case listKind:
		return value.NewList(inputSkeleton(s.element))
	case mapKind:
		m := value.NewMap()
		m.Set("KeyName", inputSkeleton(s.element))
		return m
	case integerKind:
		return value.Int(0)
	case stringKind, timestampKind:
		if s.values != nil {
			return s.values[0]
		}
	}
	return ""
}

// outputSkeleton is an answer with every member there is. A string is its own
// name, so that a query can be tried out on it.
func outputSkeleton(s *shape, name string) any {
	switch s.kind {
	case structureKind:
		m := value.NewMap()
		for i := range s.members {
			m.Set(s.members[i].name, outputSkeleton(s.members[i].shape, s.members[i].name))
		}
		return m
	case listKind:
		return value.NewList(outputSkeleton(s.element, name))
	case mapKind:
		m := value.NewMap()
		m.Set("KeyName", outputSkeleton(s.element, name))
		return m
	case integerKind:
		return value.Int(0)
	case timestampKind:
		return time.Unix(0, 0).UTC()
	case stringKind:
	}
	return name
}

// yamlSkeleton writes the form of an operation's parameters as YAML, with what
// each is in a comment.
func yamlSkeleton(s *shape) []byte {
	return appendYAMLSkeleton(nil, s, "", true)
}

// appendYAMLSkeleton appends the members of a structure. Comments stand two
// blanks after the first member and one after the others.
func appendYAMLSkeleton(dst []byte, s *shape, indent string, first bool) []byte {
	for i := range s.members {
		m := &s.members[i]
		dst = append(dst, indent+m.name+":"...)
		switch m.shape.kind {
		case integerKind:
			dst = append(dst, " 0"...)
		case stringKind, timestampKind:
			dst = append(dst, " "+scalarSkeleton(m.shape)...)
		case structureKind, listKind, mapKind:
		}
		if first {
			dst = append(dst, ' ')
		}
		first = false
		dst = append(dst, " # "...)
		if m.required {
			dst = append(dst, "[REQUIRED] "...)
		}
		dst = append(dst, m.doc...)
		dst = append(dst, '\n')
		switch m.shape.kind {
		case structureKind:
			dst = appendYAMLSkeleton(dst, m.shape, indent+"  ", true)
		case listKind:
			dst = appendYAMLItem(dst, m.shape.element, indent)
		case mapKind:
			dst = append(dst, indent+"  KeyName: "+scalarSkeleton(m.shape.element)+"\n"...)
		case integerKind, stringKind, timestampKind:
		}
	}
	return dst
}

// appendYAMLItem appends the one item of a list. A structure's first member
// stands on the line of the dash.
func appendYAMLItem(dst []byte, element *shape, indent string) []byte {
	if element.kind != structureKind {
		return append(dst, indent+"- "+scalarSkeleton(element)+"\n"...)
	}
	members := appendYAMLSkeleton(nil, element, indent+"  ", true)
	return append(append(dst, indent+"- "...), members[len(indent)+2:]...)
}

func scalarSkeleton(s *shape) string {
	switch {
	case s.kind == integerKind:
		return "0"
	case s.values != nil:
		return s.values[0]
	}
	return "''"
}
