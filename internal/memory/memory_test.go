package memory

import (
	"testing"
	"testing/fstest"
)

func TestOfGroup(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		want  int64
	}{
		{"version 2", map[string]string{"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "1000\n"}, 1000},
		{"version 2, above it", map[string]string{"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "max\n", "sys/fs/cgroup/a/memory.max": "2000\n"}, 2000},
		{"version 2, in a container", map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "3000\n"}, 3000},
		{"version 1", map[string]string{"proc/self/cgroup": "5:cpu:/\n4:memory:/a\n0::/\n", "sys/fs/cgroup/memory/a/memory.limit_in_bytes": "4000\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"}, 4000},
		{"version 1, in a container", map[string]string{"proc/self/cgroup": "4:memory:/docker/x\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "5000\n"}, 5000},
		{"none", map[string]string{"proc/self/cgroup": "0::/a\n", "sys/fs/cgroup/a/memory.max": "max\n"}, 0},
		{"another system", nil, 0},
	} {
		root := fstest.MapFS{}
		for name, content := range c.files {
			root[name] = &fstest.MapFile{Data: []byte(content)}
		}
		if got := ofGroup(root); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestOfMachine(t *testing.T) {
	root := fstest.MapFS{"proc/meminfo": &fstest.MapFile{Data: []byte("MemTotal:        2048 kB\nMemFree: 1 kB\n")}}
	if got := ofMachine(root); got != 2<<20 {
		t.Errorf("%d", got)
	}
	if got := ofMachine(fstest.MapFS{}); got != 0 {
		t.Errorf("of a machine that says nothing: %d", got)
	}
}

func TestLimit_WhatIsAskedForCounts(t *testing.T) {
	if got, source := Limit(5000); got != 5000 || source != "--memory-limit" {
		t.Errorf("%d of %s", got, source)
	}
}
