package awscli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"syscall"

	"rollcall/connectapi"
)

// helpColumns is the width help is wrapped at.
const helpColumns = 80

// help shows a page of the manual through the pager.
func (c *command) help(ctx context.Context, page string) error {
	pager, err := c.pager()
	if err != nil {
		return err
	}
	w := c.paged(ctx, pager)
	defer w.Close()
	if _, err = w.Write([]byte(page)); errors.Is(err, syscall.EPIPE) && len(w.words) > 0 {
		return nil // who reads has read enough
	}
	return err
}

// asksForHelp says whether words are "--help", where that is no option of the
// AWS CLI's. A script gets its error, a person gets help.
func (c *command) asksForHelp(words []string) bool {
	return c.std.OutTerminal && len(words) == 1 && words[0] == "--help"
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
	m.text(3, serviceName)
	m.globals()
	return m.String()
}

func serviceHelp() string {
	var m manual
	m.WriteString("NAME\n")
	m.text(3, serviceName+" - what rollcall has of Amazon Connect")
	m.section("AVAILABLE COMMANDS")
	for _, o := range connectapi.All {
		m.text(3, dashed(o.Name))
		m.text(6, o.Doc)
	}
	return m.String()
}

func operationHelp(o *connectapi.Operation) string {
	var m manual
	in := o.Input()
	m.WriteString("NAME\n")
	m.text(3, dashed(o.Name)+" -")
	m.section("DESCRIPTION")
	m.text(3, o.Doc)
	if o.Page != nil {
		m.text(3, "Page after page is asked, and all are printed as one. --no-paginate asks for one page only.")
	}
	m.section("SYNOPSIS")
	m.text(3, serviceName+" "+dashed(o.Name))
	for i := range in.Members {
		m.text(3, synopsis(&in.Members[i]))
	}
	if o.Page != nil {
		m.text(3, "["+optStart+" <value>]")
		m.text(3, "["+optPageSize+" <value>]")
		m.text(3, "["+optMaxItems+" <value>]")
	}
	m.text(3, "[--cli-input-json <value> | --cli-input-yaml <value>]")
	m.text(3, "[--generate-cli-skeleton <value>]")
	m.section("OPTIONS")
	for i := range in.Members {
		m.option(&in.Members[i])
	}
	if o.Page != nil {
		m.paging()
	}
	m.common()
	m.globals()
	m.section("OUTPUT")
	if out := o.Output(); len(out.Members) > 0 {
		m.tree(out, 3, nil)
	} else {
		m.text(3, "None.")
	}
	return m.String()
}

func synopsis(m *connectapi.Member) string {
	text := option(m) + " <value>"
	switch m.Shape.Kind { //nolint:exhaustive // the others take one value
	case connectapi.Boolean:
		return "[" + option(m) + " | --no-" + option(m)[len("--"):] + "]"
	case connectapi.List:
		text += " [<value> ...]"
	}
	if m.Required {
		return text
	}
	return "[" + text + "]"
}

// types are the words for kinds in help.
var types = map[connectapi.Kind]string{
	connectapi.String: "string", connectapi.Integer: "integer", connectapi.Float: "double", connectapi.Boolean: "boolean",
	connectapi.Timestamp: "timestamp", connectapi.Structure: "structure", connectapi.List: "list", connectapi.Map: "map",
}

func (m *manual) option(p *connectapi.Member) {
	required := ""
	if p.Required {
		required = " [required]"
	}
	m.WriteString("\n")
	m.text(3, option(p)+" ("+types[p.Shape.Kind]+")"+required)
	m.text(6, p.Doc+" "+p.More)
	if !isComplex(p.Shape) {
		m.values(p.Shape, 6)
		return
	}
	m.WriteString("\n")
	m.tree(p.Shape, 6, nil)
	m.WriteString("\n")
	m.text(6, "Shorthand Syntax: "+shorthandExample(p.Shape, nil))
}

// tree lists the members of a structure and of those below it. Of one that it
// stands in, it lists nothing again.
func (m *manual) tree(s *connectapi.Shape, indent int, in within) {
	for s.Kind == connectapi.List || s.Kind == connectapi.Map {
		s = s.Element
	}
	if slices.Contains(in, s) {
		return
	}
	in = in.and(s)
	for i := range s.Members {
		p := &s.Members[i]
		m.text(indent, p.Name+" -> ("+types[p.Shape.Kind]+") "+p.Doc+" "+p.More)
		m.tree(p.Shape, indent+3, in)
	}
	m.values(s, indent)
}

// values lists what a string may be.
func (m *manual) values(s *connectapi.Shape, indent int) {
	if s.Enum != nil {
		m.text(indent, "One of "+strings.Join(s.Enum, ", ")+".")
	}
}

// shorthandExample is a value in shorthand. A structure that it stands in is
// only hinted at.
func shorthandExample(s *connectapi.Shape, in within) string {
	switch {
	case s.Kind == connectapi.List && in == nil:
		return shorthandExample(s.Element, nil) + " ..."
	case s.Kind == connectapi.List:
		one := shorthandExample(s.Element, in)
		if len(in) == 1 && !isComplex(s.Element) {
			return one + "," + one
		}
		return "[" + one + "," + one + "]"
	case s.Kind == connectapi.Structure && slices.Contains(in, s):
		return "{...}"
	case s.Kind != connectapi.Structure:
		return types[s.Kind]
	}
	var parts []string
	for i := range s.Members {
		parts = append(parts, s.Members[i].Name+"="+shorthandExample(s.Members[i].Shape, in.and(s)))
	}
	if in != nil {
		return "{" + strings.Join(parts, ",") + "}"
	}
	return strings.Join(parts, ",")
}

// paging lists the options of operations that are asked page after page.
func (m *manual) paging() {
	for _, o := range [][2]string{
		{optStart + " (string)", "Where to go on: the NextToken that an answer with --max-items ended with."},
		{optPageSize + " (integer)", "How many items to ask for at once. It changes nothing of what is printed."},
		{optMaxItems + " (integer)", "How many items to print at most. If there are more, a NextToken to go on with is printed behind them."},
	} {
		m.WriteString("\n")
		m.text(3, o[0])
		m.text(6, o[1])
	}
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
