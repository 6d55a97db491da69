package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"rollcall/internal/access"
	"rollcall/internal/durable"
	"rollcall/internal/server"
)

// keysPlace is where a server's keys file is, and where the server can be asked
// about it, by the settings that the server itself goes by.
type keysPlace struct {
	file, dataDir, admin string
	flags                *pflag.FlagSet
}

func (k *keysPlace) addTo(cmd *cobra.Command) {
	c := server.NewConfig()
	k.flags = pflag.NewFlagSet("keys", pflag.ContinueOnError)
	k.flags.String("config", "", "YAML file of settings, such as serve takes")
	k.flags.StringVar(&k.file, "keys-file", "", "the keys file (default keys.yaml in --data-dir)")
	k.flags.StringVar(&k.dataDir, "data-dir", c.DataDir, "the server's data directory")
	k.flags.StringVar(&k.admin, "admin-listen", c.AdminListen, "the server's admin address, where it is asked whether it has taken a change; empty to ask nobody")
	cmd.Flags().AddFlagSet(k.flags)
	own := k.flags
	cmd.PreRun = func(*cobra.Command, []string) { k.flags = own } // of this of the commands that share k
}

// path is the keys file.
func (k *keysPlace) path() string {
	if k.file != "" {
		return k.file
	}
	return filepath.Join(k.dataDir, server.KeysFile)
}

// load reads the settings that the command line left alone, and refuses a
// directory in which no server looks for keys: a key that is made there would be
// one that nobody knows. With makeDir it is made one.
func (k *keysPlace) load(cmd *cobra.Command, makeDir bool) error {
	if err := fillFlags(k.flags, newServe().Flags(), "rollcall serve"); err != nil {
		return misused(cmd, err)
	}
	dir := filepath.Dir(k.path())
	if makeDir {
		if err := durable.MkdirAll(dir); err != nil {
			return fmt.Errorf("make the directory of the keys file: %w", err)
		}
		return nil
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("there is no directory %s; name the server's with --data-dir, ROLLCALL_DATA_DIR or --config, or its keys file with --keys-file ('create' makes one with --make-dir)", dir)
	}
	if k.file == "" && !server.IsDataDir(dir) {
		return fmt.Errorf("%s is no data directory of a server; name the server's with --data-dir, ROLLCALL_DATA_DIR or --config ('create' makes it one with --make-dir)", dir)
	}
	return nil
}

// tellTaken says whether the server has taken what was just written. Its error is
// that of a server that follows this file and goes on with what was before.
func (k *keysPlace) tellTaken(cmd *cobra.Command) error {
	out := cmd.ErrOrStderr()
	if k.admin == "" {
		fmt.Fprintln(out, "no server was asked whether it has taken the change (--admin-listen is empty); one that runs does within seconds")
		return nil
	}
	address := askable(k.admin)
	loaded, err := k.ask(cmd.Context(), address)
	switch {
	case err != nil:
		fmt.Fprintf(out, "no server could be asked at %s whether it has taken the change (%v); one that runs does within seconds\n", address, err)
	case loaded.Loaded:
		fmt.Fprintf(out, "the server at %s has taken the change\n", address)
	case !samePath(loaded.Path, k.path()):
		fmt.Fprintf(out, "the server at %s follows another keys file (%q), and has not taken the change\n", address, loaded.Path)
	case loaded.Fault != "":
		return fmt.Errorf("the change is written, and the server at %s has NOT taken it; the keys before stay in force: %s", address, loaded.Fault)
	default:
		return fmt.Errorf("the change is written, and the server at %s has NOT taken it; the keys before stay in force", address)
	}
	return nil
}

// askTime is how long a server may take to say what it has taken.
const askTime = 5 * time.Second

func (k *keysPlace) ask(ctx context.Context, address string) (loaded server.KeysLoaded, err error) {
	sum, err := access.Digest(k.path())
	if err != nil {
		return loaded, err
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/keys/loaded?sha256="+hex.EncodeToString(sum[:]), http.NoBody)
	if err != nil {
		return loaded, err
	}
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req) // past any proxy: it is this machine
	if err != nil {
		return loaded, errors.Unwrap(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return loaded, fmt.Errorf("it answered %s", resp.Status)
	}
	const most = 64 << 10
	return loaded, json.NewDecoder(http.MaxBytesReader(nil, resp.Body, most)).Decode(&loaded)
}

// askable is an address that is listened on, as a client on this machine asks it.
func askable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return listen
}

// samePath tells whether two paths lead to one file, also one of another
// directory's view.
func samePath(a, b string) bool {
	first, errA := os.Stat(a)
	second, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(first, second)
}
