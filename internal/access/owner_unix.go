//go:build unix

package access

import (
	"io/fs"
	"os"
	"slices"
	"syscall"
)

// groupOf gives the group of a file.
func groupOf(info fs.FileInfo) (gid int, known bool) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(s.Gid), true
}

// inGroup tells whether the process is in a group.
func inGroup(gid int) bool {
	groups, err := os.Getgroups()
	return gid == os.Getegid() || err == nil && slices.Contains(groups, gid)
}

// ownAs gives a file the owner, group and mode of another, or of the directory
// that it is in where it is the first of its name: a server that may not read
// what root put there would stay with the keys before.
func ownAs(path string, like fs.FileInfo) error {
	s, ok := like.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	if err := os.Chown(path, int(s.Uid), int(s.Gid)); err != nil {
		return err
	}
	if like.IsDir() {
		return nil
	}
	return os.Chmod(path, like.Mode().Perm())
}
