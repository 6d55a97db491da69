package setup

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// AskAtTerminal asks the person at the terminal of this process, wherever its
// input and output go, and shows nothing of what is typed. Without a terminal
// the answer is read from the input.
func AskAtTerminal(prompt string) (string, error) {
	terminal, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return AskIn(os.Stdin, os.Stderr)(prompt)
	}
	defer func() { _ = terminal.Close() }()
	if _, err := io.WriteString(terminal, prompt); err != nil {
		return "", fmt.Errorf("ask: %w", err)
	}
	line, err := term.ReadPassword(int(terminal.Fd()))
	_, _ = io.WriteString(terminal, "\n")
	return string(line), err
}

// AskIn asks on one stream, and reads the answer from another.
func AskIn(in io.Reader, out io.Writer) func(prompt string) (string, error) {
	return func(prompt string) (string, error) {
		if _, err := io.WriteString(out, prompt); err != nil {
			return "", fmt.Errorf("ask: %w", err)
		}
		line, err := bufio.NewReader(in).ReadString('\n')
		if err != nil && line == "" {
			return "", errors.New("EOF when reading a line")
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
}
