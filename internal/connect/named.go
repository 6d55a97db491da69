package connect

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"rollcall"
	"rollcall/internal/access"
	"rollcall/internal/instance"
)

// named is what a request for an operation that isn't here names, as far as it
// can be told without knowing the operation, and the sender must be permitted.
type named struct {
	at        []instance.Place // at least one
	resources []resourceName   // of the first
	instances bool             // the instances themselves are named, too
}

type resourceName struct{ kind, value string }

// resourceLabels are the labels of paths that name a resource below the instance.
var resourceLabels = map[string]string{
	"AgentStatusId": rollcall.TypeAgentStatus, "ContactFlowId": "contact-flow", "ContactFlowModuleId": "flow-module",
	"ContactId": "contact", "DataTableId": "data-table", "EmailAddressId": "email-address", "EvaluationFormId": "evaluation-form",
	"HierarchyGroupId": rollcall.TypeHierarchyGroup, "HoursOfOperationId": "operating-hours", "NotificationId": "notification",
	"PromptId": "prompt", "QueueId": rollcall.TypeQueue, "QuickConnectId": "transfer-destination",
	"RoutingProfileId": rollcall.TypeRoutingProfile, "RuleId": "rule", "SecurityProfileId": "security-profile",
	"TaskTemplateId": "task-template", "TestCaseId": "test-case", "UserId": rollcall.TypeAgent, "ViewId": "view",
	"VocabularyId": "vocabulary", "WorkspaceId": "workspace",
}

// namedIn finds what a request names: by its path, its query and the top of its
// body. Where it could name more than can be told (a body, labels of other
// kinds) the instance itself is named, too, and where no instance is named, all are.
func (s *Service) namedIn(c *call, to *route, sent []byte) (*named, error) {
	n := &named{instances: len(sent) > 0}
	var instances []string
	var wrong faults
	c.labels.each(to.Path, func(label, value string) {
		kind, below := resourceLabels[label]
		switch {
		case label == "InstanceId", label == "resourceArn":
			instances = append(instances, value)
		case below:
			n.resources = append(n.resources, resourceName{kind, value})
		default:
			n.instances = true
		}
	})
	for name, values := range c.Request.URL.Query() {
		if strings.EqualFold(name, "InstanceId") {
			instances = append(instances, values...)
		}
	}
	inBody, err := instancesInBody(sent)
	if err != nil {
		return nil, err
	}
	for _, name := range append(instances, inBody...) {
		if at, why := s.locate(name); why == "" {
			n.at = append(n.at, at)
		} else if whole, ok := rollcall.ParseARN(name); ok && whole.Type != "" { // a resource of an instance
			if len(n.at) == 0 {
				n.resources = append(n.resources, resourceName{whole.Type, name})
			}
			at, _ := s.locate(whole.InstanceARN().String())
			n.at, n.instances = append(n.at, at), true
		} else if strings.HasPrefix(name, "arn:") { // of something that is in no instance
			n.at, n.instances = append(n.at, instance.Anywhere()), true
		} else {
			wrong.add("InstanceId is %s: %s.", quoted(name), why)
		}
	}
	if len(n.at) == 0 {
		n.at, n.instances = []instance.Place{instance.Anywhere()}, true
	}
	for _, r := range n.resources {
		judgeResource(&wrong, n.at[0].ARN, r.kind, "A resource in the path", r.value)
	}
	return n, wrong.err(rollcall.CodeInvalid)
}

// instancesInBody are the values of the members at the top of a body by which
// operations name an instance. Whatever is read here is read so by Amazon: no
// name stands twice.
func instancesInBody(sent []byte) (instances []string, err error) {
	if len(sent) == 0 {
		return nil, nil
	}
	d, err := borrowDecoder(sent)
	if err != nil {
		return nil, err
	}
	defer d.giveBack()
	err = d.whole(func(name string) error {
		switch name {
		case "InstanceId", "ResourceArn", "TargetArn":
			if d.json.PeekKind() == jsontext.KindString {
				value, err := d.string(name)
				instances = append(instances, value)
				return err
			}
		}
		return d.skip()
	})
	if err != nil {
		return nil, err
	}
	return instances, d.wrong.err(rollcall.CodeMalformed)
}

// permit asks whether the sender may do the action to all that is named.
func (n *named) permit(pass access.Pass, action string) error {
	below := func(at rollcall.ARN) (all []rollcall.ARN) {
		for _, r := range n.resources {
			all = append(all, resource(at, r.kind, r.value)...)
		}
		if n.instances {
			all = append(all, at)
		}
		return all
	}
	for i, at := range n.at {
		if i > 0 {
			below = nil
		}
		if err := at.Permit(pass, action, below); err != nil {
			return err
		}
	}
	return nil
}
