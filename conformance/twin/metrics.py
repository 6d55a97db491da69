"""GetCurrentMetricData: questions, made up, and their answers, counted plainly by
Amazon's definitions."""
from events import CHANNELS, PROFILES, QUEUES, STATUSES, arn
from truth import FAILED, active, id_of, reference

COUNTED = ["AGENTS_ONLINE", "AGENTS_AVAILABLE", "AGENTS_ON_CALL", "AGENTS_ON_CONTACT", "AGENTS_NON_PRODUCTIVE", "AGENTS_AFTER_CONTACT_WORK",
           "AGENTS_ERROR", "AGENTS_STAFFED", "SLOTS_ACTIVE", "SLOTS_AVAILABLE"]
UNITS = {"OLDEST_CONTACT_AGE": "SECONDS", "ESTIMATED_WAIT_TIME": "SECONDS"}
UNKNOWN = ["CONTACTS_IN_QUEUE", "CONTACTS_SCHEDULED", *UNITS]  # while no events tell who waits
DIMENSIONS = {"QUEUE": ("Queue", "queue"), "ROUTING_PROFILE": ("RoutingProfile", "routing-profile"), "AGENT_STATUS": ("AgentStatus", "agent-state")}


def count(agents, channels):
    """Every metric of agents, as far as the channels go."""
    sums = dict.fromkeys(COUNTED, 0)
    for a in agents:
        status = a.status["Type"]
        contacts = [c for c in a.contacts if c["Channel"] in channels]
        free = [s["AvailableSlots"] - sum(c["Channel"] == s["Channel"] and c["State"] in FAILED for c in contacts)
                for s in a.profile["Concurrency"] if s["Channel"] in channels]
        is_active = sum(active(c) for c in contacts)
        for metric, n in {
            "AGENTS_ONLINE": status != "OFFLINE", "AGENTS_STAFFED": status == "ROUTABLE", "AGENTS_NON_PRODUCTIVE": status == "CUSTOM",
            "AGENTS_AVAILABLE": status == "ROUTABLE" and not contacts, "AGENTS_ON_CALL": is_active > 0, "AGENTS_ON_CONTACT": is_active > 0,
            "AGENTS_AFTER_CONTACT_WORK": sum(c["State"] == "ENDED" for c in contacts), "AGENTS_ERROR": any(c["State"] in FAILED for c in contacts),
            "SLOTS_ACTIVE": is_active, "SLOTS_AVAILABLE": max([0, *free]) if status == "ROUTABLE" else 0,
        }.items():
            sums[metric] += n
    return sums


def serves(agent, channels):
    return [s["Channel"] for s in agent.profile["Concurrency"] if s["MaximumSlots"] > 0 and s["Channel"] in channels]


def cells_of(agent, grouping, filters, channels):
    if grouping == "QUEUE":
        return [q for q in agent.queues() if "Queues" not in filters or q in filters["Queues"]]
    return {"ROUTING_PROFILE": [agent.profile_id()], "AGENT_STATUS": [id_of(agent.status)], "CHANNEL": serves(agent, channels)}[grouping]


def answer(agents, asked):
    """The rows, in their order."""
    filters, groupings = asked["Filters"], asked.get("Groupings", [])
    channels = filters.get("Channels") or CHANNELS
    chosen = [a for a in agents if (
        ("Queues" not in filters or a.queues() & set(filters["Queues"])) and ("RoutingProfiles" not in filters or a.profile_id() in filters["RoutingProfiles"])
        and (not filters.get("AgentStatuses") or id_of(a.status) in filters["AgentStatuses"]) and (not filters.get("Channels") or serves(a, channels)))]
    cells = {}
    for a in chosen:
        keys = [()]
        for g in groupings:
            keys = [(*key, cell) for key in keys for cell in cells_of(a, g, filters, channels)]
        for key in keys:
            cells.setdefault(key, []).append(a)
    rows = []
    for key, members in cells.items():
        by = dict(zip(groupings, key))
        sums = count(members, [by["CHANNEL"]] if "CHANNEL" in by else channels)
        if "QUEUE" not in by or sums["AGENTS_ONLINE"] > 0:
            rows.append((by, sums))
    rows.sort(key=lambda row: [row[0].get(g, "") for g in ("QUEUE", "ROUTING_PROFILE", "AGENT_STATUS", "CHANNEL")])
    sort = (asked.get("SortCriteria") or [{}])[0]
    metric, turn = sort.get("SortByMetric", "AGENTS_ONLINE"), 1 if sort.get("SortOrder") == "ASCENDING" else -1
    rows.sort(key=lambda row: turn * row[1].get(metric, 0))
    return [row_of(by, sums, asked["CurrentMetrics"]) for by, sums in rows]


def row_of(by, sums, metrics):
    dimensions = {DIMENSIONS[g][0]: reference(DIMENSIONS[g][1], id) for g, id in by.items() if g != "CHANNEL"}
    if "CHANNEL" in by:
        dimensions["Channel"] = by["CHANNEL"]
    collections = [{"Metric": {"Name": m["Name"], "Unit": UNITS.get(m["Name"], "COUNT")}}
                   | ({"Value": float(sums[m["Name"]])} if m["Name"] in sums else {}) for m in metrics]
    return ({"Dimensions": dimensions} if by else {}) | {"Collections": collections}


def make_up(random):
    """A question that has an answer."""
    def some(ids, most):
        return random.sample(list(ids), random.randint(1, most))

    filters = {"Queues": some([*QUEUES, "nowhere"], 6)} if random.random() < 0.6 else {"RoutingProfiles": some([*PROFILES, "nowhere"], 5)}
    if random.random() < 0.4:
        filters["Channels"] = some(CHANNELS, 3)
    possible = [[], ["QUEUE"], ["CHANNEL"], ["ROUTING_PROFILE"], ["QUEUE", "CHANNEL"], ["CHANNEL", "QUEUE"], ["QUEUE", "ROUTING_PROFILE"], ["CHANNEL", "ROUTING_PROFILE"]]
    if "Queues" in filters:
        possible.append(["QUEUE", "AGENT_STATUS"])
        if random.random() < 0.4:
            filters["AgentStatuses"] = some([*STATUSES, "nothing"], 3)
    groupings, names = random.choice(possible), COUNTED + UNKNOWN
    if "AGENT_STATUS" in groupings:
        names = ["AGENTS_ONLINE"]
    elif "ROUTING_PROFILE" in groupings and "Queues" in filters:
        names = COUNTED + ["ESTIMATED_WAIT_TIME"]
    asked = {"Filters": filters, "CurrentMetrics": [
        {"Name": name} | ({"Unit": UNITS.get(name, "COUNT")} if random.random() < 0.8 else {}) for name in random.sample(names, random.randint(1, len(names)))]}
    if groupings or random.random() < 0.5:
        asked["Groupings"] = groupings
    if random.random() < 0.5:
        asked["SortCriteria"] = [{"SortByMetric": random.choice(COUNTED[:8]), "SortOrder": random.choice(["ASCENDING", "DESCENDING"])}]
    return asked


def by_arn(random, asked):
    """The same question, with ARNs for some of the ids."""
    kinds = {"Queues": "queue", "RoutingProfiles": "routing-profile", "AgentStatuses": "agent-state"}
    filters = {name: [arn(kinds[name], id) if name in kinds and random.random() < 0.3 else id for id in ids] for name, ids in asked["Filters"].items()}
    return asked | {"Filters": filters}
