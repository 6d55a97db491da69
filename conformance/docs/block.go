package docs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"os/exec"
	"strings"

	"rollcall/internal/wallboard"
)

// block is a fenced block of a page.
type block struct {
	line     int
	language string // that the fence names
	text     string
	skip     bool // marked as one that nobody reads
}

// readBlocks gives all blocks of a page.
func readBlocks(page string) (blocks []block) {
	inside, skip := false, false
	for i, line := range strings.Split(page, "\n") {
		language, fence := strings.CutPrefix(line, "```")
		found := directive.FindStringSubmatch(line)
		switch {
		case fence && !inside:
			inside = true
			blocks = append(blocks, block{line: i + 1, language: language, skip: skip})
		case fence:
			inside, skip = false, false
		case inside:
			blocks[len(blocks)-1].text += line + "\n"
		case found != nil && found[1] == "skip" && found[2] != "":
			skip = true
		}
	}
	return blocks
}

// check has the block read by whoever reads its language. A block of commands is
// run, so here it must have some.
func (b *block) check(ctx context.Context) error {
	switch b.language {
	case "console":
		if !strings.HasPrefix(b.text, "$ ") {
			return errors.New("a block of console that begins with no command (\"$ \")")
		}
		return nil
	case "json": // one value, or some members of a list
		if !json.Valid([]byte(b.text)) && !json.Valid([]byte("["+b.text+"]")) {
			return errors.New("no JSON")
		}
		return nil
	case "yaml": // the only such file that pages show whole
		_, err := wallboard.ParseRules([]byte(b.text))
		return err
	case "go":
		_, err := parser.ParseFile(token.NewFileSet(), "", "package page\n"+b.text, parser.SkipObjectResolution)
		return err
	case "js":
		return b.checkBy(ctx, "node", "--input-type=module", "--check", "-")
	case "python":
		return b.checkBy(ctx, "python3", "-c", "import ast, sys; ast.parse(sys.stdin.read())")
	}
	if !b.skip {
		return fmt.Errorf("a block of %q, which nobody reads: mark it with <!-- docs: skip REASON -->", b.language)
	}
	return nil
}

// checkBy gives the block to a program, where there is one.
func (b *block) checkBy(ctx context.Context, program string, args ...string) error {
	path, err := exec.LookPath(program)
	if err != nil {
		return nil //nolint:nilerr // read where it is installed
	}
	cmd := exec.CommandContext(ctx, path, args...) //nolint:gosec // node or python3
	cmd.Stdin = strings.NewReader(b.text)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", program, err, out)
	}
	return nil
}
