"""A twin of the operations: it makes up events from a seed, sends them, works out
by brute force what every operation must answer, and asks it with boto3, for every
filter and every size of page.

    twin SEED     asks everything of a server that has no events yet
    twin quotas   asks a server with --aws-quotas until it has had enough of it

It prints JSON: how many requests were asked, what differed, and some of them with
their answers, for other clients."""
import concurrent.futures
import datetime
import itertools
import json
import os
import random
import sys
import urllib.request

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import ClientError

import metrics
import refusals
from events import AGENTS, BASE, GROUPS, INSTANCE, PROFILES, QUEUES, REGION, arn, made_up, of_others
from searches import searches
from truth import Truth, id_of, instances

URL = os.environ["AWS_ENDPOINT_URL_CONNECT"]
STATES = ["INCOMING", "PENDING", "CONNECTING", "CONNECTED", "CONNECTED_ONHOLD", "MISSED", "ERROR", "ENDED", "REJECTED"]
NEEDED = {  # by an input, beside the instance
    "describe_user": {"UserId": "x"}, "describe_queue": {"QueueId": "x"}, "describe_routing_profile": {"RoutingProfileId": "x"},
    "describe_agent_status": {"AgentStatusId": "x"}, "describe_user_hierarchy_group": {"HierarchyGroupId": "x"}, "describe_contact": {"ContactId": "x"},
    "describe_user_hierarchy_structure": {}, "describe_instance": {}, "list_routing_profile_queues": {"RoutingProfileId": "voice"}, "list_users": {},
    "list_queues": {}, "list_routing_profiles": {}, "list_agent_statuses": {}, "list_user_hierarchy_groups": {}, "list_instances": {}, "search_users": {},
    "search_queues": {}, "search_routing_profiles": {}, "search_agent_statuses": {}, "search_user_hierarchy_groups": {},
    "get_current_user_data": {"Filters": {"Queues": ["sales"]}}, "get_current_metric_data": {"Filters": {"Queues": ["sales"]}, "CurrentMetrics": refusals.ONE},
}


def put(events):
    body = "\n".join(json.dumps(e) for e in events).encode()
    request = AWSRequest("POST", URL + "/v1/events?wait=visible", data=body, headers={"Content-Type": "application/json"})
    SigV4Auth(boto3.Session().get_credentials(), "connect", REGION).add_auth(request)
    sent = urllib.request.Request(request.url, data=body, headers=dict(request.headers), method="POST")
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(sent) as answer:
        assert answer.status == 200, answer.read()


def plain(value):
    """The value as JSON has it."""
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if v is not None}
    return [plain(v) for v in value] if isinstance(value, list) else value


class Twin:
    def __init__(self):
        # Bounds are the server's to judge, and nothing is asked twice.
        self.client = boto3.client("connect", config=Config(parameter_validation=False, retries={"max_attempts": 0}, read_timeout=300))
        self.asked, self.differences, self.cases = 0, [], []

    def ask(self, operation, asked):
        self.asked += 1
        answer = getattr(self.client, operation)(**self.whole(operation, asked))
        answer.pop("ResponseMetadata")
        return answer

    def whole(self, operation, asked):
        return ({} if operation == "list_instances" else {"InstanceId": INSTANCE}) | asked

    def same(self, operation, asked, want, got):
        want, got = plain(want), plain(got)
        if want != got:
            self.differences.append({"operation": operation, "input": plain(asked), "want": want, "got": got})

    def case(self, operation, asked, **outcome):
        """Keeps it for other clients."""
        name = self.client.meta.method_to_api_mapping[operation]
        self.cases.append({"operation": name, "input": self.whole(operation, asked)} | plain(outcome))

    def tells(self, operation, asked, want):
        self.same(operation, asked, want, self.ask(operation, asked))
        self.case(operation, asked, answer=want)

    def walk(self, operation, member, asked):
        """What a member has on all pages, and all that else is told on one of them."""
        rows, told = [], []
        while True:
            page = self.ask(operation, asked)
            rows += (part := page.pop(member))
            token = page.pop("NextToken", None)
            told += [page] if page not in told else []
            if not token or "MaxResults" in asked and len(part) != asked["MaxResults"]:
                return rows, told
            asked = asked | {"NextToken": token}

    def lists(self, operation, member, want, asked, sizes, **told):
        for size in sizes:
            of_size = asked | ({"MaxResults": size} if size else {})
            rows, others = self.walk(operation, member, of_size)
            if rows and not want:
                others = others[:1]
            self.same(operation, of_size, {"rows": want, "told": [told]}, {"rows": rows, "told": [self.bare(o) for o in others]})
        self.case(operation, asked | {"MaxResults": 2}, member=member, answer=want)

    def bare(self, told):
        return {k: v for k, v in told.items() if k != "DataSnapshotTime"}

    def refuses(self, operation, asked, exception, **tampered):
        """tampered is what else is sent than boto3 would: a body, or a query behind the path."""
        def tamper(params, **_):
            params["body"] = tampered.get("body", params["body"])
            params["url"] += tampered.get("query", "")

        event = "before-call.connect." + self.client.meta.method_to_api_mapping[operation]
        self.client.meta.events.register(event, tamper)
        try:
            self.same(operation, asked | {k: str(v) for k, v in tampered.items()}, exception, self.ask(operation, asked))
        except ClientError as e:
            typed = isinstance(e, getattr(self.client.exceptions, exception)) and e.response["Error"]["Message"]
            self.same(operation, asked, exception, e.response["Error"]["Code"] if typed else str(e))
        finally:
            self.client.meta.events.unregister(event, tamper)
        if not tampered:
            self.case(operation, asked, exception=exception)


def sizes_for(rows, most):
    """Every size of page up to one that holds all, and some beyond."""
    return [None, *range(1, min(len(rows) + 1, most) + 1), (len(rows) + most) // 2, most]


def ask_lists(t, truth, others):
    def lists(operation, member, most, want, asked=None, **told):
        t.lists(operation, member, want, asked or {}, sizes_for(want, most), **told)

    lists("list_users", "UserSummaryList", 1000, truth.user_summaries())
    lists("list_routing_profiles", "RoutingProfileSummaryList", 1000, truth.summaries("routing-profile"))
    lists("list_user_hierarchy_groups", "UserHierarchyGroupSummaryList", 1000, truth.summaries("agent-group"))
    lists("list_queues", "QueueSummaryList", 1000, truth.queue_summaries(["STANDARD", "AGENT"]))
    for types in (["STANDARD"], ["AGENT"], ["AGENT", "STANDARD"]):
        lists("list_queues", "QueueSummaryList", 1000, truth.queue_summaries(types), {"QueueTypes": types})
    kinds = ["ROUTABLE", "CUSTOM", "OFFLINE"]
    lists("list_agent_statuses", "AgentStatusSummaryList", 1000, truth.status_summaries(kinds))
    for n in (1, 2, 3):
        for types in itertools.combinations(kinds, n):
            lists("list_agent_statuses", "AgentStatusSummaryList", 1000, truth.status_summaries(types), {"AgentStatusTypes": list(types)})
    for id in truth.named.of["routing-profile"]:
        for name in (id, arn("routing-profile", id)):
            lists("list_routing_profile_queues", "RoutingProfileQueueConfigSummaryList", 100, truth.profile_queues(id), {"RoutingProfileId": name},
                  **truth.modification("routing-profile", id))
    t.lists("list_instances", "InstanceSummaryList", instances(others), {}, [None, *range(1, 11)])


def ask_descriptions(t, truth):
    def describes(operation, label, kind, member, ids, show):
        for id in ids:
            for name in (id, arn(kind, id)):
                t.tells(operation, {label: name}, {member: show(id)})
            t.tells(operation, {"InstanceId": BASE, label: id}, {member: show(id)})
        t.refuses(operation, {label: "nobody's"}, "ResourceNotFoundException")
        t.refuses(operation, {label: refusals.FOREIGN.format(kind)}, "InvalidParameterException")

    def user(id):
        a = truth.agents[id]
        return a.user() | a.modification()

    named, holders = truth.named.of, truth.holders()
    describes("describe_user", "UserId", "agent", "User", truth.agents, user)
    describes("describe_queue", "QueueId", "queue", "Queue", named["queue"], truth.queue)
    describes("describe_routing_profile", "RoutingProfileId", "routing-profile", "RoutingProfile", named["routing-profile"], truth.profile)
    typed = [s["Id"] for s in truth.status_summaries(["ROUTABLE", "CUSTOM", "OFFLINE"])]
    describes("describe_agent_status", "AgentStatusId", "agent-state", "AgentStatus", typed, truth.status)
    describes("describe_user_hierarchy_group", "HierarchyGroupId", "agent-group", "HierarchyGroup", named["agent-group"], truth.group)
    describes("describe_contact", "ContactId", "contact", "Contact", holders, lambda id: holders[id][0].contact(holders[id][1]))
    for a in truth.agents.values():
        if a.own:
            t.tells("describe_queue", {"QueueId": arn("queue/agent", a.id)}, {"Queue": {"QueueArn": arn("queue/agent", a.id), "QueueId": a.id}})
    t.tells("describe_user_hierarchy_structure", {}, {"HierarchyStructure": truth.structure()})
    for name in (INSTANCE, BASE):
        t.tells("describe_instance", {"InstanceId": name}, {"Instance": instances([])[0]})


def ask_searches(t, truth, rng):
    for s in searches(truth):
        everything = s.found({})
        t.lists(s.operation, s.member, everything, {}, sizes_for(everything, s.most), ApproximateTotalCount=len(everything))
        for _ in range(70):
            criteria = s.make_up(rng)
            found = s.found(criteria)
            t.lists(s.operation, s.member, found, {"SearchCriteria": criteria}, [None, rng.randint(1, len(found) + 1)], ApproximateTotalCount=len(found))


def ask_floor(t, truth, rng):
    """GetCurrentUserData, by each filter and with states of contacts."""
    filters = {
        "Queues": ("queue", QUEUES, lambda a, ids: a.queues() & ids), "Agents": ("agent", AGENTS, lambda a, ids: a.id in ids),
        "RoutingProfiles": ("routing-profile", PROFILES, lambda a, ids: a.profile_id() in ids),
        "UserHierarchyGroups": ("agent-group", GROUPS, lambda a, ids: ids & {id_of(g) for g in a.groups}),
    }
    for n, (name, (kind, all_, holds)) in itertools.product(range(20), filters.items()):
        ids = rng.sample([*all_, "nowhere"], 1 if name == "UserHierarchyGroups" else rng.randint(1, len(all_)))
        asked, states = {name: [arn(kind, id) if rng.random() < 0.3 else id for id in ids]}, set(rng.sample(STATES, rng.randint(1, 3)))
        if n % 2:
            asked["ContactFilter"] = {"ContactStates": sorted(states)}
        rows = truth.rows(lambda a: holds(a, set(ids)) and (n % 2 == 0 or a.states() & states))
        sizes = sizes_for(rows, 100) if n < 2 else [None, rng.randint(1, 100)]
        t.lists("get_current_user_data", "UserDataList", rows, {"Filters": asked}, sizes, ApproximateTotalCount=len(rows))


def ask_metrics(t, truth, rng):
    most = []
    for n in range(200):
        asked = metrics.make_up(rng)
        rows = metrics.answer(truth.agents.values(), asked)
        sizes = [None, rng.randint(1, len(rows) + 1)]
        if len(rows) > len(most):
            most, sizes = rows, sizes_for(rows, 100)
        t.lists("get_current_metric_data", "MetricResults", rows, metrics.by_arn(rng, asked), sizes, ApproximateTotalCount=len(rows))


def ask_nonsense(t):
    most = {"list_routing_profile_queues": 100, "list_instances": 10, "search_agent_statuses": 100, "search_user_hierarchy_groups": 100,
            "get_current_user_data": 100, "get_current_metric_data": 100, "search_users": 500, "search_queues": 500, "search_routing_profiles": 500}
    for operation, needed in NEEDED.items():
        invalid = "InvalidRequestException" if operation in ("list_instances", "describe_instance") else "InvalidParameterException"
        if operation != "list_instances":
            t.refuses(operation, needed | {"InstanceId": "nowhere"}, "ResourceNotFoundException")
            for name in ("a/b", "x" * 101, "arn:aws:s3:::bucket"):
                t.refuses(operation, needed | {"InstanceId": name}, invalid)
        if not operation.startswith("describe_"):
            page = t.ask(operation, needed | {"MaxResults": 1}).get("NextToken") or "AXX"
            for more in ({"MaxResults": most.get(operation, 1000) + 1}, {"MaxResults": -1}, {"NextToken": "made up"}, {"NextToken": page[:-2] + "xx"}):
                t.refuses(operation, needed | more, invalid)
        for asked in refusals.invalid(operation):
            t.refuses(operation, needed | asked, invalid)
        for tampered in refusals.unreadable(operation):
            t.refuses(operation, needed, "InvalidRequestException", **tampered)
    token = t.ask("list_queues", {"MaxResults": 1})["NextToken"]
    t.refuses("list_queues", {"QueueTypes": ["STANDARD"], "NextToken": token}, "InvalidParameterException")
    t.refuses("list_users", {"NextToken": token}, "InvalidParameterException")


def ask_too_often(t):
    """Until each operation has been refused for that."""
    for operation, needed in NEEDED.items():
        if t.client.meta.service_model.operation_model(t.client.meta.method_to_api_mapping[operation]).error_shapes and operation not in ("list_instances", "describe_instance"):
            until_throttled(t, operation, needed)


def until_throttled(t, operation, needed):
    def throttled(_):
        try:
            t.ask(operation, needed)
        except t.client.exceptions.ThrottlingException as e:
            return e.response["ResponseMetadata"]["HTTPStatusCode"] == 429
        except t.client.exceptions.ResourceNotFoundException:
            pass
        return False

    with concurrent.futures.ThreadPoolExecutor(10) as some:
        while not any(some.map(throttled, range(30))):
            pass


def main(argument):
    t = Twin()
    if argument == "quotas":
        put(made_up(1, 10))
        ask_too_often(t)
    else:
        rng, events, others = random.Random(int(argument)), made_up(int(argument)), of_others()
        put(events)
        put(others)
        truth = Truth(events)
        ask_lists(t, truth, others)
        ask_descriptions(t, truth)
        ask_searches(t, truth, rng)
        ask_floor(t, truth, rng)
        ask_metrics(t, truth, rng)
        ask_nonsense(t)
    json.dump({"asked": t.asked, "differ": len(t.differences), "differences": t.differences[:5], "cases": t.cases}, sys.stdout)


main(sys.argv[1])
