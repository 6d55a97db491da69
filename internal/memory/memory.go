// Package memory tells how much memory the process may take, and has Go's
// collector keep to it. The limit is that of the control group that the process
// is in (a container, a unit of systemd), which Go does not look at by itself:
// without it garbage lies about until the machine kills the process.
package memory

import (
	"io/fs"
	"math"
	"os"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
)

// Limit is how much memory the process may take, in bytes, and who says so. Of
// several the first counts: asked, GOMEMLIMIT, the control group, the memory of
// the machine. It is 0 where nobody knows.
func Limit(asked int64) (bytes int64, source string) {
	if asked > 0 {
		return asked, "--memory-limit"
	}
	if os.Getenv("GOMEMLIMIT") != "" {
		if set := debug.SetMemoryLimit(-1); set < math.MaxInt64 {
			return set, "GOMEMLIMIT"
		}
	}
	root := os.DirFS("/")
	if bytes := ofGroup(root); bytes > 0 {
		return bytes, "control group"
	}
	return ofMachine(root), "machine"
}

// Keep has the collector keep the process below the limit, with a tenth left for
// what is not Go's. What GOMEMLIMIT says stands, and the memory of a whole
// machine is not for us alone.
func Keep(bytes int64, source string) {
	if os.Getenv("GOMEMLIMIT") == "" && bytes > 0 && source != "machine" {
		debug.SetMemoryLimit(bytes - bytes/10)
	}
}

// ofGroup is the smallest limit of the process's control group and those above
// it, of either version; 0 for none.
func ofGroup(root fs.FS) (least int64) {
	groups, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(groups)) {
		_, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, group, _ := strings.Cut(rest, ":")
		mounts, file := []string{"sys/fs/cgroup", "sys/fs/cgroup/unified"}, "memory.max"
		if controllers != "" {
			mounts, file = []string{"sys/fs/cgroup/" + controllers}, "memory.limit_in_bytes"
		}
		if controllers != "" && !strings.Contains(","+controllers+",", ",memory,") {
			continue
		}
		for _, mount := range mounts {
			// In a container the group may be the root of what is mounted.
			for at := path.Clean("/" + group); ; at = path.Dir(at) {
				if n := read(root, path.Join(mount, at, file)); n > 0 && (least == 0 || n < least) {
					least = n
				}
				if at == "/" {
					break
				}
			}
		}
	}
	return least
}

// read reads a limit; 0 for none. The kernel writes "max", or nearly the largest
// number.
func read(root fs.FS, name string) int64 {
	content, err := fs.ReadFile(root, name)
	if err != nil {
		return 0
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(content)), 10, 64)
	if err != nil || n >= 1<<60 {
		return 0
	}
	return n
}

// ofMachine is all memory of a Linux machine; 0 elsewhere.
func ofMachine(root fs.FS) int64 {
	content, err := fs.ReadFile(root, "proc/meminfo")
	if err != nil {
		return 0
	}
	_, rest, found := strings.Cut(string(content), "MemTotal:")
	number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, err := strconv.ParseInt(number, 10, 64)
	if !found || err != nil {
		return 0
	}
	return n << 10
}
