# As programs that show a roster do, with boto3: roster.py INSTANCE PAGE-SIZE. Finds
# the instance, lists users, describes each, asks for them by hundreds, and lists
# routing profiles with their queues, statuses with their types, and groups. What is
# asked for later may have become more meanwhile, never less. Prints JSON.
import json
import sys

import boto3

instance, size = sys.argv[1], int(sys.argv[2])
connect = boto3.client("connect")


def walk(operation, member, **asked):
    most = 10 if operation == "list_instances" else size
    pages = connect.get_paginator(operation).paginate(PaginationConfig={"PageSize": min(size, most)}, **asked)
    return [one for page in pages for one in page[member]]


assert instance in [one["Id"] for one in walk("list_instances", "InstanceSummaryList")]
assert connect.describe_instance(InstanceId=instance)["Instance"]["Id"] == instance
users = [one["Id"] for one in walk("list_users", "UserSummaryList", InstanceId=instance)]
named = {user: connect.describe_user(InstanceId=instance, UserId=user)["User"] for user in users}
rows = []
for begin in range(0, len(users), 100):
    rows += connect.get_current_user_data(InstanceId=instance, Filters={"Agents": users[begin:begin + 100]})["UserDataList"]
statuses = {one["Name"]: one["Type"] for one in walk("list_agent_statuses", "AgentStatusSummaryList", InstanceId=instance)}
profiles = {one["Id"]: one["Name"] for one in walk("list_routing_profiles", "RoutingProfileSummaryList", InstanceId=instance)}
groups = {one["Id"]: one["Name"] for one in walk("list_user_hierarchy_groups", "UserHierarchyGroupSummaryList", InstanceId=instance)}
queues = {
    profile: sorted({line["QueueId"] for line in walk(
        "list_routing_profile_queues", "RoutingProfileQueueConfigSummaryList", InstanceId=instance, RoutingProfileId=profile)})
    for profile in profiles
}
for profile in profiles:
    described = connect.describe_routing_profile(InstanceId=instance, RoutingProfileId=profile)["RoutingProfile"]
    assert sorted(described["AssociatedQueueIds"]) == queues[profile], described
for group in groups:
    described = connect.describe_user_hierarchy_group(InstanceId=instance, HierarchyGroupId=group)["HierarchyGroup"]
    assert group in [level["Id"] for level in described["HierarchyPath"].values()], described
levels = connect.describe_user_hierarchy_structure(InstanceId=instance)["HierarchyStructure"]
everything = {"StringCondition": {"FieldName": "name", "Value": "", "ComparisonType": "CONTAINS"}}
for search, member, n in [("search_routing_profiles", "RoutingProfiles", len(profiles)), ("search_agent_statuses", "AgentStatuses", len(statuses)),
                          ("search_user_hierarchy_groups", "UserHierarchyGroups", len(groups))]:
    assert len(walk(search, member, InstanceId=instance, SearchCriteria=everything)) >= n, search
roster = []
for row in rows:
    status = row["Status"]["StatusName"]
    roster.append([row["User"]["Id"], profiles[row["RoutingProfile"]["Id"]], status, statuses[status]])
    assert named[row["User"]["Id"]]["Username"]
print(json.dumps({"roster": roster, "statuses": statuses, "queues": queues, "groups": groups, "levels": len(levels)}))
