package rollcall_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// resourceType is what a template may say of a resource of a type, and ask of it.
// Source: the AWS CloudFormation template reference.
type resourceType struct{ required, optional, attributes []string }

var resourceTypes = map[string]resourceType{
	"AWS::Kinesis::Stream": {
		optional:   []string{"Name", "ShardCount", "RetentionPeriodHours", "StreamEncryption", "StreamModeDetails", "Tags"},
		attributes: []string{"Arn"},
	},
	"AWS::Kinesis::StreamConsumer": {
		required: []string{"ConsumerName", "StreamARN"}, optional: []string{"Tags"},
		attributes: []string{"ConsumerARN", "ConsumerCreationTimestamp", "ConsumerName", "ConsumerStatus", "StreamARN"},
	},
	"AWS::Connect::InstanceStorageConfig": {
		required:   []string{"InstanceArn", "ResourceType", "StorageType"},
		optional:   []string{"KinesisFirehoseConfig", "KinesisStreamConfig", "KinesisVideoStreamConfig", "S3Config"},
		attributes: []string{"AssociationId"},
	},
	"AWS::IAM::ManagedPolicy": {
		required: []string{"PolicyDocument"}, optional: []string{"Description", "Groups", "ManagedPolicyName", "Path", "Roles", "Users"},
		attributes: []string{"PolicyArn"},
	},
}

// lintTemplate finds what CloudFormation would refuse of a template, as far as it
// uses: sections, types and their properties, and what refers to nothing, or to
// what a condition may have left out.
func lintTemplate(t *testing.T, template map[string]any) {
	t.Helper()
	for section := range template {
		if !slices.Contains([]string{"AWSTemplateFormatVersion", "Description", "Parameters", "Conditions", "Resources", "Outputs"}, section) {
			t.Errorf("section %s", section)
		}
	}
	resources := object(template["Resources"])
	for name, r := range resources {
		is, known := resourceTypes[fmt.Sprint(object(r)["Type"])]
		properties := object(object(r)["Properties"])
		if !known {
			t.Errorf("%s is a %v, which is not known here", name, object(r)["Type"])
		}
		for _, property := range is.required {
			if _, there := properties[property]; !there {
				t.Errorf("%s lacks %s", name, property)
			}
		}
		for property := range properties {
			if !slices.Contains(is.required, property) && !slices.Contains(is.optional, property) {
				t.Errorf("%s has no %s", name, property)
			}
		}
	}
	for _, section := range []string{"Conditions", "Resources", "Outputs"} {
		for name, part := range object(template[section]) {
			condition := object(part)["Condition"]
			if _, there := object(template["Conditions"])[fmt.Sprint(condition)]; condition != nil && !there {
				t.Errorf("%s has the condition %v, which is nowhere", name, condition)
			}
			for _, to := range references(part) {
				target, attribute, _ := strings.Cut(to, ".")
				if _, isParameter := object(template["Parameters"])[target]; isParameter && attribute == "" {
					continue
				}
				r, isResource := resources[target]
				is := resourceTypes[fmt.Sprint(object(r)["Type"])]
				if !isResource || section == "Conditions" || attribute != "" && !slices.Contains(is.attributes, attribute) {
					t.Errorf("%s refers to %s, which is nowhere", name, to)
				}
				if may := object(r)["Condition"]; may != nil && may != condition {
					t.Errorf("%s refers to %s, which is there on the condition %v alone", name, to, may)
				}
			}
		}
	}
}

func object(v any) map[string]any {
	o, _ := v.(map[string]any)
	return o
}

var substituted = regexp.MustCompile(`\$\{([^!}][^}]*)\}`)

// references are what Ref, Fn::GetAtt and Fn::Sub refer to: NAME or NAME.ATTRIBUTE.
func references(v any) (all []string) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			all = append(all, references(e)...)
		}
	case map[string]any:
		for key, e := range v {
			switch key {
			case "Ref":
				all = append(all, fmt.Sprint(e))
			case "Fn::GetAtt":
				path, _ := e.([]any)
				all = append(all, fmt.Sprintf("%v.%v", path[0], path[len(path)-1]))
			case "Fn::Sub":
				for _, m := range substituted.FindAllStringSubmatch(fmt.Sprint(e), -1) {
					all = append(all, m[1])
				}
			default:
				all = append(all, references(e)...)
			}
		}
	}
	return all
}
