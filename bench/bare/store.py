"""The bare pipeline's first function: from the queue to the table, as the tutorials write it."""

import os
import uuid
from typing import Any

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event: dict[str, Any], _: object) -> None:
    """Store each message as it came."""
    for record in event["Records"]:
        print(record["body"])
        table.put_item(Item={"orderID": str(uuid.uuid4()), "order": record["body"]})
