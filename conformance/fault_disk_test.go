package conformance

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// smallDisk is a file system in memory in a mount namespace of its own: nothing
// of the machine is touched, and it goes with the process that holds it.
type smallDisk struct {
	dir string   // as programs inside see it
	by  []string // the command line before that of a program that is to be inside
	pid string   // of the holder
}

// diskBytes is room for a small journal: its write-ahead log takes 36 MB a file
// from the start.
const diskBytes = 512 << 20

// openSmallDisk needs root, or a system that gives user namespaces to anybody.
func openSmallDisk(t *testing.T, bytes int) *smallDisk {
	t.Helper()
	d := &smallDisk{dir: t.TempDir()}
	unshare, enter := []string{"--mount"}, []string{"--mount"}
	if os.Geteuid() != 0 {
		unshare = append(unshare, "--user", "--map-root-user")
		enter = append(enter, "--user", "--preserve-credentials")
	}
	script := fmt.Sprintf("mount -t tmpfs -o size=%d,mode=0700 tmpfs %q && echo mounted && exec cat", bytes, d.dir)
	holder := exec.Command("unshare", append(unshare, "sh", "-c", script)...)
	stdin, err := holder.StdinPipe() // its end ends the holder
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var problems strings.Builder
	holder.Stderr = &problems
	if err := holder.Start(); err != nil {
		t.Skipf("what happens on a full or read-only disk is not tested: %v", err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = holder.Wait()
	})
	if line, _ := bufio.NewReader(stdout).ReadString('\n'); line != "mounted\n" {
		_ = stdin.Close()
		_, _ = io.Copy(io.Discard, stdout)
		t.Skipf("what happens on a full or read-only disk is not tested, since no small disk can be mounted: %s", &problems)
	}
	d.pid = strconv.Itoa(holder.Process.Pid)
	d.by = append(append([]string{"nsenter", "--target", d.pid}, enter...), "--")
	return d
}

func (d *smallDisk) run(t *testing.T, args ...string) string {
	t.Helper()
	args = append(slices.Clone(d.by), args...)
	out, err := exec.Command(args[0], args[1:]...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (d *smallDisk) remount(t *testing.T, options string) {
	t.Helper()
	d.run(t, d.remounting(options)...)
}

// remounting names the source, too: else mount adds the options that the disk
// has, some of which mean nothing inside.
func (d *smallDisk) remounting(options string) []string {
	return []string{"mount", "-t", "tmpfs", "-o", "remount," + options, "tmpfs", d.dir}
}

// leave makes the disk so small that so many bytes are left. The kernel refuses
// that where more was written since the look at what is used: then it looks again.
func (d *smallDisk) leave(t *testing.T, bytes int) {
	t.Helper()
	const tries = 1000
	var refused error
	for range tries {
		used, err := strconv.Atoi(strings.Fields(d.run(t, "df", "--output=used", "-B1", d.dir))[1])
		if err != nil {
			t.Fatal(err)
		}
		args := append(slices.Clone(d.by), d.remounting("size="+strconv.Itoa(used+bytes))...)
		if refused = exec.Command(args[0], args[1:]...).Run(); refused == nil {
			return
		}
	}
	t.Fatalf("the disk can't be made smaller: %v", refused)
}

// A full disk ends the server with exit status 3 and the reason. It does not
// start until there is room, says why, and then has everything that it
// acknowledged.
func TestDisk_FullEndsTheServerAndLosesNothing(t *testing.T) {
	d := openSmallDisk(t, diskBytes)
	dataDir := filepath.Join(d.dir, "data")
	var l ledger
	for _, spare := range []int{0, 100 << 10} {
		server := serveAs(t, d.by, dataDir, "--snapshot-every-bytes", "32KiB")
		l.mustHold(t, server)
		l.postMany(t, server, 50, func() { d.leave(t, spare) })
		server.awaitEnd(t, exitTerminal)
		mustSay(t, server.Log.String(), "no space left on device", "journal failed")

		d.leave(t, 0)
		said := serveInVain(t, d.by, dataDir, exitFailed)
		mustSay(t, said, "no space left on device")
		d.remount(t, "size="+strconv.Itoa(diskBytes))
	}
	server := serveAs(t, d.by, dataDir)
	l.mustHold(t, server)
	if !l.post(t.Context(), t, server) {
		t.Error("no event is taken although the disk has room")
	}
	server.stop(t)
}

// A disk that becomes read-only ends the server; it does not start on one, says
// why, and has everything when it can write again.
func TestDisk_ReadOnlyIsNamed(t *testing.T) {
	d := openSmallDisk(t, diskBytes)
	dataDir := filepath.Join(d.dir, "data")
	var l ledger
	server := serveAs(t, d.by, dataDir)
	l.postMany(t, server, 20, func() { server.Kill() })
	d.remount(t, "ro")
	mustSay(t, serveInVain(t, d.by, dataDir, exitFailed), "read-only file system", dataDir)
	mustSay(t, serveInVain(t, d.by, filepath.Join(d.dir, "new"), exitFailed), "read-only file system", "data directory")
	d.remount(t, "rw")
	server = serveAs(t, d.by, dataDir)
	l.mustHold(t, server)
	if !l.post(t.Context(), t, server) {
		t.Error("no event is taken although the disk can be written again")
	}
	server.stop(t)
}

// A second server on the same data directory refuses to start, and does not
// disturb the first.
func TestDataDir_InUseIsRefused(t *testing.T) {
	dataDir := t.TempDir()
	var l ledger
	server := serve(t, dataDir)
	if !l.post(t.Context(), t, server) {
		t.Fatal("no event is taken")
	}
	mustSay(t, serveInVain(t, nil, dataDir, exitFailed), "in use", dataDir)
	mustSay(t, serveInVain(t, nil, dataDir, exitFailed, "--accept-loss"), "in use", dataDir)
	if !l.post(t.Context(), t, server) {
		t.Error("the first server takes no more events")
	}
	l.mustHold(t, server)
	server.Kill()
	server = serve(t, dataDir) // nothing is left of a lock
	l.mustHold(t, server)
	server.stop(t)
}
