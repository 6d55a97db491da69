"""What the operations must tell of events, worked out slowly and plainly."""
import datetime

from events import ACCOUNT, INSTANCE, REGION, arn

LEVELS = ["LevelOne", "LevelTwo", "LevelThree", "LevelFour", "LevelFive"]
TALKING = ("CONNECTED", "CONNECTED_ONHOLD", "PAUSED")
FAILED = ("MISSED", "ERROR", "REJECTED")


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def id_of(ref):
    return ref["ARN"].split("/", 3)[3].removeprefix("agent/") if ref else None


def is_own(queue):
    return "/queue/agent/" in queue["ARN"]


def known(**members):
    """The members that are there."""
    return {name: value for name, value in members.items() if value not in (None, "")}


def reference(kind, id):
    return {"Id": id, "Arn": arn(kind, id)}


def active(c):
    return c["State"] in (*TALKING, "ENDED") or c["State"] in ("CONNECTING", "PENDING") and c["InitiationMethod"] in ("OUTBOUND", "CALLBACK")


class Agent:
    """An agent as the newest event by its instant has it."""

    def __init__(self, id):
        self.id, self.arn, self.at, self.setting, self.modified, self.own, self.shown = id, arn("agent", id), None, None, None, False, {}

    def take(self, event):
        """Takes an event in, unless it is late or was there before."""
        when = instant(event["EventTimestamp"])
        if self.at is not None and when <= self.at:
            return False
        self.at, snapshot = when, event["CurrentAgentSnapshot"]
        self.status, self.next, self.contacts = snapshot["AgentStatus"], snapshot["NextAgentStatus"], snapshot["Contacts"]
        c = snapshot["Configuration"]
        self.username, self.first, self.last = c["Username"], c["FirstName"] or getattr(self, "first", ""), c["LastName"] or getattr(self, "last", "")
        self.profile, self.skills = c["RoutingProfile"], c["Proficiencies"]
        self.groups = list((c["AgentHierarchyGroups"] or {}).values())
        self.own = self.own or any(is_own(q) for q in self.profile["InboundQueues"])
        setting = (self.username, self.first, self.last, self.profile_id(), self.group_id(), self.skills)
        if setting != self.setting:
            self.setting, self.modified = setting, when
        self.shown = {c["ContactId"]: self.shown_since(c) for c in self.contacts}
        self.talking = {c["ContactId"] for c in self.contacts if c["State"] in TALKING}
        return True

    def shown_since(self, c):
        if c["State"] not in TALKING:
            return c["StateStartTimestamp"]
        if c["ContactId"] in getattr(self, "talking", ()):
            return self.shown[c["ContactId"]]
        return c["StateStartTimestamp"] if c["State"] == "CONNECTED" else c["ConnectedToAgentTimestamp"] or c["StateStartTimestamp"]

    def profile_id(self):
        return id_of(self.profile)

    def group_id(self):
        return id_of(self.groups[-1]) if self.groups else None

    def queues(self):
        """The queues that feed the agent."""
        return {id_of(q) for q in self.profile["InboundQueues"] if not is_own(q)}

    def online(self):
        return bool(self.contacts) or self.status["Type"] != "OFFLINE"

    def states(self):
        return {"CONNECTED" if c["State"] == "PAUSED" else c["State"] for c in self.contacts}

    def modification(self):
        return {"LastModifiedTime": self.modified, "LastModifiedRegion": REGION}

    def row(self):
        """GetCurrentUserData's."""
        slots = self.profile["Concurrency"]
        busy = {s["Channel"]: 0 for s in slots}
        for c in self.contacts:
            if active(c):
                busy[c["Channel"]] = busy.get(c["Channel"], 0) + 1
        return {
            "User": reference("agent", self.id), "RoutingProfile": reference("routing-profile", self.profile_id()),
            **({"HierarchyPath": {LEVELS[i]: reference("agent-group", id_of(g)) for i, g in enumerate(self.groups)}} if self.groups else {}),
            "Status": {"StatusStartTimestamp": instant(self.status["StartTimestamp"]), "StatusArn": self.status["ARN"], "StatusName": self.status["Name"]},
            "AvailableSlotsByChannel": {s["Channel"]: s["AvailableSlots"] for s in slots}, "MaxSlotsByChannel": {s["Channel"]: s["MaximumSlots"] for s in slots},
            "ActiveSlotsByChannel": busy,
            "Contacts": [known(
                ContactId=c["ContactId"], Channel=c["Channel"], InitiationMethod=c["InitiationMethod"],
                AgentContactState="CONNECTED" if c["State"] == "PAUSED" else c["State"], StateStartTimestamp=instant(self.shown[c["ContactId"]]),
                ConnectedToAgentTimestamp=instant(c["ConnectedToAgentTimestamp"]), Queue=c["Queue"] and reference("queue", id_of(c["Queue"])),
            ) for c in self.contacts],
            **({"NextStatus": self.next["Name"]} if self.next else {}),
        }

    def user(self):
        names = known(FirstName=self.first, LastName=self.last)
        return known(Id=self.id, Arn=self.arn, Username=self.username, IdentityInfo=names or None, RoutingProfileId=self.profile_id(), HierarchyGroupId=self.group_id())

    def contact(self, c):
        """DescribeContact's."""
        groups = {f"Level{i + 1}": {"Arn": g["ARN"]} for i, g in enumerate(self.groups)}
        return known(
            Arn=arn("contact", c["ContactId"]), Id=c["ContactId"], InitialContactId=c["InitialContactId"], InitiationMethod=c["InitiationMethod"],
            Channel=c["Channel"], QueueInfo=c["Queue"] and known(Id=id_of(c["Queue"]), EnqueueTimestamp=instant(c["QueueTimestamp"])),
            AgentInfo=known(
                Id=self.id, ConnectedToAgentTimestamp=instant(c["ConnectedToAgentTimestamp"]), HierarchyGroups=groups or None,
                AfterContactWorkStartTimestamp=instant(c["StateStartTimestamp"]) if c["State"] == "ENDED" else None),
            LastUpdateTimestamp=self.at, LastPausedTimestamp=instant(c["StateStartTimestamp"]) if c["State"] == "PAUSED" else None)


class Named:
    """What events named, by kind and id, each as the newest by its instant named it."""

    def __init__(self):
        self.of = {"queue": {}, "routing-profile": {}, "agent-state": {}, "agent-group": {}}

    def name(self, kind, ref, when, **said):
        if not ref:
            return
        said["Name"] = ref["Name"]
        is_ = self.of[kind].setdefault(id_of(ref), {"at": when, "changed": when, "said": {}})
        if when < is_["at"]:  # of an older event counts what isn't known yet
            said = said | is_["said"]
        else:
            is_["at"], said = when, is_["said"] | said
        if is_["said"] and said != is_["said"]:
            is_["changed"] = max(is_["changed"], when)
        is_["said"] = said

    def take(self, event):
        when, snapshot = instant(event["EventTimestamp"]), event["CurrentAgentSnapshot"]
        self.name("agent-state", snapshot["AgentStatus"], when, Type=snapshot["AgentStatus"]["Type"])
        self.name("agent-state", snapshot["NextAgentStatus"], when)
        configuration = snapshot["Configuration"]
        profile, above = configuration["RoutingProfile"], None
        standard = [q for q in profile["InboundQueues"] if not is_own(q)]
        for queue in [*standard, profile["DefaultOutboundQueue"], *(c["Queue"] for c in snapshot["Contacts"])]:
            self.name("queue", queue, when)
        self.name("routing-profile", profile, when, queues=standard, outbound=profile["DefaultOutboundQueue"],
                  slots=[(s["Channel"], s["MaximumSlots"]) for s in profile["Concurrency"]])
        for level, group in enumerate((configuration["AgentHierarchyGroups"] or {}).values()):
            self.name("agent-group", group, when, level=level, above=above)
            above = id_of(group)


class Truth:
    """The floor of the events, as far as operations show it."""

    def __init__(self, events):
        self.agents, self.named = {}, Named()
        for event in events:
            id = event["AgentARN"].rsplit("/", 1)[1]
            if self.agents.setdefault(id, Agent(id)).take(event):
                self.named.take(event)

    def rows(self, wanted):
        return [a.row() for a in self.agents.values() if a.online() and wanted(a)]

    def modification(self, kind, id):
        return {"LastModifiedTime": self.named.of[kind][id]["changed"], "LastModifiedRegion": REGION}

    def told(self, kind, id):
        return self.named.of[kind][id]["said"]

    def summaries(self, kind, **more):
        return [reference(kind, id) | {"Name": self.told(kind, id)["Name"]} | {k: v(id) for k, v in more.items()} | self.modification(kind, id)
                for id in self.named.of[kind]]

    def user_summaries(self):
        return [known(Id=a.id, Arn=a.arn, Username=a.username) | a.modification() for a in self.agents.values()]

    def queue_summaries(self, types):
        own = [{"Id": a.id, "Arn": arn("queue/agent", a.id), "QueueType": "AGENT"} for a in self.agents.values() if a.own]
        return ("STANDARD" in types) * self.summaries("queue", QueueType=lambda _: "STANDARD") + ("AGENT" in types) * own

    def status_summaries(self, types):
        listed = [id for id in self.named.of["agent-state"] if self.told("agent-state", id).get("Type") in types]
        return [s | {"Type": self.told("agent-state", s["Id"])["Type"]} for s in self.summaries("agent-state") if s["Id"] in listed]

    def queue(self, id):
        return {"Name": self.told("queue", id)["Name"], "QueueArn": arn("queue", id), "QueueId": id} | self.modification("queue", id)

    def status(self, id):
        told = self.told("agent-state", id)
        return {"AgentStatusARN": arn("agent-state", id), "AgentStatusId": id, "Name": told["Name"], "Type": told["Type"]} | self.modification("agent-state", id)

    def profile(self, id):
        told = self.told("routing-profile", id)
        queues = list(dict.fromkeys(id_of(q) for q in told["queues"]))
        is_ = known(
            InstanceId=INSTANCE, Name=told["Name"], RoutingProfileArn=arn("routing-profile", id), RoutingProfileId=id,
            DefaultOutboundQueueId=id_of(told["outbound"]), AssociatedQueueIds=queues or None, NumberOfAssociatedQueues=len(queues),
            NumberOfAssociatedUsers=sum(a.profile_id() == id for a in self.agents.values()),
            MediaConcurrencies=[{"Channel": c, "Concurrency": n} for c, n in told["slots"] if n])
        return is_ | self.modification("routing-profile", id)

    def profile_queues(self, id):
        """A line for each channel of each queue."""
        told, lines = self.told("routing-profile", id), []
        for q in told["queues"]:
            for channel in q.get("Channels") or [c for c, _ in told["slots"]]:
                name = self.told("queue", id_of(q))["Name"]
                lines.append({"QueueId": id_of(q), "QueueArn": q["ARN"], "QueueName": name, "Priority": 1, "Delay": 0, "Channel": channel})
        return lines

    def group(self, id):
        summary, path = {s["Id"]: s for s in self.summaries("agent-group")}, {}
        above = id
        while above:
            path[LEVELS[self.told("agent-group", above)["level"]]] = summary[above]
            above = self.told("agent-group", above)["above"]
        return summary[id] | {"HierarchyPath": path}

    def structure(self):
        return {LEVELS[i]: {} for i in range(1 + max(g["said"]["level"] for g in self.named.of["agent-group"].values()))}

    def holders(self):
        """Of each contact that somebody has: who, the newest, and as what."""
        has = {}
        for a in sorted(self.agents.values(), key=lambda a: a.at):
            has |= {c["ContactId"]: (a, c) for c in a.contacts}
        return has


def instances(others):
    ids = [e["InstanceARN"].rsplit("/", 1)[1] for e in others]
    enabled = {"InboundCallsEnabled": True, "OutboundCallsEnabled": True, "InstanceStatus": "ACTIVE"}
    return [{"Id": id, "Arn": f"arn:aws:connect:{REGION}:{ACCOUNT}:instance/{id}"} | enabled for id in [INSTANCE, *ids]]
