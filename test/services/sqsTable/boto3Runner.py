"""Runs the cases that come over stdin with boto3, in JSON or in the query protocol; answers outcomes."""
import base64
import json
import sys

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

# What the model lost when SQS went from the query protocol to JSON: the names of list members and of maps.
MEMBERS = {
    'AWSAccountIdList': 'AWSAccountId',
    'ActionNameList': 'ActionName',
    'AttributeNameList': 'AttributeName',
    'BatchResultErrorEntryList': 'BatchResultErrorEntry',
    'ChangeMessageVisibilityBatchRequestEntryList': 'ChangeMessageVisibilityBatchRequestEntry',
    'ChangeMessageVisibilityBatchResultEntryList': 'ChangeMessageVisibilityBatchResultEntry',
    'DeleteMessageBatchRequestEntryList': 'DeleteMessageBatchRequestEntry',
    'DeleteMessageBatchResultEntryList': 'DeleteMessageBatchResultEntry',
    'ListMessageMoveTasksResultEntryList': 'ListMessageMoveTasksResultEntry',
    'MessageAttributeNameList': 'MessageAttributeName',
    'MessageList': 'Message',
    'MessageSystemAttributeList': 'MessageSystemAttributeName',
    'QueueUrlList': 'QueueUrl',
    'SendMessageBatchRequestEntryList': 'SendMessageBatchRequestEntry',
    'SendMessageBatchResultEntryList': 'SendMessageBatchResultEntry',
    'TagKeyList': 'TagKey',
}
MAPS = {
    'MessageBodyAttributeMap': ('MessageAttribute', 'Name'),
    'MessageBodySystemAttributeMap': ('MessageSystemAttribute', 'Name'),
    'MessageSystemAttributeMap': ('Attribute', 'Name'),
    'QueueAttributeMap': ('Attribute', 'Name'),
    'TagMap': ('Tag', 'Key'),
}


def as_query(model):
    metadata = model['metadata']
    metadata.update(protocol='query', protocols=['query'])
    metadata['xmlNamespace'] = 'http://queue.amazonaws.com/doc/2012-11-05/'
    del metadata['awsQueryCompatible']
    for shape in model['shapes'].values():
        for member in shape.get('members', {}).values():
            if member['shape'] in MAPS:
                member['locationName'] = MAPS[member['shape']][0]
    for name, member in MEMBERS.items():
        model['shapes'][name]['member']['locationName'] = member
        model['shapes'][name]['flattened'] = True
    for name, (_, key) in MAPS.items():
        model['shapes'][name]['key']['locationName'] = key
        model['shapes'][name]['value']['locationName'] = 'Value'
        model['shapes'][name]['flattened'] = True
    for name, operation in model['operations'].items():
        if 'output' in operation:
            operation['output']['resultWrapper'] = name + 'Result'
    return model


def client(url, protocol):
    session = botocore.session.get_session()
    if protocol == 'query':
        loader = session.get_component('data_loader')
        load = loader.load_service_model

        def load_query(service_name, type_name, **rest):
            model = load(service_name, type_name, **rest)
            return as_query(model) if (service_name, type_name) == ('sqs', 'service-2') else model

        loader.load_service_model = load_query
    return session.create_client(
        'sqs',
        region_name='us-east-1',
        endpoint_url=url,
        aws_access_key_id='key',
        aws_secret_access_key='secret',
        config=Config(parameter_validation=False, retries={'max_attempts': 0}),
    )


def revive(value):
    if isinstance(value, dict):
        if '$bytes' in value:
            return base64.b64decode(value['$bytes'])
        return {name: revive(member) for name, member in value.items()}
    return [revive(member) for member in value] if isinstance(value, list) else value


def plain(value):
    return {'$bytes': base64.b64encode(value).decode()} if isinstance(value, bytes) else str(value)


def call(sqs, step, handles):
    operation, value = step
    text = json.dumps(value)
    for index, handle in enumerate(handles):
        text = text.replace('{handle%s}' % (index + 1 if index else ''), handle)
    return sqs._make_api_call(operation, revive(json.loads(text)))


def run(sqs, case, protocol):
    handles = []
    for step in case['before']:
        answer = call(sqs, step, handles)
        if step[0] == 'ReceiveMessage':
            handles = [message['ReceiptHandle'] for message in answer.get('Messages', [])]
    try:
        answer = call(sqs, case['request'], handles)
        del answer['ResponseMetadata']
        return {'answer': answer, 'handles': handles}
    except ClientError as error:
        told = error.response['Error']
        return {
            'refusal': {
                'code': told.get('QueryErrorCode') if protocol == 'json' else None,
                'queryCode': told['Code'],
                'message': told.get('Message', ''),
                'status': error.response['ResponseMetadata']['HTTPStatusCode'],
            },
            'handles': handles,
        }


def attempt(sqs, case, protocol):
    try:
        return run(sqs, case, protocol)
    except Exception as error:  # One case that cannot be carried out must not hide the others.
        return {'failure': f'{type(error).__name__}: {error}'}


asked = json.load(sys.stdin)
outcomes = {}
for protocol, cases in asked['cases'].items():
    sqs = client(asked['url'], protocol)
    outcomes[protocol] = [attempt(sqs, case, protocol) for case in cases]
json.dump(outcomes, sys.stdout, default=plain)
