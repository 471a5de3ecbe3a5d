"""What an engineer writes with boto3 instead, with its own waiters: boto3_script.py <start|create|reshard|destroy> <streams>"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config

work, streams = sys.argv[1], int(sys.argv[2])
names = [f"stream-{n}" for n in range(streams)]
client = boto3.client("kinesis", config=Config(max_pool_connections=20))


def each(act):
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(act, names))


def send(operation, **request):
    """More of the account's calls, or more streams CREATING, than AWS takes at once: again a second later."""
    while True:
        try:
            return operation(**request)
        except client.exceptions.LimitExceededException:
            time.sleep(1)


def until_active(name):
    client.get_waiter("stream_exists").wait(StreamName=name)


def split(name, fraction):
    shards = client.list_shards(StreamName=name)["Shards"]
    still_open = [shard for shard in shards if not shard["SequenceNumberRange"].get("EndingSequenceNumber")]
    # The highest of the open ones: the first split leaves two thirds there.
    shard = max(still_open, key=lambda one: int(one["HashKeyRange"]["StartingHashKey"]))
    first, last = (int(shard["HashKeyRange"][end]) for end in ("StartingHashKey", "EndingHashKey"))
    key = str(first + (last - first + 1) // fraction)
    send(client.split_shard, StreamName=name, ShardToSplit=shard["ShardId"], NewStartingHashKey=key)
    until_active(name)


def reshard(name):
    split(name, 3)
    split(name, 2)


if work == "create":
    # All are asked for first, so that they are created while others wait.
    each(lambda name: send(client.create_stream, StreamName=name, ShardCount=1, Tags={"team": "a"}))
    each(until_active)
elif work == "reshard":
    each(reshard)
elif work == "destroy":
    each(lambda name: send(client.delete_stream, StreamName=name))
    each(lambda name: client.get_waiter("stream_not_exists").wait(StreamName=name))
