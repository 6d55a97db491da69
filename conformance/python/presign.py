# Prints a presigned URL for a question: presign.py INSTANCE BODY.
import json
import sys

import boto3

url = boto3.client("connect").generate_presigned_url(
    "get_current_user_data", Params={"InstanceId": sys.argv[1], **json.loads(sys.argv[2])}, ExpiresIn=60
)
print(url, end="")
