# Pages through metrics by queue and channel with boto3, which has no paginator
# for them: metrics.py INSTANCE PAGE-SIZE. Prints, as JSON, a line for each row,
# whether all came by way of another server, and two exceptions.
import json
import sys

import boto3

instance, size = sys.argv[1], int(sys.argv[2])
client = boto3.client("connect")
names = ["AGENTS_ONLINE", "AGENTS_AVAILABLE", "AGENTS_ON_CONTACT", "AGENTS_AFTER_CONTACT_WORK", "SLOTS_ACTIVE", "SLOTS_AVAILABLE", "CONTACTS_IN_QUEUE"]
rows, forwarded, times, asked = [], set(), set(), {}
while True:
    page = client.get_current_metric_data(
        InstanceId=instance, Filters={"Queues": ["sales", "support"], "Channels": ["VOICE", "CHAT"]}, Groupings=["QUEUE", "CHANNEL"],
        CurrentMetrics=[{"Name": name, "Unit": "COUNT"} for name in names], MaxResults=size, **asked)
    forwarded.add(page["ResponseMetadata"]["HTTPHeaders"].get("x-rollcall-forwarded", ""))
    times.add(page["DataSnapshotTime"].isoformat())
    for row in page["MetricResults"]:
        values = [str(c["Value"]) if "Value" in c else "-" for c in row["Collections"]]
        rows.append(" ".join([row["Dimensions"]["Queue"]["Id"], row["Dimensions"]["Channel"]] + values))
    if "NextToken" not in page:
        break
    asked = {"NextToken": page["NextToken"]}


def exception(call, **members):
    try:
        call(InstanceId=instance, **members)
        return "none"
    except client.exceptions.ClientError as e:
        return e.response["Error"]["Code"]


print(json.dumps({
    "rows": rows, "total": page["ApproximateTotalCount"], "times": len(times), "forwarded": sorted(forwarded),
    "refused": exception(client.get_current_metric_data, Filters={}, CurrentMetrics=[{"Name": "AGENTS_ONLINE"}]),
    "write": exception(client.put_user_status, UserId="ann", AgentStatusId="lunch"),
}))
