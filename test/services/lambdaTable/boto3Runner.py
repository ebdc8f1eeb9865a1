"""Runs the cases that come over stdin with boto3; answers outcomes."""
import base64
import datetime
import json
import sys

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

PLACES = {
    'RevisionId': 'revision',
    'UUID': 'uuid',
    'NextMarker': 'marker',
    'CodeSha256': 'sha',
    'FunctionUrl': 'url',
}


def revive(value):
    if isinstance(value, dict):
        if '$bytes' in value:
            return value['$bytes'].encode()
        if '$base64' in value:
            return base64.b64decode(value['$base64'])
        if '$size' in value:
            return b'"' + b'x' * (value['$size'] - 2) + b'"'
        return {name: revive(member) for name, member in value.items()}
    return [revive(member) for member in value] if isinstance(value, list) else value


def plain(value):
    if isinstance(value, datetime.datetime):
        return round(value.timestamp(), 3)
    if hasattr(value, 'read'):
        return value.read().decode()
    raise TypeError(type(value).__name__)


def call(client, step, known):
    operation, value = step
    text = json.dumps(value)
    for name, place in known.items():
        text = text.replace('{%s}' % name, place)
    answer = client._make_api_call(operation, revive(json.loads(text)))
    for member, place in PLACES.items():
        if isinstance(answer.get(member), str):
            known[place] = answer[member]
    return answer


def run(client, case):
    known = {}
    for step in case['before']:
        call(client, step, known)
    before = dict(known)
    try:
        answer = call(client, case['request'], known)
        status = answer.pop('ResponseMetadata')['HTTPStatusCode']
        answer = json.loads(json.dumps(answer, default=plain))
        if answer.get('Payload') == '':
            del answer['Payload']
        return {'answer': answer, 'status': status, 'known': before}
    except ClientError as error:
        members = dict(error.response)
        told = members.pop('Error')
        status = members.pop('ResponseMetadata')['HTTPStatusCode']
        refusal = {'code': told['Code'], 'message': told.get('Message', ''), 'members': members}
        return {'refusal': refusal, 'status': status, 'known': before}


def attempt(client, case):
    try:
        return run(client, case)
    except Exception as error:  # One case that cannot be carried out must not hide the others.
        return {'failure': f'{type(error).__name__}: {error}'}


asked = json.load(sys.stdin)
lambda_ = botocore.session.get_session().create_client(
    'lambda',
    region_name='us-east-1',
    endpoint_url=asked['url'],
    aws_access_key_id='key',
    aws_secret_access_key='secret',
    config=Config(parameter_validation=False, retries={'max_attempts': 0}),
)
json.dump([attempt(lambda_, case) for case in asked['cases']], sys.stdout)
