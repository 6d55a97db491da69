package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// environment is the variable that stands for a flag: --data-dir is
// ROLLCALL_DATA_DIR.
func environment(flag string) string {
	return "ROLLCALL_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// loadSettings fills the flags that the command line left alone, from the
// environment, else from the YAML file that --config (or ROLLCALL_CONFIG)
// names, whose keys are the flags' names. What neither sets keeps its default.
func loadSettings(cmd *cobra.Command) error {
	return fillFlags(cmd.Flags(), cmd.Flags(), cmd.CommandPath())
}

// fillFlags is loadSettings for some flags of a command. The file may have the
// settings that are known, of which flags are a part.
func fillFlags(flags, known *pflag.FlagSet, command string) error {
	var errs []error
	set := func(flag *pflag.Flag, value, source string) {
		if err := flags.Set(flag.Name, value); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", source, err))
			_ = flag.Value.Set(flag.DefValue) // so that nobody complains about what is left of it
		}
	}
	flags.VisitAll(func(flag *pflag.Flag) {
		if value, ok := os.LookupEnv(environment(flag.Name)); ok && !flag.Changed {
			set(flag, value, environment(flag.Name))
		}
	})
	path, err := flags.GetString("config")
	if err != nil || path == "" {
		return errors.Join(append(errs, err)...)
	}
	settings, err := readSettings(path)
	if err != nil {
		return errors.Join(append(errs, err)...)
	}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		flag := flags.Lookup(name)
		switch {
		case known.Lookup(name) == nil || name == "config" || name == "help":
			errs = append(errs, fmt.Errorf("%s: unknown setting %q; the settings are the flags of %q without the dashes", path, name, command))
		case flag == nil || flag.Changed: // of no use here, or the command line or the environment has said
		case len(settings[name]) > 1 && !isList(flag):
			errs = append(errs, fmt.Errorf("%s: %s: a list of %d values, want one value", path, name, len(settings[name])))
		default:
			for _, value := range settings[name] {
				set(flag, value, path+": "+name)
			}
		}
	}
	return errors.Join(errs...)
}

func isList(flag *pflag.Flag) bool {
	_, list := flag.Value.(pflag.SliceValue)
	return list
}

// readSettings reads a YAML mapping of settings to a scalar or a list.
func readSettings(path string) (map[string][]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the settings: %w", err)
	}
	defer func() { _ = file.Close() }()
	var nodes map[string]yaml.Node
	decoder := yaml.NewDecoder(file)
	if err := decoder.Decode(&nodes); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the settings in %s: %w", path, err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the settings in %s: there is more than one YAML document", path)
	}
	settings := make(map[string][]string, len(nodes))
	for name, node := range nodes {
		values := []*yaml.Node{&node}
		if node.Kind == yaml.SequenceNode {
			values = node.Content
		}
		for _, v := range values {
			if v.Kind != yaml.ScalarNode {
				return nil, fmt.Errorf("read the settings in %s: %s: line %d: want a value or a list of values", path, name, v.Line)
			}
			settings[name] = append(settings[name], v.Value)
		}
	}
	return settings, nil
}

// byteSize is a flag for an amount of memory or disk: 512, 64KiB, 8MiB, 10GiB.
type byteSize int64

var byteUnits = []struct {
	suffix string
	size   byteSize
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}

func (b *byteSize) Type() string { return "size" }

func (b *byteSize) String() string {
	for _, unit := range byteUnits {
		if *b >= unit.size && *b%unit.size == 0 {
			return fmt.Sprintf("%d%s", *b/unit.size, unit.suffix)
		}
	}
	return "0B"
}

func (b *byteSize) Set(s string) error {
	number, factor := s, byteSize(1)
	for _, unit := range byteUnits {
		if head, ok := strings.CutSuffix(s, unit.suffix); ok {
			number, factor = head, unit.size
			break
		}
	}
	n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
	if err != nil || n < 0 || n > (1<<62)/int64(factor) {
		return fmt.Errorf("size %q: want a number of bytes, or one with KiB, MiB or GiB, for example 8MiB", s)
	}
	*b = byteSize(n) * factor
	return nil
}

// intSize is a byteSize for a setting that is an int.
type intSize int

func (*intSize) Type() string { return "size" }

func (i *intSize) String() string {
	b := byteSize(*i)
	return b.String()
}

func (i *intSize) Set(s string) error {
	var b byteSize
	if err := b.Set(s); err != nil {
		return err
	}
	if b > math.MaxInt {
		return fmt.Errorf("size %q: want at most %d bytes", s, math.MaxInt)
	}
	*i = intSize(b)
	return nil
}
