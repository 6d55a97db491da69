package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// What the documents and the deployment files name must exist: settings as
// flags of serve, flags as flags of some command.

var (
	settingName = regexp.MustCompile(`\bROLLCALL_[A-Z_]*[A-Z]\b`)
	flagName    = regexp.MustCompile(`(?:^|[\s(` + "`" + `])--([a-z][a-z0-9-]*[a-z0-9])\b`)
)

// secrets come from the environment alone, so that no process list shows them.
var secrets = map[string]bool{"ROLLCALL_ACCESS_KEY_ID": true, "ROLLCALL_SECRET_ACCESS_KEY": true, "ROLLCALL_TOKEN_SECRET": true, "ROLLCALL_NATS_PASSWORD": true, "ROLLCALL_BINARY": true, "ROLLCALL_CLI_CASES": true}

// foreign are flags of other programs that the documents show in use.
var foreign = map[string]bool{
	"stack-name": true, "template-file": true, "capabilities": true, "parameter-overrides": true, // the AWS CLI's, for CloudFormation
	"aws-sigv4": true, "user": true, "instance-id": true, "filters": true, "max-results": true, "output": true, "query": true, "next-token": true,
	"from-literal": true, "now": true, "profile": true, "data-binary": true, "config": true, "stop": true, "help": true,
}

func readAll(t *testing.T, patterns ...string) map[string]string {
	t.Helper()
	content := make(map[string]string)
	for _, pattern := range patterns {
		names, err := filepath.Glob(filepath.Join("../..", pattern))
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: no files, %v", pattern, err)
		}
		for _, name := range names {
			if info, err := os.Stat(name); err == nil && info.IsDir() {
				continue
			}
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			content[name] = string(data)
		}
	}
	return content
}

func TestDocs_NameSettingsThatExist(t *testing.T) {
	serve := newServe()
	for name, text := range readAll(t, "*.md", "docs/*.md", "deploy/*", "deploy/kubernetes/*") {
		for _, setting := range settingName.FindAllString(text, -1) {
			flag := strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(setting, "ROLLCALL_"), "_", "-"))
			if !secrets[setting] && serve.Flags().Lookup(flag) == nil {
				t.Errorf("%s names %s, and serve has no --%s", name, setting, flag)
			}
		}
	}
}

func TestDocs_NameFlagsThatExist(t *testing.T) {
	known := map[string]bool{}
	var collect func(cmd *cobra.Command)
	collect = func(cmd *cobra.Command) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
		for _, sub := range cmd.Commands() {
			collect(sub)
		}
	}
	collect(newRoot())
	for name, text := range readAll(t, "README.md", "docs/*.md", "deploy/rollcall.service", "internal/connect/DIVERGENCES.md") {
		for _, match := range flagName.FindAllStringSubmatch(text, -1) {
			if flag := match[1]; !known[flag] && !foreign[flag] {
				t.Errorf("%s names --%s, and no command has it", name, flag)
			}
		}
	}
}

func TestDeploy_IsYAML(t *testing.T) {
	for name, text := range readAll(t, "deploy/*.yaml", "deploy/kubernetes/*.yaml") {
		decoder := yaml.NewDecoder(strings.NewReader(text))
		documents := 0
		for {
			var document map[string]any
			err := decoder.Decode(&document)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil || len(document) == 0 {
				t.Fatalf("%s: document %d: %v", name, documents+1, err)
			}
			documents++
		}
		if documents == 0 {
			t.Errorf("%s is empty", name)
		}
	}
}

// What deploy/ runs is the same tomorrow: every image has a tag.
func TestDeploy_ImagesHaveTags(t *testing.T) {
	for _, path := range []string{"compose.yaml", "Dockerfile", "kubernetes/rollcall.yaml", "kubernetes/cluster.yaml"} {
		content, err := os.ReadFile(filepath.Join("../../deploy", path))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(content)) {
			words := strings.Fields(line)
			if len(words) > 1 && (words[0] == "image:" || words[0] == "FROM" && words[1] != "scratch") {
				if _, tag, _ := strings.Cut(words[1], ":"); strings.Count(tag, ".") < 2 {
					t.Errorf("%s: %s has no whole version", path, words[1])
				}
			}
		}
	}
}
