"""Runs the cases that come on stdin as JSON through boto3, and answers what came of each as JSON on stdout."""

import base64
import json
import re
import sys

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

# The names that the query protocol gives to members and entries; botocore's model has forgotten them.
LISTS = {
    "AttributeNameList": "AttributeName",
    "MessageSystemAttributeList": "MessageSystemAttributeName",
    "MessageAttributeNameList": "MessageAttributeName",
    "TagKeyList": "TagKey",
    "QueueUrlList": "QueueUrl",
    "MessageList": "Message",
    "SendMessageBatchRequestEntryList": "SendMessageBatchRequestEntry",
    "SendMessageBatchResultEntryList": "SendMessageBatchResultEntry",
    "DeleteMessageBatchRequestEntryList": "DeleteMessageBatchRequestEntry",
    "DeleteMessageBatchResultEntryList": "DeleteMessageBatchResultEntry",
    "ChangeMessageVisibilityBatchRequestEntryList": "ChangeMessageVisibilityBatchRequestEntry",
    "ChangeMessageVisibilityBatchResultEntryList": "ChangeMessageVisibilityBatchResultEntry",
    "BatchResultErrorEntryList": "BatchResultErrorEntry",
    "ListMessageMoveTasksResultEntryList": "ListMessageMoveTasksResultEntry",
    "StringList": "StringListValue",
    "BinaryList": "BinaryListValue",
}
MAPS = {
    "QueueAttributeMap": ("Attribute", "Name", "Value"),
    "MessageSystemAttributeMap": ("Attribute", "Name", "Value"),
    "MessageBodyAttributeMap": ("MessageAttribute", "Name", "Value"),
    "MessageBodySystemAttributeMap": ("MessageSystemAttribute", "Name", "Value"),
    "TagMap": ("Tag", "Key", "Value"),
}


def query_model(load):
    """The service model as it was when the clients spoke the query protocol."""

    def load_service_model(service, type_name, api_version=None):
        model = load(service, type_name, api_version)
        if service != "sqs" or type_name != "service-2":
            return model
        model = json.loads(json.dumps(model))
        metadata = model["metadata"]
        metadata.pop("awsQueryCompatible")
        metadata.update(
            protocol="query", protocols=["query"], xmlNamespace="http://queue.amazonaws.com/doc/2012-11-05/"
        )
        for name, operation in model["operations"].items():
            if "output" in operation:
                operation["output"]["resultWrapper"] = name + "Result"
        for name, shape in model["shapes"].items():
            if name in LISTS:
                shape["member"]["locationName"] = LISTS[name]
                shape["flattened"] = True
            if name in MAPS:
                shape["key"]["locationName"], shape["value"]["locationName"] = MAPS[name][1:]
                shape["flattened"] = True
            for member in shape.get("members", {}).values():
                if member["shape"] in MAPS:
                    member["locationName"] = MAPS[member["shape"]][0]
        return model

    return load_service_model


def create_client(url, protocol):
    session = botocore.session.get_session()
    if protocol == "query":
        loader = session.get_component("data_loader")
        loader.load_service_model = query_model(loader.load_service_model)
    return boto3.session.Session(botocore_session=session).client(
        "sqs",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
    )


def fill(value, saved):
    if isinstance(value, str):
        return re.sub(r"\{(\w+)\}", lambda found: saved.get(found[1], found[0]), value)
    if isinstance(value, list):
        return [fill(item, saved) for item in value]
    if not isinstance(value, dict):
        return value
    if "$base64" in value:
        return base64.b64decode(value["$base64"])
    return {name: fill(item, saved) for name, item in value.items()}


def plain(value):
    if isinstance(value, bytes):
        return {"$base64": base64.b64encode(value).decode()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items() if name != "ResponseMetadata"}
    return value


def value_at(answer, path):
    for name in path.split("."):
        answer = answer[int(name)] if name.isdigit() else answer[name]
    return answer


def call(client, step, saved):
    method = getattr(client, re.sub(r"(?<!^)(?=[A-Z])", "_", step["operation"]).lower())
    return plain(method(**fill(step["input"], saved)))


def run(client, case, saved):
    for step in case["before"]:
        answer = call(client, step, saved)
        for name, path in step.get("save", {}).items():
            saved[name] = value_at(answer, path)
    try:
        return {"answer": call(client, case, saved), "saved": saved}
    except ClientError as failure:
        error = failure.response["Error"]
        told = {"code": error["Code"], "message": error["Message"]}
        if "QueryErrorCode" in error:
            told["type"] = error["QueryErrorCode"]
        return {"error": told, "saved": saved}


table = json.load(sys.stdin)
client = create_client(table["url"], table["protocol"])
json.dump([run(client, case, names) for case, names in zip(table["cases"], table["names"])], sys.stdout)
