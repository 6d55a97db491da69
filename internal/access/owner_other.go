//go:build !unix

package access

import "io/fs"

func groupOf(fs.FileInfo) (gid int, known bool) { return 0, false }
func inGroup(int) bool                          { return true }
func ownAs(string, fs.FileInfo) error           { return nil }
