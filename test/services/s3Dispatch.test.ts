import { describe, expect, test } from 'vitest'
import { readBody } from '../../src/services/gateway/index.ts'
import { createS3World, errorIn, inXml } from './s3World.ts'
import { accountId, query, sqsJson } from './world.ts'

describe('a bucket is named', () => {
  test.each([
    ['uploads.localhost:9000', '/in/a.txt'],
    ['uploads.s3.localhost:9000', '/in/a.txt'],
    ['uploads.s3.us-east-1.localhost', '/in/a.txt'],
    ['uploads.s3.amazonaws.com', '/in/a.txt'],
    ['uploads.s3.us-east-1.amazonaws.com', '/in/a.txt'],
    ['uploads.s3-eu-west-1.amazonaws.com', '/in/a.txt'],
    ['UPLOADS.LOCALHOST.', '/in/a.txt'],
    ['s3.localhost:9000', '/uploads/in/a.txt'],
    ['s3.eu-central-1.amazonaws.com', '/uploads/in/a.txt'],
    ['localhost:9000', '/uploads/in/a.txt'],
    ['127.0.0.1:9000', '/uploads/in/a.txt'],
    ['[::1]:9000', '/uploads/in/a.txt'],
    ['host.docker.internal:9000', '/uploads/in/a.txt'],
  ])('by host %s and path %s', async (Host, path) => {
    const { send, s3 } = await createS3World({ buckets: ['uploads'] })
    expect((await send('PUT', path, { body: 'hello', headers: { Host } })).status).toBe(200)
    expect(s3.objects('uploads')).toMatchObject([{ key: 'in/a.txt', body: 'hello' }])
    const got = await send('GET', path, { headers: { Host }, isAnonymous: true })
    expect(got.body).toBe('hello')
  })

  test('by hosts with dots in the name', async () => {
    const { send, s3 } = await createS3World()
    expect((await send('PUT', '/', { headers: { Host: 'my.bucket.localhost' } })).status).toBe(200)
    expect(
      (await send('PUT', '/', { headers: { Host: 'other.bucket.s3.us-east-1.amazonaws.com' } })).status,
    ).toBe(200)
    expect(s3.buckets()).toEqual(['my.bucket', 'other.bucket'])
    expect(inXml((await send('GET', '/', { headers: { Host: 'my.bucket.localhost' } })).body, 'Name')).toBe(
      'my.bucket',
    )
    expect((await send('GET', '/', { headers: { Host: 's3.localhost' } })).body).toContain(
      '<ListAllMyBucketsResult',
    )
  })

  test('by the host, however the path looks', async () => {
    const { send, s3 } = await createS3World({ buckets: ['uploads'] })
    await send('PUT', '//a', { body: 'x', headers: { Host: 'uploads.localhost' } })
    await send('PUT', '/2015-03-31/functions', { body: 'x', headers: { Host: 'uploads.localhost' } })
    expect(s3.objects('uploads').map(({ key }) => key)).toEqual(['/a', '2015-03-31/functions'])
  })
})

describe('requests without a signature', () => {
  test('reach a bucket that is there, and nothing that is not', async () => {
    const { send, s3 } = await createS3World({ buckets: ['uploads'] })
    const anonymous = { isAnonymous: true }
    // As curl does it: whatever it sends is a form.
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    expect((await send('PUT', '/uploads/a', { body: 'hello', headers, ...anonymous })).status).toBe(200)
    expect((await send('GET', '/uploads/a', anonymous)).body).toBe('hello')
    expect((await send('GET', '/uploads?list-type=2', anonymous)).body).toContain('<Key>a</Key>')
    for (const path of ['/', '/elsewhere/a', '/elsewhere'])
      expect([path, (await send('GET', path, anonymous)).status]).toEqual([path, 501])
    expect(s3.buckets()).toEqual(['uploads'])
  })

  test('are presigned instead, in either way', async () => {
    const { send, s3 } = await createS3World()
    const v4 =
      'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=key%2F20260102%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20260102T030405Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD&X-Amz-Signature=x'
    const v2 = 'AWSAccessKeyId=key&Signature=x%3D&Expires=1795384237'
    const put = (path: string, presigned: string) =>
      send('PUT', `${path}?${presigned}`, { body: 'hello', isAnonymous: true })
    expect(errorIn(await put('/uploads/a', v4))).toEqual([404, 'NoSuchBucket'])
    expect(errorIn(await put('/uploads/a', v2))).toEqual([404, 'NoSuchBucket'])
    await s3.declareBucket('uploads')
    expect((await put('/uploads/v4', `${v4}&x-amz-meta-n=1`)).status).toBe(200)
    expect((await put('/uploads/v2', v2)).status).toBe(200)
    expect(s3.objects('uploads')).toMatchObject([
      { key: 'v2', metadata: {} },
      { key: 'v4', metadata: { n: '1' } },
    ])
    expect(errorIn(await put('/uploads/a', `${v4}&x-amz-tagging=a%3Db`))).toEqual([501, 'NotImplemented'])
  })

  test('tell whose they are by the key of a presigned URL', async () => {
    const { send, prepared } = await createS3World({
      buckets: ['uploads'],
      causeOf: (key) => (key === 'handler' ? 'its invocation' : undefined),
    })
    const presigned = 'AWSAccessKeyId=handler&Signature=x&Expires=1795384237'
    await send('PUT', `/uploads/a?${presigned}`, { body: 'hello', isAnonymous: true })
    expect(prepared).toMatchObject([{ cause: 'its invocation' }])
  })
})

describe('other services', () => {
  test('are reached as before, also where a bucket has the name that their paths begin with', async () => {
    const { url, send } = await createS3World({ buckets: [accountId, '2015-03-31'] })
    const created = await sqsJson(url, 'CreateQueue', { QueueName: 'orders' })
    const queueUrl = String(created.body['QueueUrl'])
    const sent = await query(queueUrl, { Action: 'SendMessage', Version: '2012-11-05', MessageBody: 'hello' })
    expect(sent.status).toBe(200)
    expect((await fetch(`${queueUrl}?Action=GetQueueAttributes&Version=2012-11-05`)).status).toBe(200)
    const functions = await send('GET', '/2015-03-31/functions', { isAnonymous: true })
    expect(JSON.parse(functions.body)).toEqual({ Functions: [] })
  })

  test('are not taken for a bucket, whatever the path', async () => {
    const { url } = await createS3World({ buckets: ['uploads'] })
    const response = await fetch(`${url}/uploads`, {
      method: 'POST',
      headers: { 'X-Amz-Target': 'AmazonSQS.ListQueues' },
      body: '{}',
    })
    expect(response.status).toBe(200)
  })

  test('of the port come before buckets', async () => {
    const { send } = await createS3World({
      buckets: ['uploads'],
      extraRoutes: [
        {
          matches: ({ url }) => url === '/uploads/special',
          async handle(request, response) {
            await readBody(request, 10)
            response.end('the special route')
          },
        },
      ],
    })
    expect((await send('GET', '/uploads/special')).body).toBe('the special route')
  })
})
