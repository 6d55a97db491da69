package simulate

import (
	"math/rand/v2"
	"strconv"
)

// world is the simulated instance: everything that is the same on every day of
// a seed. It is immutable once built.
type world struct {
	account  string
	region   string
	instance string // its ARN
	seed     uint64

	available, offline *status
	pauses             []*status // the custom statuses
	queues             []*queue
	profiles           []*profile
	hierarchy          *hierarchy
	people             []person
}

// person is an agent as far as the day does not change it. The names and
// skills are JSON.
type person struct {
	arn         string
	id          uuid
	first, last string
	username    string
	skills      string
	profile     *profile
	site        int
	group       *group
	lead        bool    // listens in on others
	pace        float64 // how long this agent takes, against the mean
}

// newWorld builds the instance that cfg, defaults filled in, describes.
func newWorld(cfg Config) *world {
	w := &world{
		account:  cfg.Account,
		region:   cfg.Region,
		instance: "arn:aws:connect:" + cfg.Region + ":" + cfg.Account + ":instance/" + cfg.InstanceID,
		seed:     cfg.Seed,
	}
	statuses := newStatuses()
	for _, s := range statuses {
		s.Resource = w.resource("agent-state", s.Name)
		s.head = `{"ARN":` + quote(s.ARN) + `,"Name":` + quote(s.Name)
		if s.kind == "CUSTOM" {
			w.pauses = append(w.pauses, s)
		}
	}
	w.available, w.offline = statuses[0], statuses[1]
	byName := map[string]*queue{} // :: name -> queue
	w.queues = newQueues()
	for _, q := range w.queues {
		q.Resource = w.resource("queue", q.Name)
		q.encode()
		byName[q.Name] = q
	}
	w.profiles = newProfiles()
	for _, p := range w.profiles {
		p.Resource = w.resource("routing-profile", p.Name)
		p.encode(w.instance, byName)
	}
	w.hierarchy = newHierarchy(w, cfg.Agents)
	w.hire(cfg.Agents)
	return w
}

// resource names a part of the instance. The id is made from kind and name.
func (w *world) resource(kind, name string) Resource {
	id := rosterID(w.seed, kind, name).String()
	return Resource{ID: id, ARN: w.instance + "/" + kind + "/" + id, Name: name}
}

// hire makes the people. Each has a random source of its own, so the first
// hundred of a thousand are the hundred of a roster of a hundred, but for
// their groups.
func (w *world) hire(n int) {
	w.people = make([]person, n)
	names := usernames{taken: make(map[string]int, n)}
	for i := range w.people {
		p, id := &w.people[i], strconv.Itoa(i)
		r := source(w.seed, "agent", id)
		p.id = rosterID(w.seed, "agent", id)
		p.arn = w.instance + "/agent/" + p.id.String()
		first, last := firstNames[r.IntN(len(firstNames))], lastNames[r.IntN(len(lastNames))]
		p.first, p.last = quote(first), quote(last)
		p.username = quote(names.take(first, last))
		p.pace = 0.75 + r.Float64()*0.5
		p.skills = skills(r)
		p.profile = w.profiles[seating[i%len(seating)]]
		w.place(p, r)
	}
}

// place gives p a place in the hierarchy: mostly a team, sometimes the head of
// a department, and a few are outside of it.
func (w *world) place(p *person, r *rand.Rand) {
	kind := r.Float64()
	p.site = r.IntN(len(w.hierarchy.heads))
	switch {
	case kind < 0.03:
		p.group = noGroup
	case kind < 0.1:
		p.group, p.lead = w.hierarchy.heads[p.site][p.profile.department], true
	default:
		teams := w.hierarchy.teams[p.site][p.profile.department]
		p.group = teams[r.IntN(len(teams))]
	}
}

var (
	languages = [...]string{"English", "French", "German", "Japanese", "Portuguese", "Spanish"}
	subjects  = [...]string{"Accounts", "Devices", "Network", "Payments"}
)

// skills draws up to two proficiencies, as JSON.
func skills(r *rand.Rand) string {
	level := func() string { return strconv.Itoa(1+r.IntN(5)) + ".0" }
	skill := func(name, value string) string {
		return `{"Name":"` + name + `","ProficiencyLevel":` + level() + `,"Value":"` + value + `"}`
	}
	switch language, subject := languages[r.IntN(len(languages))], subjects[r.IntN(len(subjects))]; r.IntN(4) {
	case 0:
		return "[]"
	case 1:
		return "[" + skill("Language", language) + "," + skill("Subject", subject) + "]"
	default:
		return "[" + skill("Language", language) + "]"
	}
}
