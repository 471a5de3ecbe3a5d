"""CloudFormation with boto3 and its own waiters: cloudformation_script.py <start|create|again|reshard|destroy> <streams>"""

import json
import sys

import boto3
from botocore.exceptions import ClientError

work, streams = sys.argv[1], int(sys.argv[2])
client = boto3.client("cloudformation")
STACK = "bench"


def template(shards):
    stream = {"ShardCount": shards, "Tags": [{"Key": "team", "Value": "a"}]}
    resources = {
        f"Stream{n}": {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": f"stream-{n}", **stream}}
        for n in range(streams)
    }
    return json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})


def update(shards):
    client.update_stack(StackName=STACK, TemplateBody=template(shards))
    client.get_waiter("stack_update_complete").wait(StackName=STACK)


if work == "create":
    client.create_stack(StackName=STACK, TemplateBody=template(1))
    client.get_waiter("stack_create_complete").wait(StackName=STACK)
elif work == "again":
    try:
        update(1)
    except ClientError as error:
        if "No updates are to be performed" not in str(error):
            raise
elif work == "reshard":
    # It calls UpdateShardCount, which takes at most twice the shards.
    update(2)
    update(3)
elif work == "destroy":
    client.delete_stack(StackName=STACK)
    client.get_waiter("stack_delete_complete").wait(StackName=STACK)
