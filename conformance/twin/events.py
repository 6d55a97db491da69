"""A floor that is made up from a seed: the events of some agents, in the order in
which they are sent. Everything about what they name follows from the instant."""
import datetime
import random

ACCOUNT, REGION = "210987654321", "eu-west-2"
INSTANCE = "7d1f5c0e-2c52-4d0b-9a57-3a4bb0a1c001"
BASE = f"arn:aws:connect:{REGION}:{ACCOUNT}:instance/{INSTANCE}"
START = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.timezone.utc)
CHANNELS = ["VOICE", "CHAT", "TASK", "EMAIL"]
STATES = ["INCOMING", "PENDING", "CONNECTING", "CONNECTED", "CONNECTED_ONHOLD", "PAUSED", "MISSED", "ERROR", "ENDED", "REJECTED"]
METHODS = ["INBOUND", "OUTBOUND", "TRANSFER", "CALLBACK"]

AGENTS = [f"agent-{i}" for i in range(45)]
QUEUES = ["sales", "support", "claims", "vip", "chat", "back office", "outbound", "überlauf", "walk-in"]
# The profile's queues with their channels, None where events tell none; how many
# contacts of each channel an agent may have; the default outbound queue.
PROFILES = {
    "voice": ([("sales", None), ("support", None)], {"VOICE": 1}, "outbound"),
    "omni": ([("sales", ["VOICE", "CHAT"]), ("claims", ["TASK"]), ("chat", None)], {"CHAT": 3, "VOICE": 1, "TASK": 5}, "outbound"),
    "digital": ([("chat", ["CHAT"]), ("claims", ["EMAIL", "TASK"]), ("chat", ["EMAIL"])], {"CHAT": 5, "EMAIL": 4, "TASK": 0}, "walk-in"),
    "vip": ([("vip", ["VOICE"]), ("sales", ["VOICE"])], {"VOICE": 1, "CHAT": 2}, None),
    "back": ([("back office", None)], {"TASK": 10}, "outbound"),
    "none": ([], {"VOICE": 1}, "outbound"),
}
STATUSES = {"available": "ROUTABLE", "offline": "OFFLINE", "lunch": "CUSTOM", "training": "CUSTOM", "meeting": "CUSTOM", "spare": "ROUTABLE"}
GROUPS = {  # each with the one above it
    "emea": None, "amer": None, "uk": "emea", "de": "emea", "us": "amer", "leeds": "uk", "york": "uk", "team-a": "leeds", "team-b": "leeds", "desk-1": "team-a",
}


def stamp(t):
    return t.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def at(seconds):
    return START + datetime.timedelta(milliseconds=round(seconds * 1000))


def arn(kind, id):
    return f"{BASE}/{kind}/{id}"


def path_of(group):
    """The groups above it and itself, the first level first."""
    return [] if group is None else path_of(GROUPS[group]) + [group]


class Floor:
    """What happens on the floor, and how things are called at a time."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.renamed = {}  # (kind, id) -> instants of renamings, in seconds
        for kind, ids in [("queue", QUEUES), ("routing-profile", PROFILES), ("agent-state", STATUSES), ("agent-group", GROUPS)]:
            for id in ids:
                if self.random.random() < 0.4:
                    self.renamed[kind, id] = sorted(self.random.uniform(50, 400) for _ in range(self.random.randint(1, 3)))
        self.agents = {}
        self.contacts = 0

    def ref(self, kind, id, when):
        n = sum(1 for t in self.renamed.get((kind, id), []) if t <= when)
        return {"ARN": arn(kind, id), "Name": id.title() + (f" {n}" if n else "")}

    def profile(self, agent, when):
        queues, slots, outbound = PROFILES[agent["profile"]]
        inbound = [self.ref("queue", queue, when) | ({"Channels": channels} if channels else {}) for queue, channels in queues]
        if agent["own"]:
            own = {"ARN": arn("queue/agent", agent["id"]), "Name": None, "Channels": ["VOICE"]}
            inbound.insert(self.random.randint(0, len(inbound)), own)
        taken = {channel: sum(1 for c in agent["contacts"] if c["Channel"] == channel) for channel in slots}
        concurrency = [{"Channel": c, "MaximumSlots": n, "AvailableSlots": max(0, n - taken[c])} for c, n in slots.items()]
        told = self.ref("routing-profile", agent["profile"], when) | {"InboundQueues": inbound, "Concurrency": concurrency}
        return told | {"DefaultOutboundQueue": self.ref("queue", outbound, when) if outbound else None}

    def begin(self, id):
        r = self.random
        self.agents[id] = {
            "id": id, "profile": r.choice(list(PROFILES)), "group": r.choice([None, *GROUPS]), "own": r.random() < 0.3, "contacts": [],
            "username": id + "@Example", "first": r.choice(["Ann", "Bob", "Zoë", ""]), "last": r.choice(["Smith", "O'Neill", "Groß", ""]),
            "skills": [(r.choice(["Language", "Product"]), r.choice(["Deutsch", "English", "Cars"]), float(r.randint(1, 5))) for _ in range(r.randint(0, 2))],
        }
        return self.agents[id]

    def change_contacts(self, agent, when):
        r, kept = self.random, []
        for c in agent["contacts"]:
            if r.random() < 0.25:
                continue
            if r.random() < 0.6:
                c = c | {"State": r.choice(STATES), "StateStartTimestamp": stamp(at(when - r.random()))}
                if c["State"] in ("CONNECTED", "CONNECTED_ONHOLD", "PAUSED", "ENDED"):
                    c["ConnectedToAgentTimestamp"] = c["ConnectedToAgentTimestamp"] or stamp(at(when - 1 + r.random()))
            kept.append(c | {"Queue": c["Queue"] and self.ref("queue", c["id"], when)})
        while r.random() < 0.45 and len(kept) < 4:
            self.contacts += 1
            state, queue = r.choice(STATES), r.choice([None, *QUEUES])
            kept.append({
                "id": queue, "ContactId": f"contact-{self.contacts}", "InitialContactId": r.choice([None, f"first-{self.contacts}"]),
                "Channel": r.choice(CHANNELS), "InitiationMethod": r.choice(METHODS), "State": state,
                "StateStartTimestamp": stamp(at(when - r.random())), "QueueTimestamp": stamp(at(when - 5)) if queue else None,
                "ConnectedToAgentTimestamp": stamp(at(when - 2)) if state in ("CONNECTED", "CONNECTED_ONHOLD", "ENDED") else None,
                "Queue": self.ref("queue", queue, when) if queue else None,
            })
        agent["contacts"] = kept

    def event(self, n, when):
        r = self.random
        agent = self.agents.get(id := r.choice(AGENTS)) or self.begin(id)
        for what, values in [("profile", list(PROFILES)), ("group", [None, *GROUPS]), ("first", ["Ann", "Bea"])]:
            if r.random() < 0.05:
                agent[what] = r.choice(values)
        self.change_contacts(agent, when)
        status = r.choices(list(STATUSES), [10, 3, 3, 2, 1, 0])[0]
        groups = {f"Level{i + 1}": self.ref("agent-group", g, when) for i, g in enumerate(path_of(agent["group"]))}
        following = r.choice([None, None, None, "lunch", "spare"])
        return {
            "AWSAccountId": ACCOUNT, "AgentARN": arn("agent", id), "InstanceARN": BASE, "EventId": f"event-{n}", "Version": "2017-10-01",
            "EventType": r.choice(["STATE_CHANGE", "HEART_BEAT", "LOGIN"]), "EventTimestamp": stamp(at(when)), "PreviousAgentSnapshot": None,
            "CurrentAgentSnapshot": {
                "AgentStatus": self.ref("agent-state", status, when) | {"Type": STATUSES[status], "StartTimestamp": stamp(at(when - 3))},
                "NextAgentStatus": following and self.ref("agent-state", following, when) | {"EnqueuedTimestamp": stamp(at(when))},
                "Contacts": [{k: v for k, v in c.items() if k != "id"} for c in agent["contacts"]],
                "Configuration": {
                    "Username": agent["username"], "FirstName": agent["first"], "LastName": agent["last"],
                    "RoutingProfile": self.profile(agent, when), "AgentHierarchyGroups": groups or None,
                    "Proficiencies": [{"Name": a, "Value": b, "ProficiencyLevel": c} for a, b, c in agent["skills"]],
                },
            },
        }


def made_up(seed, count=300):
    """Events as they are sent: some overtake each other, some come twice."""
    floor = Floor(seed)
    events = [floor.event(n, 10 + 2 * n) for n in range(count)]
    for i in range(0, len(events) - 4, 4):
        if floor.random.random() < 0.3:
            events[i], events[i + 3] = events[i + 3], events[i]
    return events + events[-5:]


def of_others(count=12):
    """An event each of other instances, so that those have pages."""
    events = []
    for i in range(count):
        base = f"arn:aws:connect:{REGION}:{ACCOUNT}:instance/other-{i}"
        status = {"ARN": base + "/agent-state/available", "Name": "Available", "Type": "ROUTABLE", "StartTimestamp": stamp(at(1000))}
        events.append({
            "AWSAccountId": ACCOUNT, "AgentARN": f"{base}/agent/somebody", "InstanceARN": base, "EventId": f"other-{i}", "Version": "2017-10-01",
            "EventType": "LOGIN", "EventTimestamp": stamp(at(1000 + i)), "PreviousAgentSnapshot": None,
            "CurrentAgentSnapshot": {"AgentStatus": status, "NextAgentStatus": None, "Contacts": [], "Configuration": None},
        })
    return events
