package simulate

import "time"

var voiceChat = []channel{voice, chat}

// What every simulated instance has. The callers own what they get and fill in
// the ids.

func newStatuses() []*status {
	return []*status{
		{Resource: Resource{Name: "Available"}, kind: "ROUTABLE"},
		{Resource: Resource{Name: "Offline"}, kind: "OFFLINE"},
		{Resource: Resource{Name: "Break"}, kind: "CUSTOM", often: 9, mean: 11 * time.Minute},
		{Resource: Resource{Name: "Lunch"}, kind: "CUSTOM", often: 4, mean: 32 * time.Minute},
		{Resource: Resource{Name: "Meeting"}, kind: "CUSTOM", often: 2, mean: 25 * time.Minute},
		{Resource: Resource{Name: "Training"}, kind: "CUSTOM", often: 1, mean: 45 * time.Minute},
		{Resource: Resource{Name: "Coaching"}, kind: "CUSTOM", often: 2, mean: 18 * time.Minute},
		{Resource: Resource{Name: "System issue"}, kind: "CUSTOM", often: 1, mean: 4 * time.Minute},
	}
}

func newQueues() []*queue {
	return []*queue{
		{Resource: Resource{Name: "General Enquiries"}, channels: voiceChat},
		{Resource: Resource{Name: "Billing"}, channels: voiceChat},
		{Resource: Resource{Name: "Orders and Returns"}, channels: voiceChat},
		{Resource: Resource{Name: "Sales"}, channels: voiceChat},
		{Resource: Resource{Name: "Renewals"}, channels: []channel{voice}},
		{Resource: Resource{Name: "Technical Support"}, channels: voiceChat},
		{Resource: Resource{Name: "Outages"}, channels: []channel{voice}},
		{Resource: Resource{Name: "Complaints"}, channels: []channel{voice, email}},
		{Resource: Resource{Name: "VIP"}, channels: []channel{voice, chat, task, email}},
		{Resource: Resource{Name: "Web Chat"}, channels: []channel{chat}},
		{Resource: Resource{Name: "E-mail"}, channels: []channel{email}},
		{Resource: Resource{Name: "Claims"}, channels: []channel{task, email}},
		{Resource: Resource{Name: "Case Follow-up"}, channels: []channel{task}},
		{Resource: Resource{Name: "Outbound Service"}, channels: []channel{voice}},
		{Resource: Resource{Name: "Outbound Sales"}, channels: []channel{voice}},
	}
}

func newProfiles() []*profile {
	return []*profile{
		{
			Resource: Resource{Name: "Customer Service"}, department: 0, outbound: "Outbound Service",
			slots: [channels]int8{voice: 1, chat: 3}, alone: [channels]bool{voice: true, chat: true},
			share: [channels]float64{voice: 0.7, chat: 0.3},
			inbound: []demand{
				{"General Enquiries", voiceChat, 2},
				{"Billing", voiceChat, 1},
				{"Orders and Returns", voiceChat, 1},
			},
		},
		{
			Resource: Resource{Name: "Sales"}, department: 1, outbound: "Outbound Sales",
			slots: [channels]int8{voice: 1, chat: 2}, alone: [channels]bool{voice: true, chat: true},
			share:   [channels]float64{voice: 0.8, chat: 0.2},
			inbound: []demand{{"Sales", voiceChat, 1}, {"Renewals", []channel{voice}, 1}},
		},
		{
			Resource: Resource{Name: "Technical Support"}, department: 2, outbound: "Outbound Service",
			slots: [channels]int8{voice: 1, chat: 2, task: 2}, alone: [channels]bool{voice: true, chat: true},
			share: [channels]float64{voice: 0.55, chat: 0.25, task: 0.2},
			inbound: []demand{
				{"Outages", []channel{voice}, 1},
				{"Technical Support", voiceChat, 2},
				{"Case Follow-up", []channel{task}, 3},
			},
		},
		{
			Resource: Resource{Name: "Digital Care"}, department: 0, outbound: "Outbound Service",
			slots: [channels]int8{chat: 5, email: 2},
			share: [channels]float64{chat: 0.75, email: 0.25},
			inbound: []demand{
				{"Web Chat", []channel{chat}, 1},
				{"General Enquiries", []channel{chat}, 2},
				{"E-mail", []channel{email}, 3},
			},
		},
		{
			Resource: Resource{Name: "Back Office"}, department: 3, outbound: "Outbound Service",
			slots: [channels]int8{task: 5, email: 3}, alone: [channels]bool{email: true},
			share: [channels]float64{task: 0.65, email: 0.35},
			inbound: []demand{
				{"Claims", []channel{task, email}, 1},
				{"Case Follow-up", []channel{task}, 2},
				{"E-mail", []channel{email}, 2},
			},
		},
		{
			Resource: Resource{Name: "Priority Desk"}, department: 0, outbound: "Outbound Service",
			slots: [channels]int8{voice: 1, chat: 1, task: 1, email: 1}, alone: [channels]bool{voice: true},
			share: [channels]float64{voice: 0.6, chat: 0.2, task: 0.1, email: 0.1},
			inbound: []demand{
				{"VIP", []channel{voice, chat, task, email}, 1},
				{"Complaints", []channel{voice, email}, 2},
			},
		},
	}
}

// seating says which profile the agents have, in turn.
var seating = [...]int{0, 1, 2, 3, 0, 1, 4, 0, 2, 5, 0, 3, 1, 2, 0, 4, 3, 0, 1, 2}
