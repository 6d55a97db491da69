# Pages through users as programs do, with boto3's own paginators: users.py
# INSTANCE PAGE-SIZE. Prints, as JSON, the users listed, described and found, and
# what became of an unknown user.
import datetime
import json
import sys

import boto3

instance, size = sys.argv[1], int(sys.argv[2])
client = boto3.client("connect")


def walk(operation, member, **asked):
    pages = client.get_paginator(operation).paginate(InstanceId=instance, PaginationConfig={"PageSize": size}, **asked)
    return [user for page in pages for user in page[member]]


listed = walk("list_users", "UserSummaryList")
described = [client.describe_user(InstanceId=instance, UserId=user["Id"])["User"] for user in listed]
try:
    client.describe_user(InstanceId=instance, UserId="nobody")
    unknown = "described"
except client.exceptions.ResourceNotFoundException as e:
    unknown = e.response["Error"]["Message"]
everybody = {"OrConditions": [{"StringCondition": {"FieldName": "ResourceId", "Value": "", "ComparisonType": "CONTAINS"}}]}
print(json.dumps({
    "listed": [user["Id"] for user in listed],
    "modified": [user["LastModifiedTime"].astimezone(datetime.timezone.utc).isoformat()[:19] for user in listed if "LastModifiedTime" in user],
    "described": [user["Username"] for user in described],
    "found": [user["Id"] for user in walk("search_users", "Users", SearchCriteria=everybody)],
    "unknown": unknown,
}))
