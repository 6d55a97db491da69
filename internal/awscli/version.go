package awscli

import (
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"rollcall/connectapi"
)

// cliVersion is the version of the AWS CLI whose behavior this package has.
const cliVersion = "2.36.7"

// architectures are the names that the AWS CLI has for Go's.
var architectures = map[string]string{"amd64": "x86_64", "arm64": "aarch64", "386": "x86"}

func architecture() string {
	if name, ok := architectures[runtime.GOARCH]; ok {
		return name
	}
	return runtime.GOARCH
}

func system() string {
	switch runtime.GOOS {
	case "darwin":
		return "Darwin"
	case "windows":
		return "Windows"
	}
	return strings.ToUpper(runtime.GOOS[:1]) + runtime.GOOS[1:]
}

// kernel is the release of the system's kernel, where it is easily known.
func kernel() string {
	raw, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(raw))
}

func ownVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return strings.TrimPrefix(info.Main.Version, "v")
	}
	return "devel"
}

// printVersion prints a line in the form scripts take apart: the version of the
// AWS CLI first, and rollcall's where that has the way it was installed.
func (c *command) printVersion() error {
	words := []string{"aws-cli/" + cliVersion, "Go/" + strings.TrimPrefix(runtime.Version(), "go"), system() + "/" + kernel()}
	if name := c.std.env("AWS_EXECUTION_ENV"); name != "" {
		words = append(words, "exec-env/"+name)
	}
	words = append(words, "rollcall-"+ownVersion()+"/"+architecture())
	return c.print([]byte(strings.Join(words, " ") + "\n"))
}

// userAgent is the User-Agent header. It says rollcall, not aws-cli, so that a
// service's statistics stay true; the rest has the AWS SDKs' form.
func (c *command) userAgent(o *connectapi.Operation, s *session) string {
	mode := s.retryMode
	if mode == "" {
		mode = aws.RetryModeStandard
	}
	words := []string{
		"rollcall/" + ownVersion(), "ua/2.1", "os/" + strings.ToLower(system()) + "#" + kernel(), "md/arch#" + architecture(),
		"lang/go#" + strings.TrimPrefix(runtime.Version(), "go"),
	}
	if name := c.std.env("AWS_EXECUTION_ENV"); name != "" {
		words = append(words, "exec-env/"+token(name))
	}
	words = append(words, "cfg/retry-mode#"+string(mode))
	if name := c.std.env("AWS_SDK_UA_APP_ID"); name != "" {
		words = append(words, "app/"+token(name))
	}
	return strings.Join(append(words, "md/prompt#off", "md/command#"+serviceName+"."+dashed(o.Name)), " ")
}

// token replaces what cannot stand in a word of a header.
func token(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7F && !strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r) {
			return r
		}
		return '-'
	}, s)
}
