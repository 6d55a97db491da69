package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"rollcall/connectapi"
	"rollcall/internal/access"
)

// keyring is what the commands for keys and tokens have in common: which file
// they change, and the policy of what they make.
type keyring struct {
	keysPlace
	name        string
	policyFile  string
	instance    string
	read, write bool
	wallboard   bool
	makeDir     bool
}

func (k *keyring) addPolicy(cmd *cobra.Command) {
	k.addTo(cmd)
	flags := cmd.Flags()
	flags.StringVar(&k.name, "name", "", "a name for people, shown by list and in denials")
	flags.StringVar(&k.policyFile, "policy", "", "file with the policy in IAM's JSON, - for standard input")
	flags.BoolVar(&k.read, "read", false, "without --policy: may ask questions")
	flags.BoolVar(&k.write, "write", false, "without --policy: may put events")
	flags.StringVar(&k.instance, "instance", "*", "without --policy: the ARN of the instance that --read and --write are for")
	flags.BoolVar(&k.makeDir, "make-dir", false, "make the directory of the keys file if it is not there, or is no server's yet")
	flags.BoolVar(&k.wallboard, "wallboard", false, "without --policy: may read agents in /v1, which is what the wallboard asks for, and nothing else")
	cmd.MarkFlagsMutuallyExclusive("policy", "read")
	cmd.MarkFlagsMutuallyExclusive("policy", "write")
	cmd.MarkFlagsMutuallyExclusive("policy", "wallboard")
	cmd.MarkFlagsOneRequired("policy", "read", "write", "wallboard")
}

// policy is the one in the file named, or one for reading and writing.
func (k *keyring) policy(stdin io.Reader) ([]byte, error) {
	switch k.policyFile {
	case "":
	case "-":
		return io.ReadAll(stdin)
	default:
		return os.ReadFile(k.policyFile)
	}
	var actions []string
	if k.read {
		asked := &connectapi.GetCurrentUserData.Operation // most of all, so it comes first
		actions = append(actions, asked.Action())
		for _, o := range connectapi.All {
			if o.Reads() && o != asked {
				actions = append(actions, o.Action())
			}
		}
	}
	if k.read || k.wallboard {
		actions = append(actions, access.ActionReadAgents)
	}
	if k.write {
		actions = append(actions, access.ActionPutEvents)
	}
	resources := []string{"*"}
	if k.instance != "*" {
		resources = []string{k.instance, k.instance + "/*"}
	}
	return access.AllowPolicy(actions, resources), nil
}

func (k *keyring) create(cmd *cobra.Command) (access.New, error) {
	if err := k.load(cmd, k.makeDir); err != nil {
		return access.New{}, err
	}
	policy, err := k.policy(cmd.InOrStdin())
	if err != nil {
		return access.New{}, fmt.Errorf("read the policy: %w", err)
	}
	return access.New{Name: k.name, Policy: policy, CreatedAt: time.Now()}, nil
}

func newKey() *cobra.Command {
	k := &keyring{}
	cmd := &cobra.Command{
		Use:   "key",
		Short: "Make, list and revoke access keys",
		Long: `Access keys sign requests as AWS access keys do. Each has a policy in the JSON of
AWS IAM: what it may do to which instances, queues, routing profiles, hierarchy
groups and users, under which conditions. The commands change the keys file of
the server on this machine, which they find by the settings that "rollcall serve"
takes: from the command line, from the environment (ROLLCALL_DATA_DIR,
ROLLCALL_KEYS_FILE), or from the file that --config names. They ask the server on
--admin-listen whether it has taken the change, and say so; the exit status is 1
when a server goes on with the keys before. The actions and resources of policies
are listed in docs/access.md.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	create := &cobra.Command{
		Use:   "create",
		Short: "Make an access key and show its secret, once",
		Example: `  rollcall key create --name wallboard --read
  rollcall key create --name feed --write --instance arn:aws:connect:us-east-1:111122223333:instance/INSTANCE
  rollcall key create --name planner --policy planner.json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			n, err := k.create(cmd)
			if err != nil {
				return err
			}
			key, err := access.CreateKey(k.path(), n)
			if err != nil {
				return err
			}
			if _, err = fmt.Fprintf(cmd.OutOrStdout(), "export AWS_ACCESS_KEY_ID=%s\nexport AWS_SECRET_ACCESS_KEY=%s\n", key.ID, key.Secret); err != nil {
				return err
			}
			return k.tellTaken(cmd)
		},
	}
	k.addPolicy(create)
	cmd.AddCommand(create, newEntries(access.KindKey, k), newRevoke(access.KindKey, k))
	return cmd
}

func newToken() *cobra.Command {
	k := &keyring{}
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Make, list and revoke bearer tokens for /v1",
		Long: `Bearer tokens are for clients of /v1 that can't sign requests: they send
"Authorization: Bearer TOKEN". They have policies as access keys do, and are kept
as a hash only. Send them over TLS.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	create := &cobra.Command{
		Use:   "create",
		Short: "Make a bearer token and show it, once",
		Example: `  rollcall token create --name pbx --write
  rollcall token create --name "screen in the hall" --wallboard`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			n, err := k.create(cmd)
			if err != nil {
				return err
			}
			token, err := access.CreateToken(k.path(), n)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "token %s; it can't be shown again:\n", token.ID)
			if _, err = fmt.Fprintln(cmd.OutOrStdout(), token.Secret); err != nil {
				return err
			}
			return k.tellTaken(cmd)
		},
	}
	k.addPolicy(create)
	cmd.AddCommand(create, newEntries(access.KindToken, k), newRevoke(access.KindToken, k))
	return cmd
}

func newEntries(kind access.Kind, k *keyring) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List them, without secrets",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := k.load(cmd, false); err != nil {
				return err
			}
			entries, err := access.List(k.path())
			if err != nil {
				return err
			}
			var t table
			t.add("ID", "NAME", "CREATED", "POLICY")
			for _, e := range entries {
				if e.Kind == kind {
					t.add(e.ID, e.Name, e.CreatedAt.Format(time.DateOnly), e.Policy.String())
				}
			}
			_, err = io.WriteString(cmd.OutOrStdout(), t.String())
			return err
		},
	}
	k.addTo(cmd)
	return cmd
}

func newRevoke(kind access.Kind, k *keyring) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "revoke ID...",
		Short: "Revoke by id; a running server heeds it within seconds",
		Args:  someArgs("an id"),
		RunE: func(cmd *cobra.Command, ids []string) error {
			if err := k.load(cmd, false); err != nil {
				return err
			}
			var errs []error
			revoked := false
			for _, id := range ids {
				if err := access.Revoke(k.path(), id); err != nil {
					errs = append(errs, err)
					continue
				}
				revoked = true
				fmt.Fprintf(cmd.ErrOrStderr(), "%s %s is taken out of the keys file\n", kind, id)
			}
			if revoked {
				errs = append(errs, k.tellTaken(cmd))
			}
			return errors.Join(errs...)
		},
	}
	k.addTo(cmd)
	return cmd
}
