package process

import (
	"bufio"
	"encoding/json"
	"io"
	"strings"
	"sync"
)

// Log is what a process has written to standard error: lines of JSON, and
// others.
type Log struct {
	mu    sync.Mutex
	more  *sync.Cond
	lines []string
	ended bool
}

func newLog() *Log {
	l := new(Log)
	l.more = sync.NewCond(&l.mu)
	return l
}

// read reads to the end, whatever is written: a process whose log nobody reads
// stands still.
func (l *Log) read(r io.Reader) {
	in := bufio.NewReader(r)
	for err := error(nil); err == nil; {
		var line string
		line, err = in.ReadString('\n')
		l.mu.Lock()
		if line != "" {
			l.lines = append(l.lines, line)
		}
		l.ended = err != nil
		l.more.Broadcast()
		l.mu.Unlock()
	}
}

// Await gives the first line with the message, when there is one, and false
// when the log has ended without.
func (l *Log) Await(message string) (line map[string]any, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for seen := 0; ; l.more.Wait() {
		for ; seen < len(l.lines); seen++ {
			if line, ok := says(l.lines[seen], message); ok {
				return line, true
			}
		}
		if l.ended {
			return nil, false
		}
	}
}

// Count tells how often a message was logged.
func (l *Log) Count(message string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, text := range l.lines {
		if _, ok := says(text, message); ok {
			n++
		}
	}
	return n
}

func says(text, message string) (line map[string]any, ok bool) {
	if json.Unmarshal([]byte(text), &line) != nil {
		return nil, false
	}
	return line, line["msg"] == message
}

// String is the whole log so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "")
}

// tail is the end of the log.
func (l *Log) tail() string {
	const lines = 20
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines[max(0, len(l.lines)-lines):], "")
}
