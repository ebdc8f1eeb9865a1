import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { createS3World } from './s3World.ts'

/** Clients that a machine may or may not have. Their calls leave this process, so nothing in it may block. */
const run = promisify(execFile)

const has = (command: string, args: string[]): boolean => {
  const found = spawnSync(command, args).status === 0
  if (!found) console.log(`skipped: ${command} ${args.join(' ')} does not work on this machine`)
  return found
}

const environment = (url: string) => ({
  ...process.env,
  AWS_ENDPOINT_URL: url,
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'key',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_MAX_ATTEMPTS: '1',
})

async function ownFolder(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'lambent-s3-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

const boto3 = `
import boto3, io, os, sys, urllib.request
from botocore.exceptions import ClientError
s3 = boto3.client('s3')
print(s3.create_bucket(Bucket='uploads')['Location'], s3.head_bucket(Bucket='uploads')['BucketRegion'])
content = bytes(range(256)) * 4096
s3.upload_fileobj(io.BytesIO(content), 'uploads', 'in/one megabyte+é', ExtraArgs={'Metadata': {'owner': 'ada'}})
back = io.BytesIO()
s3.download_fileobj('uploads', 'in/one megabyte+é', back)
print(back.getvalue() == content)
head = s3.head_object(Bucket='uploads', Key='in/one megabyte+é', ChecksumMode='ENABLED')
print(head['ContentLength'], head['Metadata'], head['LastModified'].isoformat(), head['ContentType'], 'ChecksumCRC32' in head)
print(s3.get_object(Bucket='uploads', Key='in/one megabyte+é', Range='bytes=1-3')['Body'].read())
for n in range(3): s3.put_object(Bucket='uploads', Key='out/%d' % n, Body=b'x')
pages = s3.get_paginator('list_objects_v2').paginate(Bucket='uploads', PaginationConfig={'PageSize': 1})
print([item['Key'] for page in pages for item in page['Contents']])
print([p['Prefix'] for p in s3.list_objects_v2(Bucket='uploads', Delimiter='/')['CommonPrefixes']])
print([o.key for o in boto3.resource('s3').Bucket('uploads').objects.filter(Prefix='out/')])
for kind in ('get_object', 'put_object'):
    url = s3.generate_presigned_url(kind, Params={'Bucket': 'uploads', 'Key': 'signed url'})
    request = urllib.request.Request(url, data=b'by url', method='PUT') if kind == 'put_object' else url
    try:
        print(kind, urllib.request.urlopen(request).status)
    except urllib.error.HTTPError as error:
        print(kind, error.code)
print(s3.copy_object(Bucket='uploads', Key='copy', CopySource={'Bucket': 'uploads', 'Key': 'in/one megabyte+é'})['CopyObjectResult']['ETag'] == head['ETag'])
print(s3.delete_objects(Bucket='uploads', Delete={'Objects': [{'Key': 'out/0'}, {'Key': 'out/1'}]})['Deleted'])
for call in (
    lambda: s3.get_object(Bucket='uploads', Key='nope'),
    lambda: s3.get_object(Bucket='nope', Key='nope'),
    lambda: s3.put_object(Bucket='uploads', Key='a', Body=b'x', IfNoneMatch='*') and s3.put_object(Bucket='uploads', Key='a', Body=b'x', IfNoneMatch='*'),
    lambda: s3.delete_bucket(Bucket='uploads'),
    lambda: s3.get_bucket_acl(Bucket='uploads'),
    lambda: s3.upload_fileobj(io.BytesIO(b'x' * (9 << 20)), 'uploads', 'large'),
):
    try:
        call()
    except ClientError as error:
        print(error.response['Error']['Code'], error.response['ResponseMetadata']['HTTPStatusCode'])
    except Exception as error:
        print(type(error).__name__)
`

test.skipIf(!has('python3', ['-c', 'import boto3']))('boto3 works unchanged', async () => {
  const { url, s3 } = await createS3World()
  const { stdout } = await run('python3', ['-c', boto3], { env: environment(url) })
  expect(stdout.trim().split('\n')).toEqual([
    '/uploads us-east-1',
    'True',
    "1048576 {'owner': 'ada'} 2026-01-02T03:04:05+00:00 binary/octet-stream True",
    "b'\\x01\\x02\\x03'",
    "['in/one megabyte+é', 'out/0', 'out/1', 'out/2']",
    "['in/', 'out/']",
    "['out/0', 'out/1', 'out/2']",
    'get_object 404',
    'put_object 200',
    'True',
    "[{'Key': 'out/0'}, {'Key': 'out/1'}]",
    'NoSuchKey 404',
    'NoSuchBucket 404',
    'PreconditionFailed 412',
    'BucketNotEmpty 409',
    'NotImplemented 501',
    'NotImplemented 501',
  ])
  expect(s3.objects('uploads').find(({ key }) => key === 'signed url')?.body).toBe('by url')
})

test.skipIf(!has('aws', ['--version']))('the AWS CLI works unchanged', async () => {
  const { url, s3 } = await createS3World()
  const directory = await ownFolder()
  const file = path.join(directory, 'a.bin')
  const content = Buffer.alloc(1_000_000, 'abc')
  await writeFile(file, content)
  const aws = async (...args: string[]) =>
    (await run('aws', ['--endpoint-url', url, ...args], { env: environment(url) })).stdout
  await aws('s3', 'mb', 's3://uploads')
  await aws('s3', 'cp', file, 's3://uploads/in/a.bin', '--no-progress')
  expect(await aws('s3', 'ls', 's3://uploads/in/')).toMatch(/ 1000000 a\.bin\n$/)
  const back = path.join(directory, 'back.bin')
  await aws('s3', 'cp', 's3://uploads/in/a.bin', back, '--no-progress')
  expect(Buffer.compare(await readFile(back), content)).toBe(0)
  const put = await aws('s3api', 'put-object', '--bucket', 'uploads', '--key', 'b', '--body', file)
  expect(JSON.parse(put)).toMatchObject({ ChecksumType: 'FULL_OBJECT' })
  const listed = JSON.parse(await aws('s3api', 'list-objects-v2', '--bucket', 'uploads')) as {
    Contents: { Key: string }[]
  }
  expect(listed.Contents.map(({ Key }) => Key)).toEqual(['b', 'in/a.bin'])
  await aws('s3', 'rm', 's3://uploads', '--recursive')
  await aws('s3', 'rb', 's3://uploads')
  expect(s3.buckets()).toEqual([])
})

test.skipIf(!has('curl', ['--version']))('curl puts and gets without a signature', async () => {
  const { url } = await createS3World({ buckets: ['uploads'] })
  const directory = await ownFolder()
  const file = path.join(directory, 'a.txt')
  await writeFile(file, 'from a file')
  const curl = async (...args: string[]) => (await run('curl', ['-s', ...args])).stdout
  await curl('-T', file, `${url}/uploads/a.txt`)
  await curl('-X', 'PUT', '-d', 'from a form', `${url}/uploads/b.txt`)
  expect(await curl(`${url}/uploads/a.txt`)).toBe('from a file')
  expect(await curl(`${url}/uploads/b.txt`)).toBe('from a form')
})
