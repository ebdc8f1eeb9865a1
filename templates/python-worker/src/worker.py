"""Reads jobs from a queue, and sends what came of them to another one."""

import json
import logging
import os

import boto3

from src.sizes import scaled

log = logging.getLogger()
log.setLevel(logging.INFO)

# No endpoint, no credentials: the variables of the environment lead boto3 here, and to AWS when it runs there.
sqs = boto3.client("sqs")
results = sqs.get_queue_url(QueueName=os.environ["RESULTS"])["QueueUrl"]


def handler(event, context):
    failed = []
    for record in event["Records"]:
        try:
            work(json.loads(record["body"]))
        except (KeyError, ValueError) as error:
            log.warning("job %s failed: %r", record["messageId"], error)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def work(job):
    size = scaled(job["width"], job["height"])
    log.info("%s becomes %d x %d", job["image"], *size)
    sqs.send_message(QueueUrl=results, MessageBody=json.dumps({"image": job["image"], "size": size}))
