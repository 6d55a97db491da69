package access

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// ReadSecret reads a file of at most so many bytes that nobody can read or change
// but its owner, and the group that it belongs to where the process is in that:
// so Kubernetes gives secrets and volumes to those who don't run as root
// (fsGroup), and they can't be had otherwise. what is the file, for the error.
func ReadSecret(what, path string, most int64) (_ []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat() // of what was opened
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s %s: not a regular file", what, path)
	}
	if why := open(info); why != "" {
		return nil, fmt.Errorf("%s %s: its mode is %04o, so %s can read or change the secrets in it; run: chmod 600 %s", what, path, info.Mode().Perm(), why, path)
	}
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("%s %s: more than the %d bytes allowed", what, path, most)
	}
	return data, nil
}

const (
	forOthers fs.FileMode = 0o007
	forGroup  fs.FileMode = 0o070
)

// open says to whom a file is open that is no business of theirs.
func open(info fs.FileInfo) string {
	gid, known := groupOf(info)
	switch mode := info.Mode().Perm(); {
	case !known: // where modes say nothing
		return ""
	case mode&forOthers != 0:
		return "others than its owner"
	case mode&forGroup != 0 && !inGroup(gid):
		return fmt.Sprintf("group %d, in which this process is not,", gid)
	}
	return ""
}
