import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createMemoryStore } from '../../src/store/index.ts'
import { createS3World, errorIn, inXml, type RawRequest } from './s3World.ts'

const sha1 = (text: string) => createHash('sha1').update(text).digest('base64')

describe('errors', () => {
  test('are documents that say what and where', async () => {
    const { send } = await createS3World({ buckets: ['uploads'] })
    const missing = await send('GET', '/uploads/a%20b')
    expect(missing.headers['content-type']).toBe('application/xml')
    const ids = `<RequestId>${String(missing.headers['x-amz-request-id'])}</RequestId><HostId>${String(missing.headers['x-amz-id-2'])}</HostId>`
    expect([missing.status, missing.body]).toEqual([
      404,
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>a b</Key>${ids}</Error>`,
    ])
    const nowhere = await send('GET', '/nowhere/a')
    expect([nowhere.status, inXml(nowhere.body, 'Code'), inXml(nowhere.body, 'BucketName')]).toEqual([
      404,
      'NoSuchBucket',
      'nowhere',
    ])
  })

  test('have no body for who asks with HEAD', async () => {
    const { send } = await createS3World({ buckets: ['uploads'] })
    for (const path of ['/nowhere', '/nowhere/a', '/uploads/a']) {
      const { status, bytes, headers } = await send('HEAD', path)
      expect([status, bytes.length]).toEqual([404, 0])
      expect(headers['x-amz-request-id']).toMatch(/^[0-9A-Z]{16}$/)
    }
  })

  test.each([
    ['GET', '/nowhere?list-type=2'],
    ['GET', '/nowhere?location'],
    ['DELETE', '/nowhere'],
    ['PUT', '/nowhere/a'],
    ['DELETE', '/nowhere/a'],
    ['POST', '/nowhere?delete'],
  ])('of a bucket that is not there: %s %s', async (method, path) => {
    const { send } = await createS3World()
    expect(errorIn(await send(method, path, { body: '' }))).toEqual([404, 'NoSuchBucket'])
  })

  test('of a bucket that is somebody else’s, to who says so', async () => {
    const { send } = await createS3World({ buckets: ['uploads'] })
    const owned = (owner: string) =>
      send('GET', '/uploads?list-type=2', { headers: { 'x-amz-expected-bucket-owner': owner } })
    expect(errorIn(await owned('111111111111'))).toEqual([403, 'AccessDenied'])
    expect((await owned('000000000000')).status).toBe(200)
  })

  test.each([
    ['POST', '/uploads/a', 'OBJECT'],
    ['PATCH', '/uploads/a', 'OBJECT'],
    ['PATCH', '/uploads', 'BUCKET'],
    ['DELETE', '/', 'SERVICE'],
    // These would remove the bucket or the object if the parameter were overlooked.
    ['DELETE', '/uploads?versioning', 'BUCKET'],
    ['DELETE', '/uploads/a?acl', 'OBJECT'],
  ])('of a method that means nothing there: %s %s', async (method, path, type) => {
    const { send, s3 } = await createS3World({ buckets: ['uploads'] })
    const answer = await send(method, path)
    expect(errorIn(answer)).toEqual([405, 'MethodNotAllowed'])
    expect([inXml(answer.body, 'Method'), inXml(answer.body, 'ResourceType')]).toEqual([method, type])
    expect(s3.buckets()).toEqual(['uploads'])
  })

  test('of our own are told to the caller without their cause', async () => {
    const store = createMemoryStore()
    const { send, logged } = await createS3World({ store, buckets: ['uploads'] })
    store.apply = () => Promise.reject(new Error('the disk is full'))
    const answer = await send('PUT', '/uploads/a', { body: 'hello' })
    expect(errorIn(answer)).toEqual([500, 'InternalError'])
    expect(answer.body).not.toContain('disk')
    expect(logged).toEqual(['s3 PutObject failed: Error: the disk is full'])
  })
})

describe('what is not built is refused by name', () => {
  test.each([
    ['GET', '/uploads?acl', 'GetBucketAcl'],
    ['PUT', '/uploads?versioning', 'PutBucketVersioning'],
    ['PUT', '/uploads?notification', 'PutBucketNotificationConfiguration'],
    ['GET', '/uploads?versions', 'ListObjectVersions'],
    ['GET', '/uploads?analytics', 'ListBucketAnalyticsConfigurations'],
    ['GET', '/uploads?analytics&id=x', 'GetBucketAnalyticsConfiguration'],
    ['POST', '/uploads', 'PostObject'],
    ['GET', '/uploads/a?tagging', 'GetObjectTagging'],
    ['PUT', '/uploads/a?tagging', 'PutObjectTagging'],
    ['POST', '/uploads/a?uploads', 'CreateMultipartUpload'],
    ['PUT', '/uploads/a?partNumber=1&uploadId=x', 'UploadPart'],
    ['POST', '/uploads/a?uploadId=x', 'CompleteMultipartUpload'],
    ['DELETE', '/uploads/a?uploadId=x', 'AbortMultipartUpload'],
    ['POST', '/uploads/a?select&select-type=2', 'SelectObjectContent'],
  ])('%s %s', async (method, path, operation) => {
    const { send, logged, s3 } = await createS3World({ buckets: ['uploads'] })
    const answer = await send(method, path)
    expect(errorIn(answer)).toEqual([501, 'NotImplemented'])
    expect(inXml(answer.body, 'Message')).toMatch(
      new RegExp(`^The s3 operation ${operation} is not supported here. Supported: ListBuckets, `),
    )
    expect(inXml(answer.body, 'Resource')).toBe(path.replace(/\?.*/, ''))
    expect(logged).toHaveLength(1)
    expect(s3.objects('uploads')).toEqual([])
  })

  test.each([
    ['x-amz-server-side-encryption', 'AES256'],
    ['x-amz-server-side-encryption-customer-algorithm', 'AES256'],
    ['x-amz-tagging', 'a=b'],
    ['x-amz-object-lock-mode', 'GOVERNANCE'],
    ['x-amz-website-redirect-location', '/b'],
    ['x-amz-storage-class', 'GLACIER'],
    ['x-amz-new-in-2030', '1'],
    ['if-none-match', '"etag"'],
  ])('the header %s', async (header, value) => {
    const { send, s3, logged } = await createS3World({ buckets: ['uploads'] })
    const answer = await send('PUT', '/uploads/a', { body: 'hello', headers: { [header]: value } })
    expect(errorIn(answer)).toEqual([501, 'NotImplemented'])
    expect(inXml(answer.body, 'Header')?.toLowerCase()).toBe(header)
    expect(logged).toHaveLength(1)
    expect(s3.objects('uploads')).toEqual([])
  })

  test.each(['versionId=null', 'versionId=abc', 'partNumber=1'])('the parameter in %s', async (parameter) => {
    const { send, s3 } = await createS3World({ buckets: ['uploads'] })
    await send('PUT', '/uploads/a', { body: 'hello' })
    for (const method of ['GET', 'DELETE']) {
      const answer = await send(method, `/uploads/a?${parameter}`)
      expect(errorIn(answer)).toEqual([501, 'NotImplemented'])
    }
    expect(s3.objects('uploads')).toHaveLength(1)
  })

  test('but what changes nothing is taken', async () => {
    const { send } = await createS3World({ buckets: ['uploads'] })
    const put = (headers: RawRequest['headers']) =>
      send('PUT', '/uploads/a?x-id=PutObject', { body: 'a', headers: headers! })
    const harmless = {
      'x-amz-acl': 'bucket-owner-full-control',
      'x-amz-storage-class': 'STANDARD',
      'x-amz-request-payer': 'requester',
      'x-amz-user-agent': 'aws-sdk-js/3',
      'amz-sdk-request': 'attempt=1',
    }
    expect((await put(harmless)).status).toBe(200)
    for (const acl of ['private', 'public-read'])
      expect(errorIn(await put({ 'x-amz-acl': acl }))).toEqual([400, 'AccessControlListNotSupported'])
    expect(errorIn(await put({ 'x-amz-grant-read': 'id=1' }))).toEqual([400, 'AccessControlListNotSupported'])
  })

  test.each([
    ['x-amz-acl', 'public-read'],
    ['x-amz-object-ownership', 'ObjectWriter'],
    ['x-amz-bucket-object-lock-enabled', 'true'],
    ['x-amz-bucket-namespace', 'account-regional'],
  ])('a bucket with %s: %s', async (header, value) => {
    const { send, s3 } = await createS3World()
    expect(errorIn(await send('PUT', '/uploads', { headers: { [header]: value } }))).toEqual([
      501,
      'NotImplemented',
    ])
    expect(s3.buckets()).toEqual([])
  })
})

describe('bodies', () => {
  test('of XML that are not what the operation wants are refused', async () => {
    const { send, s3 } = await createS3World({ buckets: ['uploads'] })
    await send('PUT', '/uploads/a', { body: 'hello' })
    const create = (body: string) => send('PUT', '/other', { body })
    for (const body of [
      'text',
      '<a',
      '<CreateBucketConfiguration>',
      '<Other/>',
      '<CreateBucketConfiguration/><CreateBucketConfiguration/>',
      '<CreateBucketConfiguration><LocationConstraint><a/></LocationConstraint></CreateBucketConfiguration>',
    ])
      expect([body, ...errorIn(await create(body))]).toEqual([body, 400, 'MalformedXML'])
    const tagged = '<CreateBucketConfiguration><Tags><Tag/></Tags></CreateBucketConfiguration>'
    expect(errorIn(await create(tagged))).toEqual([501, 'NotImplemented'])
    expect((await create('<CreateBucketConfiguration/>')).status).toBe(200)

    const remove = (content: string) =>
      send('POST', '/uploads?delete', {
        body: content,
        headers: { 'x-amz-checksum-sha1': sha1(content) },
      })
    const many = '<Object><Key>b</Key></Object>'.repeat(1_001)
    for (const content of [
      '<Delete></Delete>',
      '<Delete><Object/></Delete>',
      '<Delete><Object><Key/></Object></Delete>',
      '<Delete><Object><Key>a</Key><Key>b</Key></Object></Delete>',
      '<Delete><Object><Key>a</Key></Object><Quiet>maybe</Quiet></Delete>',
      '<Delete><Object><Key>a</Key></Object><Unknown/></Delete>',
      // Entities of one's own, and a character that XML cannot hold: another key would be meant.
      '<!DOCTYPE Delete [<!ENTITY x "a">]><Delete><Object><Key>&x;</Key></Object></Delete>',
      '<Delete><Object><Key>a&#x1;</Key></Object></Delete>',
      `<Delete>${many}</Delete>`,
    ])
      expect([content, ...errorIn(await remove(content))]).toEqual([content, 400, 'MalformedXML'])
    const versioned = '<Delete><Object><Key>a</Key><VersionId>1</VersionId></Object></Delete>'
    expect(errorIn(await remove(versioned))).toEqual([501, 'NotImplemented'])
    const bare = await send('POST', '/uploads?delete', {
      body: '<Delete><Object><Key>a</Key></Object></Delete>',
    })
    expect(inXml(bare.body, 'Message')).toBe('Missing required header for this request: Content-MD5')
    expect(s3.objects('uploads')).toHaveLength(1)
    const spaced = ' <Delete>\n <Object> <Key>a</Key> </Object>\n</Delete>'.trim()
    expect((await remove(spaced)).status).toBe(200)
    expect(s3.objects('uploads')).toEqual([])
  })

  test('of metadata are 2 KB at most', async () => {
    const { send } = await createS3World({ buckets: ['uploads'] })
    const put = (length: number) =>
      send('PUT', '/uploads/a', { body: '', headers: { 'x-amz-meta-name': 'x'.repeat(length) } })
    expect((await put(2_044)).status).toBe(200)
    const answer = await put(2_045)
    expect(errorIn(answer)).toEqual([400, 'MetadataTooLarge'])
    expect([inXml(answer.body, 'Size'), inXml(answer.body, 'MaxSizeAllowed')]).toEqual(['2049', '2048'])
  })

  test('that are announced as too long are refused before they come', async () => {
    const { send, s3 } = await createS3World({ buckets: ['uploads'] })
    const answer = await send('PUT', '/uploads/a', {
      body: 'only the beginning',
      headers: { 'Content-Length': 300 * 1024 * 1024 },
    }).catch((error: unknown) => error)
    expect(errorIn(answer as Awaited<ReturnType<typeof send>>)).toEqual([400, 'EntityTooLarge'])
    expect(s3.objects('uploads')).toEqual([])
  })
})
