"""Runs the cases that come over stdin with boto3; answers outcomes."""
import datetime
import json
import sys
import urllib.request

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError


def revive(value):
    if isinstance(value, dict):
        if '$bytes' in value:
            return value['$bytes'].encode()
        if '$size' in value:
            return bytes(value['$size'])
        if '$seconds' in value:
            return datetime.datetime.fromtimestamp(value['$seconds'], datetime.timezone.utc)
        return {name: revive(member) for name, member in value.items()}
    return [revive(member) for member in value] if isinstance(value, list) else value


def plain(value):
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, datetime.datetime):
        return round(value.timestamp(), 3)
    raise TypeError(type(value).__name__)


def call(kinesis, url, step, known):
    operation, value = step
    if operation == 'Wait':
        urllib.request.urlopen(urllib.request.Request('%s/wait/%d' % (url, value['ms']), method='POST')).close()
        return {}
    text = json.dumps(value)
    for name, place in known.items():
        text = text.replace('{%s}' % name, place)
    return kinesis._make_api_call(operation, revive(json.loads(text)))


def learn(known, answer):
    for name, member in (('iterator', 'ShardIterator'), ('iterator', 'NextShardIterator'), ('token', 'NextToken')):
        if answer.get(member):
            known[name] = answer[member]
    if answer.get('Consumer'):
        known['consumer'] = answer['Consumer']['ConsumerARN']
    if answer.get('SequenceNumber'):
        count = sum(name.startswith('sequence') for name in known)
        known['sequence%d' % (count + 1)] = answer['SequenceNumber']


def run(kinesis, url, case):
    known = {}
    for step in case['before']:
        learn(known, call(kinesis, url, step, known))
    try:
        answer = call(kinesis, url, case['request'], known)
        del answer['ResponseMetadata']
        return {'answer': answer, 'known': known}
    except ClientError as error:
        told = error.response['Error']
        status = error.response['ResponseMetadata']['HTTPStatusCode']
        return {
            'refusal': {'code': told['Code'], 'message': told.get('Message', ''), 'status': status},
            'known': known,
        }


def attempt(kinesis, url, case):
    try:
        return run(kinesis, url, case)
    except Exception as error:  # One case that cannot be carried out must not hide the others.
        return {'failure': f'{type(error).__name__}: {error}'}


asked = json.load(sys.stdin)
client = botocore.session.get_session().create_client(
    'kinesis',
    region_name='us-east-1',
    endpoint_url=asked['url'],
    aws_access_key_id='key',
    aws_secret_access_key='secret',
    config=Config(parameter_validation=False, retries={'max_attempts': 0}),
)
json.dump([attempt(client, asked['url'], case) for case in asked['cases']], sys.stdout, default=plain)
