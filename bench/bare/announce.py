"""The bare pipeline's second function: from the table's stream to the topic, as the tutorials write it."""

import json
import os
from typing import Any

import boto3

client = boto3.client("sns")


def handler(event: dict[str, Any], _: object) -> None:
    """Publish each new item as it came."""
    for record in event["Records"]:
        if record["eventName"] == "INSERT":
            image = json.dumps(record["dynamodb"]["NewImage"])
            print(image)
            client.publish(
                TargetArn=os.environ["TOPIC"],
                Message=json.dumps({"default": image}),
                MessageStructure="json",
            )
