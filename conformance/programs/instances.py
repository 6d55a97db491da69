# As programs that set instances up do, with boto3: makes an instance, describes it,
# lists its tags and deletes it. Prints JSON.
import json

import boto3

connect = boto3.client("connect")
forwarded = []
connect.meta.events.register("after-call.connect", lambda parsed, **_: forwarded.append(
    parsed["ResponseMetadata"]["HTTPHeaders"].get("x-rollcall-forwarded")))
made = connect.create_instance(
    IdentityManagementType="CONNECT_MANAGED", InstanceAlias="rollcall", InboundCallsEnabled=True, OutboundCallsEnabled=True, Tags={"made": "here"})
described = connect.describe_instance(InstanceId=made["Id"])["Instance"]
tags = connect.list_tags_for_resource(resourceArn=made["Arn"])["tags"]
connect.delete_instance(InstanceId=made["Id"])
try:
    connect.describe_instance(InstanceId=made["Id"])
    gone = "described"
except connect.exceptions.ResourceNotFoundException:
    gone = "gone"
print(json.dumps({"alias": described["InstanceAlias"], "tags": tags, "gone": gone, "forwarded": forwarded}))
