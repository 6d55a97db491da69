package main

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"rollcall"
)

// sameFlags makes the flags of all commands of one kind: --instance is also
// taken as --instance-id, which is the AWS CLI's name for it; durations have
// days and booleans yes and no, from the environment and files, too; and those
// that have but a few values complete.
func sameFlags(root *cobra.Command) {
	root.SetGlobalNormalizationFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		if name == "instance-id" || name == "instance-arn" {
			name = "instance"
		}
		return pflag.NormalizedName(name)
	})
	eachCommand(root, func(cmd *cobra.Command) {
		cmd.LocalFlags().VisitAll(func(flag *pflag.Flag) {
			switch flag.Value.Type() {
			case "duration":
				flag.Value = lasting{flag.Value}
			case "bool":
				flag.Value = yesNo{flag.Value}
			}
			if flag.DefValue == "0s" || flag.DefValue == "0B" {
				flag.DefValue = "0" // which help does not mention
			}
			if files[flag.Name] || flag.Name == "help" {
				return
			}
			_ = cmd.RegisterFlagCompletionFunc(flag.Name, cobra.FixedCompletions(choices(flag.Name), cobra.ShellCompDirectiveNoFileComp)) // fails where a command has one of its own
		})
	})
}

func eachCommand(cmd *cobra.Command, f func(*cobra.Command)) {
	f(cmd)
	for _, sub := range cmd.Commands() {
		eachCommand(sub, f)
	}
}

// files are the flags whose values are files and directories.
var files = map[string]bool{
	"config": true, "data-dir": true, "keys-file": true, "policy": true, "tls-cert": true, "tls-key": true, "wallboard-rules": true,
	"nats-creds": true, "nats-nkey": true, "nats-tls-ca": true, "nats-tls-cert": true, "nats-tls-key": true,
}

// choices are the values of a flag that has but a few.
func choices(flag string) (values []string) {
	switch flag {
	case "output":
		return []string{"table", "json"}
	case "log-format":
		return []string{"text", "json"}
	case "log-level":
		return []string{"debug", "info", "warn", "error"}
	case "group-by":
		return []string{"queue", "profile", "team", "activity"}
	case "status-type":
		return []string{string(rollcall.StatusRoutable), string(rollcall.StatusCustom), string(rollcall.StatusOffline)}
	case "contact-state":
		return rollcall.ContactStateNames()
	case "activity":
		for _, activity := range rollcall.Activities() {
			values = append(values, activity.String())
		}
	case "channel":
		return []string{string(rollcall.ChannelVoice), string(rollcall.ChannelChat), string(rollcall.ChannelTask), string(rollcall.ChannelEmail)}
	case "sort":
		return strings.Split(orderNames(), ", ")
	}
	return values
}

// lasting is a flag for a duration, which may have days: 7d, 1d12h.
type lasting struct{ pflag.Value }

func (l lasting) Set(s string) error {
	d, err := parseDuration(s)
	if err != nil {
		return err
	}
	return l.Value.Set(d.String())
}

var daysAhead = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)d(.*)$`) })

// parseDuration is time.ParseDuration with days of 24 hours in front.
func parseDuration(s string) (time.Duration, error) {
	text, days := s, 0.0
	if found := daysAhead().FindStringSubmatch(s); found != nil {
		days, _ = strconv.ParseFloat(found[1], 64) // digits; too many are too large
		text = cmp.Or(found[2], "0")
	}
	rest, err := time.ParseDuration(text)
	if err == nil && days > 0 && (rest < 0 || days*float64(24*time.Hour)+float64(rest) >= math.MaxInt64) {
		err = fmt.Errorf("invalid duration %q", s)
	}
	if err != nil {
		return 0, fmt.Errorf("%s: want one such as 500ms, 90s, 5m, 1h30m or 7d", strings.TrimPrefix(err.Error(), "time: "))
	}
	return time.Duration(days*float64(24*time.Hour)) + rest, nil
}

// factor is a flag for how much faster something goes: 10, or 10x.
type factor float64

func (*factor) Type() string     { return "factor" }
func (f *factor) String() string { return strconv.FormatFloat(float64(*f), 'g', -1, 64) }

func (f *factor) Set(s string) error {
	n, err := strconv.ParseFloat(strings.TrimSuffix(s, "x"), 64)
	if err != nil {
		return fmt.Errorf("%q: want a factor such as 1x or 10x", s)
	}
	*f = factor(n)
	return nil
}

// yesNo is a flag that is on or off.
type yesNo struct{ pflag.Value }

// IsBoolFlag lets the flag stand without a value.
func (yesNo) IsBoolFlag() bool { return true }

func (y yesNo) Set(s string) error {
	switch word := strings.ToLower(s); {
	case slices.Contains([]string{"true", "t", "1", "yes", "y", "on"}, word):
		return y.Value.Set("true")
	case slices.Contains([]string{"false", "f", "0", "no", "n", "off"}, word):
		return y.Value.Set("false")
	}
	return fmt.Errorf("%q: want true or false, yes or no, on or off", s)
}
