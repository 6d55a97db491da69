package awscli

import (
	"context"
	"slices"
	"strings"
)

// helpColumns is the width help is wrapped at.
const helpColumns = 80

// help shows a page of the manual through the pager.
func (c *command) help(ctx context.Context, page string) error {
	pager, err := c.pager()
	if err != nil {
		return err
	}
	return c.page(ctx, pager, []byte(page))
}

// manual builds a page.
type manual struct {
	strings.Builder
}

func (m *manual) section(title string) { m.WriteString("\n" + title + "\n") }

// text adds a paragraph, wrapped, indented by a number of blanks.
func (m *manual) text(indent int, words string) {
	margin := strings.Repeat(" ", indent)
	line := margin
	for word := range strings.FieldsSeq(words) {
		if len(line)+1+len(word) > helpColumns && line != margin {
			m.WriteString(line + "\n")
			line = margin
		}
		if line != margin {
			line += " "
		}
		line += word
	}
	m.WriteString(line + "\n")
}

func topHelp() string {
	var m manual
	m.WriteString("NAME\n")
	m.text(3, "rollcall - the AWS CLI's command for the operations that rollcall has")
	m.section("SYNOPSIS")
	m.text(3, "rollcall [options] <command> <subcommand> [parameters]")
	m.section("COMMANDS")
	m.text(3, connectService.name)
	m.globals()
	return m.String()
}

func (s *service) help() string {
	var m manual
	m.WriteString("NAME\n")
	m.text(3, s.name+" - what rollcall has of Amazon Connect")
	m.section("AVAILABLE COMMANDS")
	for _, op := range s.operations {
		m.text(3, op.command())
		m.text(6, op.doc)
	}
	return m.String()
}

func (o *operation) help(s *service) string {
	var m manual
	m.WriteString("NAME\n")
	m.text(3, o.command()+" -")
	m.section("DESCRIPTION")
	m.text(3, o.doc)
	m.section("SYNOPSIS")
	m.text(3, s.name+" "+o.command())
	for i := range o.input.members {
		m.text(3, synopsis(&o.input.members[i]))
	}
	m.text(3, "[--cli-input-json <value> | --cli-input-yaml <value>]")
	m.text(3, "[--generate-cli-skeleton <value>]")
	m.section("OPTIONS")
	for i := range o.input.members {
		m.option(&o.input.members[i])
	}
	m.common()
	m.globals()
	m.section("OUTPUT")
	m.tree(o.output, 3)
	return m.String()
}

func synopsis(m *member) string {
	if m.required {
		return m.option() + " <value>"
	}
	return "[" + m.option() + " <value>]"
}

// types are the words for kinds in help.
var types = map[kind]string{
	stringKind: "string", integerKind: "integer", timestampKind: "timestamp",
	structureKind: "structure", listKind: "list", mapKind: "map",
}

func (m *manual) option(p *member) {
	required := ""
	if p.required {
		required = " [required]"
	}
	m.WriteString("\n")
	m.text(3, p.option()+" ("+types[p.shape.kind]+")"+required)
	m.text(6, p.doc+" "+p.more)
	if p.shape.kind != structureKind {
		return
	}
	m.WriteString("\n")
	m.tree(p.shape, 6)
	m.WriteString("\n")
	m.text(6, "Shorthand Syntax: "+shorthandExample(p.shape))
}

// tree lists the members of a structure and of those below it.
func (m *manual) tree(s *shape, indent int) {
	for s.kind == listKind || s.kind == mapKind {
		s = s.element
	}
	for i := range s.members {
		p := &s.members[i]
		m.text(indent, p.name+" -> ("+types[p.shape.kind]+") "+p.doc)
		m.tree(p.shape, indent+3)
	}
	if s.values != nil {
		m.text(indent, "One of "+strings.Join(s.values, ", ")+".")
	}
}

// shorthandExample is a structure in shorthand.
func shorthandExample(s *shape) string {
	var parts []string
	for i := range s.members {
		p := &s.members[i]
		switch p.shape.kind {
		case listKind:
			parts = append(parts, p.name+"=string,string")
		case structureKind:
			inner := strings.ReplaceAll(shorthandExample(p.shape), "string,string", "[string,string]")
			parts = append(parts, p.name+"={"+inner+"}")
		case stringKind, integerKind, timestampKind, mapKind:
			parts = append(parts, p.name+"="+types[p.shape.kind])
		}
	}
	return strings.Join(parts, ",")
}

// common lists the options that every operation has.
func (m *manual) common() {
	m.WriteString("\n")
	m.text(3, "--cli-input-json | --cli-input-yaml (string)")
	m.text(6, "Reads parameters from a document in the form that --generate-cli-skeleton prints. Options go before it. "+
		"The value may be file:// and a path.")
	m.WriteString("\n")
	m.text(3, "--generate-cli-skeleton (string)")
	m.text(6, "Sends nothing. input and yaml-input print the form of the parameters, output a sample of the answer.")
}

// globals lists the options that may stand anywhere.
func (m *manual) globals() {
	m.section("GLOBAL OPTIONS")
	for _, o := range globalOptions {
		line := o.Name
		if o.Choices != nil {
			line += " " + strings.Join(o.Choices, "|")
		}
		m.text(3, line)
	}
}

// verbs are the words with which the names of the AWS CLI's operations begin.
var verbs = strings.Fields(`associate batch complete create delete describe disassociate dismiss evaluate get import list
	monitor pause put release replicate resume search send start stop submit suspend tag transfer untag update`)

// explain adds to an error about an operation what there is, when the word is
// likely one of the AWS CLI's that rollcall does not have.
func (s *service) explain(err error, words []string) string {
	text := err.Error()
	name := s.parser(nil).FirstArgument(words)
	verb, _, ok := strings.Cut(name, "-")
	if !ok || !slices.Contains(verbs, verb) || !strings.HasSuffix(text, "'"+name+"'\n") {
		return text
	}
	var names []string
	for _, op := range s.operations {
		names = append(names, op.command())
	}
	return text + "\nOf the operations of " + s.name + " rollcall has:\n\n  * " + strings.Join(names, "\n  * ")
}
