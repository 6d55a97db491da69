// Package docs runs what the project's pages tell people to type, page by page,
// in an empty directory, and compares what the pages show with what comes.
//
// A page's story is its blocks of ```console: lines that begin with "$ " are
// commands, which follow one another in one directory; the others are what is
// shown, up to a line that begins with "…". Numbers and ids may differ. Comments
// in the page, which nobody sees, say what a reader would know:
//
//	<!-- docs: skip REASON -->             the next block is not run
//	<!-- docs: varies -->                  of the next block only the first line is compared
//	<!-- docs: background until TEXT -->   the next block's command goes on; the story does when TEXT has come
//	<!-- docs: run COMMAND -->             a command that the page leaves to its reader; "background" may stand before it
//	<!-- docs: stop -->                    what is in the background ends, as with Ctrl-C
//
// Blocks in other languages are read by who reads such (see block); what nobody
// reads is marked with skip.
package docs

import (
	"fmt"
	"regexp"
	"strings"
)

// step is a command of a story, or the end of those in the background.
type step struct {
	line    int
	command string   // empty: end what is in the background
	shown   []string // what the page shows of its output
	skip    string   // why it is not run
	varies  bool
	until   string // of a command in the background
}

var directive = regexp.MustCompile(`^<!-- docs: (skip|varies|background until|run|stop) ?(.*?) ?-->$`)

// readStory gives the steps of a page.
func readStory(page string) (steps []step, err error) {
	var next step // what directives say of the next block
	inside, runs := false, false
	for i, line := range strings.Split(page, "\n") {
		found := directive.FindStringSubmatch(line)
		switch {
		case strings.HasPrefix(line, "```"):
			inside = !inside
			runs = inside && line == "```console"
			if !inside {
				next = step{}
			}
		case !inside && strings.HasPrefix(line, "<!-- docs:") && found == nil:
			return nil, fmt.Errorf("line %d: %q is no such comment as a page may have", i+1, line)
		case !inside && found != nil:
			switch found[1] {
			case "skip":
				next.skip = found[2]
			case "varies":
				next.varies = true
			case "background until":
				next.until = found[2]
			case "run":
				next.line, next.command = i+1, found[2]
				steps = append(steps, next)
				next = step{}
			case "stop":
				steps = append(steps, step{line: i + 1})
			}
		case runs && strings.HasPrefix(line, "$ "):
			s := next
			s.line, s.command = i+1, strings.TrimPrefix(line, "$ ")
			steps = append(steps, s)
		case runs && len(steps) > 0:
			last := &steps[len(steps)-1]
			last.shown = append(last.shown, line)
		}
	}
	return steps, nil
}

var (
	varying = regexp.MustCompile(`[0-9a-f]{8}[0-9a-f-]*[0-9a-f]|AKRC\w+|\b[\w/+]{40}\b|\b[A-Z2-7]{26}\b|[0-9]+|\b[KMG]iB\b`)
	blanks  = regexp.MustCompile(`\s+`)
)

// missing is the first line that is shown and did not come, in the order in which
// they are shown; empty if all came.
func (s *step) missing(output string) string {
	rest := output
	for _, line := range s.shown {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "…") {
			return ""
		}
		if line == "" {
			continue
		}
		at := pattern(line).FindStringIndex(rest)
		if at == nil {
			return line
		}
		rest = rest[at[1]:]
		if s.varies {
			return ""
		}
	}
	return ""
}

// pattern matches what is the same but for numbers, ids and blanks.
func pattern(line string) *regexp.Regexp {
	var b strings.Builder
	at := 0
	for _, v := range varying.FindAllStringIndex(line, -1) {
		b.WriteString(blanks.ReplaceAllString(regexp.QuoteMeta(line[at:v[0]]), `\s+`))
		b.WriteString(`[\w/+.-]+`)
		at = v[1]
	}
	b.WriteString(blanks.ReplaceAllString(regexp.QuoteMeta(line[at:]), `\s+`))
	return regexp.MustCompile(b.String())
}
