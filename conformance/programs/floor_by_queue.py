# As programs that show a floor by queue do, with boto3: floor_by_queue.py INSTANCE
# PAGE-SIZE. Lists the standard queues, asks for metrics by queue, and for the
# agents of all queues. Prints JSON.
import json
import sys

import boto3

instance, size = sys.argv[1], int(sys.argv[2])
connect = boto3.client("connect")
pages = connect.get_paginator("list_queues").paginate(InstanceId=instance, QueueTypes=["STANDARD"], PaginationConfig={"PageSize": size})
queues = [queue for page in pages for queue in page["QueueSummaryList"]]
ids = [queue["Id"] for queue in queues]
metrics = connect.get_current_metric_data(
    InstanceId=instance, Filters={"Queues": ids, "Channels": ["VOICE", "CHAT", "TASK"]}, Groupings=["QUEUE"],
    CurrentMetrics=[{"Name": "AGENTS_ONLINE", "Unit": "COUNT"}])
agents = connect.get_current_user_data(InstanceId=instance, Filters={"Queues": ids})
print(json.dumps({
    "queues": sorted((queue["Id"], connect.describe_queue(InstanceId=instance, QueueId=queue["Arn"])["Queue"]["Name"]) for queue in queues),
    "online": {row["Dimensions"]["Queue"]["Id"]: row["Collections"][0]["Value"] for row in metrics["MetricResults"]},
    "agents": [row["User"]["Id"] for row in agents["UserDataList"]],
}))
