"""Criteria of searches, made up, and what they find, worked out plainly."""
from events import GROUPS
from truth import id_of

COMPARE = {"EXACT": str.__eq__, "STARTS_WITH": str.startswith, "CONTAINS": str.__contains__}
NUMBERS = {
    "GREATER_OR_EQUAL": lambda n, low, high: n >= low, "GREATER": lambda n, low, high: n > low, "LESSER_OR_EQUAL": lambda n, low, high: n <= high,
    "LESSER": lambda n, low, high: n < high, "EQUAL": lambda n, low, high: n == low, "NOT_EQUAL": lambda n, low, high: n != low,
    "RANGE": lambda n, low, high: low <= n <= high,
}


def fold(text):
    return "".join(c.upper().lower() if len(c.upper()) == 1 else c for c in text)


def string_holds(condition, texts):
    compare = COMPARE[condition.get("ComparisonType", "EXACT")]
    return any(compare(fold(text), fold(condition["Value"])) for text in texts if text)


class Search:
    """A search: its member in an answer, its largest page, the texts that it looks
    at, and everything that it can find, with what an answer shows of it."""

    def __init__(self, operation, member, most, texts, everything):
        self.operation, self.member, self.most, self.texts, self.everything = operation, member, most, texts, everything

    def found(self, criteria):
        return [shown for one, shown in self.everything if self.holds(criteria, one)]

    def holds(self, c, one):
        texts = {name.lower(): of for name, of in self.texts.items()}
        return (
            ("OrConditions" not in c or any(self.holds(part, one) for part in c["OrConditions"]))
            and all(self.holds(part, one) for part in c.get("AndConditions", []))
            and ("StringCondition" not in c or string_holds(c["StringCondition"], texts[c["StringCondition"]["FieldName"].lower()](one)))
            and ("HierarchyGroupCondition" not in c or group_holds(c["HierarchyGroupCondition"], one))
            and ("ListCondition" not in c or any(skill_holds(c["ListCondition"]["Conditions"], skill) for skill in one.skills)))

    def make_up(self, random, depth=0):
        c = {}
        if random.random() < 0.8:
            field = random.choice(list(self.texts))
            words = [text for one, _ in random.sample(self.everything, 3) for text in self.texts[field](one) if text] + ["", "nobody", "ß"]
            word = random.choice(words)
            begin = random.randint(0, len(word))
            word = random.choice([word, word[begin:random.randint(begin, len(word))], word.swapcase() if word.isascii() else word])
            c["StringCondition"] = {"FieldName": random.choice([field, field.upper()]), "Value": word}
            if random.random() < 0.8:
                c["StringCondition"]["ComparisonType"] = random.choice(list(COMPARE))
        if self.operation == "search_users" and random.random() < 0.3:
            c["HierarchyGroupCondition"] = {"Value": random.choice([*GROUPS, "nowhere"])}
            if random.random() < 0.7:
                c["HierarchyGroupCondition"]["HierarchyGroupMatchType"] = random.choice(["EXACT", "WITH_CHILD_GROUPS"])
        if self.operation == "search_users" and random.random() < 0.3:
            c["ListCondition"] = {"TargetListType": "PROFICIENCIES", "Conditions": make_up_conditions(random)}
        if depth < 3:
            for name in ("OrConditions", "AndConditions"):
                if random.random() < 0.3:
                    c[name] = [self.make_up(random, depth + 1) for _ in range(random.randint(0 if name == "AndConditions" else 1, 3))]
        return c


def make_up_conditions(random):
    conditions = []
    for _ in range(random.randint(1, 2)):
        field, value = random.choice([("ProficiencyName", "language"), ("ProficiencyValue", "CARS"), ("ProficiencyValue", "deutsch")])
        c = {"StringCondition": {"FieldName": field, "Value": value}} if random.random() < 0.6 else {}
        if random.random() < 0.6:
            low, how = random.randint(1, 5), random.choice(list(NUMBERS))
            c["NumberCondition"] = {"FieldName": "ProficiencyLevel", "MinValue": low, "MaxValue": low + 1, "ComparisonType": how}
        conditions.append(c)
    return conditions


def skill_holds(conditions, skill):
    texts = {"proficiencyname": skill["Name"], "proficiencyvalue": skill["Value"]}
    for c in conditions:
        s, n = c.get("StringCondition"), c.get("NumberCondition")
        if s and not string_holds(s, [texts[s["FieldName"].lower()]]):
            return False
        if n and not NUMBERS[n["ComparisonType"]](skill["ProficiencyLevel"], n["MinValue"], n["MaxValue"]):
            return False
    return True


def group_holds(c, agent):
    if c.get("HierarchyGroupMatchType", "EXACT") == "EXACT":
        return agent.group_id() == c["Value"]
    return c["Value"] in [id_of(g) for g in agent.groups]


def searches(truth):
    def resources(kind, show):
        return [(id, show(id)) for id in truth.named.of[kind] if kind != "agent-state" or "Type" in truth.told(kind, id)]

    def name(kind):
        return lambda id: [truth.told(kind, id)["Name"]]

    def unknown(_):
        return []

    ids = {"resourceID": lambda id: [id]}
    return [
        Search("search_users", "Users", 500, {
            "Username": lambda a: [a.username], "FirstName": lambda a: [a.first], "LastName": lambda a: [a.last],
            "RoutingProfileId": lambda a: [a.profile_id()], "SecurityProfileId": unknown, "ResourceId": lambda a: [a.id],
        }, [(a, a.user()) for a in truth.agents.values()]),
        Search("search_queues", "Queues", 500, ids | {"name": name("queue"), "description": unknown}, resources("queue", truth.queue)),
        Search("search_routing_profiles", "RoutingProfiles", 500, ids | {
            "name": name("routing-profile"), "description": unknown,
            "associatedQueueIds": lambda id: truth.profile(id).get("AssociatedQueueIds", []),
        }, resources("routing-profile", truth.profile)),
        Search("search_agent_statuses", "AgentStatuses", 100, ids | {
            "name": name("agent-state"), "type": lambda id: [truth.told("agent-state", id)["Type"]], "description": unknown, "state": unknown, "displayOrder": unknown,
        }, resources("agent-state", truth.status)),
        Search("search_user_hierarchy_groups", "UserHierarchyGroups", 100, ids | {
            "name": name("agent-group"), "parentId": lambda id: [truth.told("agent-group", id)["above"]], "levelId": unknown,
        }, resources("agent-group", truth.group)),
    ]
