"""Runs the cases that come over stdin with the AWS CLI, all of them in this one process; answers outcomes."""
import base64
import contextlib
import io
import json
import os
import re
import sys
import tempfile

from awscli.clidriver import create_clidriver
from botocore import xform_name

PLACES = {
    'RevisionId': 'revision',
    'UUID': 'uuid',
    'NextMarker': 'marker',
    'CodeSha256': 'sha',
    'FunctionUrl': 'url',
}
REFUSAL = re.compile(r'An error occurred \((\w+)\) when calling the \w+ operation(?: \(reached max retries: \d+\))?: (.*)', re.DOTALL)
FOLDER = tempfile.mkdtemp()
OUTPUT = os.path.join(FOLDER, 'output')
INPUT = os.path.join(FOLDER, 'input')


def text_of(value):
    if isinstance(value, dict) and '$bytes' in value:
        return value['$bytes']
    if isinstance(value, dict) and '$size' in value:
        return '"%s"' % ('x' * (value['$size'] - 2))
    return value


def arguments(operation, value):
    """Of a command; `invoke` and `invoke-async` have files for what they send or get."""
    value = {name: text_of(member) for name, member in value.items()}
    place = ['--endpoint-url', asked['url'], '--no-paginate']
    more = []
    if operation == 'Invoke':
        options = [word for name, member in value.items() for word in ('--' + xform_name(name, '-'), member)]
        return ['lambda', 'invoke', *options, OUTPUT, *place]
    if operation == 'InvokeAsync':
        with open(INPUT, 'w') as file:
            file.write(value.pop('InvokeArgs'))
        more = ['--invoke-args', INPUT]
    package = value.get('Code') if operation == 'CreateFunction' else value
    if isinstance(package, dict) and isinstance(package.get('ZipFile'), dict):
        with open(INPUT, 'wb') as file:
            file.write(base64.b64decode(package.pop('ZipFile')['$base64']))
        more = ['--zip-file', 'fileb://' + INPUT]
        if not value.get('Code'):
            value.pop('Code', None)
    command = ['lambda', xform_name(operation, '-'), *more]
    return [*command, '--cli-input-json', json.dumps(value), *place]


def call(step, known):
    operation, value = step
    text = json.dumps(value)
    for name, place in known.items():
        text = text.replace('{%s}' % name, place)
    out, told = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(told):
        code = driver.main(arguments(operation, json.loads(text)))
    if code != 0:
        refusal = REFUSAL.search(told.getvalue())
        if not refusal:
            raise RuntimeError(told.getvalue().strip() or f'exit code {code}')
        return {'refusal': {'code': refusal[1], 'message': refusal[2].strip()}}
    answer = json.loads(out.getvalue() or '{}')
    if operation == 'Invoke':
        with open(OUTPUT) as file:
            payload = file.read()
        if payload:
            answer['Payload'] = payload
    for member, place in PLACES.items():
        if isinstance(answer.get(member), str):
            known[place] = answer[member]
    return {'answer': answer}


def run(case):
    known = {}
    for step in case['before']:
        outcome = call(step, known)
        if 'refusal' in outcome:
            return {'failure': f'{step[0]}: {outcome}'}
    before = dict(known)
    return {**call(case['request'], known), 'known': before}


def attempt(case):
    try:
        return run(case)
    except (Exception, SystemExit) as error:  # One case that cannot be carried out must not hide the others.
        return {'failure': f'{type(error).__name__}: {error}'}


asked = json.load(sys.stdin)
config = os.path.join(FOLDER, 'config')
with open(config, 'w') as file:
    file.write('[default]\nparameter_validation = false\ncli_pager =\n')
os.environ.update(
    AWS_CONFIG_FILE=config,
    AWS_SHARED_CREDENTIALS_FILE=config,
    AWS_DEFAULT_REGION='us-east-1',
    AWS_DEFAULT_OUTPUT='json',
    AWS_ACCESS_KEY_ID='key',
    AWS_SECRET_ACCESS_KEY='secret',
    AWS_MAX_ATTEMPTS='1',
)
driver = create_clidriver()
outcomes = [attempt(case) for case in asked['cases']]
json.dump(outcomes, sys.stdout)
