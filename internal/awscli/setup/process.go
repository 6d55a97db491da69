package setup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"

	"github.com/aws/aws-sdk-go-v2/aws"

	"rollcall/internal/awscli/profile"
	"rollcall/internal/awscli/shell"
	"rollcall/internal/awscli/value"
)

const processSource = "custom-process"

// process runs the program that a profile names for credentials. No shell is
// between: nothing in the command is expanded.
func process(ctx context.Context, p profile.Settings) (*held, error) {
	command, ok := p["credential_process"]
	if !ok {
		return nil, nil
	}
	run := func(ctx context.Context) (aws.Credentials, error) { return runProcess(ctx, command) }
	creds, err := run(ctx)
	if err != nil {
		return nil, err
	}
	return asFound(run, creds), nil
}

func runProcess(ctx context.Context, command string) (aws.Credentials, error) {
	words, err := shell.Split(command)
	if err != nil {
		return aws.Credentials{}, wording("No closing quotation")
	}
	if len(words) == 0 {
		return aws.Credentials{}, errors.New("credential_process names no program")
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, words[0], words[1:]...) //nolint:gosec // the user's own set-up names it
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if _, ran := errors.AsType[*exec.ExitError](err); ran {
			return aws.Credentials{}, notRetrieved(processSource, stderr.String())
		}
		return aws.Credentials{}, errno(err, words[0])
	}
	return readProcess(stdout.Bytes())
}

// readProcess reads what a program wrote.
func readProcess(answer []byte) (aws.Credentials, error) {
	v, err := value.ParseJSON(answer)
	if err != nil {
		return aws.Credentials{}, err
	}
	m, ok := v.(*value.Map)
	if !ok {
		return aws.Credentials{}, notRetrieved(processSource, "the answer is no JSON object")
	}
	var version any = "<Version key not provided>"
	if v, ok := m.Get("Version"); ok {
		version = v
	}
	if value.Str(version) != "1" {
		return aws.Credentials{}, notRetrieved(processSource,
			fmt.Sprintf("Unsupported version '%s' for credential process provider, supported versions: 1", value.Str(version)))
	}
	for _, name := range []string{"AccessKeyId", "SecretAccessKey"} {
		if _, ok := m.Get(name); !ok {
			return aws.Credentials{}, notRetrieved(processSource, "Missing required key in response: '"+name+"'")
		}
	}
	return ending(aws.Credentials{
		AccessKeyID: member(m, "AccessKeyId"), SecretAccessKey: member(m, "SecretAccessKey"), SessionToken: member(m, "SessionToken"),
	}, member(m, "Expiration"))
}

// member is the text of a member, and "" if there is none or it is null.
func member(m *value.Map, name string) string {
	if v, _ := m.Get(name); v != nil {
		return value.Str(v)
	}
	return ""
}

// errno words an error of the operating system.
func errno(err error, path string) error { return errors.New(shell.Errno(err, path)) }
