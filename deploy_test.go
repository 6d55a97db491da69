package rollcall_test

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"
)

// The template is one of CloudFormation's, as far as can be said without Amazon:
// whatever it refers to is there, and the policy permits what reading takes, on
// that stream alone.
func TestDeploy_TemplateOfTheAgentEvents(t *testing.T) {
	text, err := os.ReadFile("deploy/cloudformation/agent-events.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]struct {
			Type       string         `yaml:"Type"`
			Properties map[string]any `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	var whole map[string]any
	if err := yaml.Unmarshal(text, &whole); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	lintTemplate(t, whole)
	association := template.Resources["Association"]
	if association.Type != "AWS::Connect::InstanceStorageConfig" || association.Properties["ResourceType"] != "AGENT_EVENTS" || association.Properties["StorageType"] != "KINESIS_STREAM" {
		t.Errorf("the association is %v", association)
	}
	for name, want := range map[string][]any{
		"Reader":     {"kinesis:DescribeStreamSummary", "kinesis:ListShards", "kinesis:GetShardIterator", "kinesis:GetRecords"},
		"Subscriber": {"kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"},
		"Seeder": {
			"connect:ListRoutingProfiles", "connect:GetCurrentUserData", "connect:SearchUsers", "connect:ListAgentStatuses",
			"connect:ListQueues", "connect:ListRoutingProfileQueues", "connect:ListUserHierarchyGroups",
		},
	} {
		policy, _ := template.Resources[name].Properties["PolicyDocument"].(map[string]any)
		statements, _ := policy["Statement"].([]any)
		if len(statements) != 1 {
			t.Fatalf("%s: %d statements, want 1", name, len(statements))
		}
		statement, _ := statements[0].(map[string]any)
		if !slices.Equal(statement["Action"].([]any), want) {
			t.Errorf("%s permits %v, want %v", name, statement["Action"], want)
		}
		resource := map[string]string{
			"Reader":     "map[Fn::GetAtt:[Stream Arn]]",
			"Subscriber": "map[Fn::Sub:${Stream.Arn}/consumer/rollcall:*]",
			"Seeder":     "[map[Ref:InstanceArn] map[Fn::Sub:${InstanceArn}/*]]",
		}[name]
		if got := fmt.Sprint(statement["Resource"]); got != resource {
			t.Errorf("%s is about %s, want %s alone", name, got, resource)
		}
	}
	if consumer := template.Resources["Consumer"]; consumer.Type != "AWS::Kinesis::StreamConsumer" || consumer.Properties["ConsumerName"] != "rollcall" {
		t.Errorf("the consumer is %v", consumer)
	}
}
