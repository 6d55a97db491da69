"""What operations refuse, and by which of their exceptions."""
from events import CHANNELS

GET_WITHOUT_QUERY = ("describe_user", "describe_queue", "describe_routing_profile", "describe_agent_status", "describe_user_hierarchy_group",
                     "describe_user_hierarchy_structure", "describe_contact", "describe_instance")
FOREIGN = "arn:aws:connect:eu-west-2:210987654321:instance/elsewhere/{}/x"
ONE = [{"Name": "AGENTS_ONLINE"}]
TAGGED = {"TagCondition": {"TagKey": "k", "TagValue": "v"}}


def string(field="name", **more):
    return {"SearchCriteria": {"OrConditions": [{"AndConditions": [{"StringCondition": {"FieldName": field, "Value": "x"} | more}]}]}}


def invalid(operation):
    """Inputs that can be read and can't be right."""
    lists = {"list_queues": {"QueueTypes": ["STANDARD", "HIDDEN"]}, "list_agent_statuses": {"AgentStatusTypes": ["ROUTABLE"] * 4}}
    filters = {"search_users": "TagFilter", "search_queues": "TagFilter", "search_routing_profiles": "TagFilter",
               "search_agent_statuses": "AttributeFilter", "search_user_hierarchy_groups": "AttributeFilter"}
    metric = {"Filters": {"Queues": ["sales"]}, "CurrentMetrics": ONE}
    asked = [lists[operation]] if operation in lists else []
    if operation in filters:
        asked += [{"SearchFilter": {filters[operation]: TAGGED}}, string("nonsense"), string(ComparisonType="LIKE")]
    if operation == "search_users":
        def level(**n):
            return {"SearchCriteria": {"ListCondition": {"TargetListType": "PROFICIENCIES", "Conditions": [{"NumberCondition": n}]}}}
        asked += [level(FieldName="ProficiencyLevel", ComparisonType="EQUAL"), level(FieldName="Age", ComparisonType="EQUAL", MinValue=1),
                  {"SearchFilter": {"UserAttributeFilter": {"HierarchyGroupCondition": {"Value": "emea"}}}},
                  {"SearchCriteria": {"HierarchyGroupCondition": {"Value": FOREIGN.format("agent-group")}}}]
    if operation == "search_queues":
        asked += [{"SearchCriteria": {"QueueTypeCondition": "AGENT"}}]
    if operation == "get_current_user_data":
        asked += [{"Filters": f} for f in ({}, {"Queues": ["a"], "Agents": ["b"]}, {"ContactFilter": {"ContactStates": ["ENDED"]}}, {"Queues": ["x"] * 101},
                                           {"Queues": [FOREIGN.format("queue")]}, {"UserHierarchyGroups": ["a", "b"]}, {"Queues": ["a"], "ContactFilter": {"ContactStates": ["GONE"]}})]
    if operation == "get_current_metric_data":
        asked += [metric | {"Filters": f} for f in (
            {}, {"Queues": ["a"], "RoutingProfiles": ["b"]}, {"Queues": ["x"] * 101}, {"RoutingProfiles": ["x"], "AgentStatuses": ["available"]},
            {"Queues": ["a"], "AgentStatuses": ["x"] * 51}, {"Queues": ["a"], "Channels": [*CHANNELS, "VOICE"]}, {"Queues": ["a"], "Channels": ["FAX"]},
            {"Queues": ["a", "b"], "RoutingStepExpressions": ["c"]}, {"Queues": [FOREIGN.format("queue")]}, {"RoutingProfiles": ["x"], "Subtypes": ["y"]},
            {"RoutingProfiles": ["x"], "ValidationTestTypes": ["y"]})]
        asked += [metric | more for more in (
            {"Groupings": ["QUEUE", "QUEUE"]}, {"Groupings": ["AGENT_STATUS"]}, {"Groupings": ["AGENT_STATUS", "QUEUE"]}, {"Groupings": ["QUEUE", "CHANNEL", "ROUTING_PROFILE"]},
            {"Groupings": ["COUNTRY"]}, {"Groupings": ["QUEUE", "AGENT_STATUS"], "CurrentMetrics": [{"Name": "AGENTS_ERROR"}]}, {"CurrentMetrics": []},
            {"CurrentMetrics": [{"Name": "AGENTS_ASLEEP"}]}, {"CurrentMetrics": [{"Name": "AGENTS_ONLINE", "Unit": "SECONDS"}]}, {"CurrentMetrics": [{"MetricId": "x"}]},
            {"SortCriteria": [{"SortByMetric": "SLOTS_ACTIVE"}]}, {"SortCriteria": [{"SortByMetric": "AGENTS_ONLINE"}] * 2}, {"CurrentMetrics": [{}]},
            {"Groupings": ["ROUTING_PROFILE"], "CurrentMetrics": [{"Name": "CONTACTS_IN_QUEUE"}]})]
    return asked


def unreadable(operation):
    """What a client of Amazon's never sends: a body, or a query, that can't be read."""
    if operation.startswith("search_") or operation.startswith("get_"):
        return [{"body": body} for body in (b"{", b"[]", b'{"Filters": 1, "InstanceId": 2}', b'{"MaxResults": 1, "MaxResults": 1}')]
    return [] if operation in GET_WITHOUT_QUERY else [{"query": "?maxResults=1&maxResults=1"}, {"query": "?maxResults=ten"}]
