# Reads requests, as a JSON list, from standard input, sends each with boto3,
# and prints what became of them, as a JSON list.
import datetime
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError


def plain(value):
    """An instant must have come as a datetime, not as what JSON has."""
    if not isinstance(value, datetime.datetime):
        raise TypeError(f"{value!r} is no datetime")
    return value.isoformat()


def check_instants(value, name=""):
    if name.endswith("Timestamp"):
        plain(value)
    elif isinstance(value, dict):
        for key, member in value.items():
            check_instants(member, key)
    elif isinstance(value, list):
        for item in value:
            check_instants(item)


def send(request):
    attempts = max(1, request["attempts"])
    client = boto3.client("connect", config=Config(retries={"total_max_attempts": attempts, "mode": "standard"}))
    try:
        answer = client.get_current_user_data(**request["input"])
    except ClientError as e:
        code = e.response["Error"]["Code"]
        return {
            "exception": code,
            "typed": type(e) is not ClientError and type(e) is client.exceptions.from_code(code),
            "status": e.response["ResponseMetadata"]["HTTPStatusCode"],
            "message": e.response["Error"]["Message"],
        }
    del answer["ResponseMetadata"]
    check_instants(answer)
    return {"answer": answer}


print(json.dumps([send(request) for request in json.load(sys.stdin)], default=plain))
