import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { describe, expect, test } from 'vitest'
import { createS3World, errorIn, inXml } from './s3World.ts'

const md5OfHello = '5d41402abc4b2a76b9719d911017c592'

describe('buckets', () => {
  test('are created, found, listed and removed', async () => {
    const { client } = await createS3World()
    const created = await client.send(new CreateBucketCommand({ Bucket: 'uploads' }))
    expect(created.Location).toBe('/uploads')
    await client.send(new CreateBucketCommand({ Bucket: 'archive' }))
    const head = await client.send(new HeadBucketCommand({ Bucket: 'uploads' }))
    expect(head).toMatchObject({ BucketRegion: 'us-east-1', AccessPointAlias: false })
    const { Buckets, Owner } = await client.send(new ListBucketsCommand({}))
    expect(Buckets).toEqual([
      { Name: 'archive', CreationDate: new Date('2026-01-02T03:04:05Z') },
      { Name: 'uploads', CreationDate: new Date('2026-01-02T03:04:05Z') },
    ])
    expect(Owner?.ID).toMatch(/^[0-9a-f]{64}$/)
    await client.send(new DeleteBucketCommand({ Bucket: 'uploads' }))
    await expect(client.send(new HeadBucketCommand({ Bucket: 'uploads' }))).rejects.toMatchObject({
      name: 'NotFound',
    })
  })

  test('are listed in pages, and by prefix', async () => {
    const { client } = await createS3World({ buckets: ['a-1', 'a-2', 'a-3', 'b-1'] })
    const first = await client.send(new ListBucketsCommand({ MaxBuckets: 2, Prefix: 'a-' }))
    expect(first.Buckets?.map(({ Name, BucketRegion }) => [Name, BucketRegion])).toEqual([
      ['a-1', 'us-east-1'],
      ['a-2', 'us-east-1'],
    ])
    const { ContinuationToken } = first
    const second = await client.send(
      new ListBucketsCommand({ MaxBuckets: 2, Prefix: 'a-', ContinuationToken }),
    )
    expect(second.Buckets?.map(({ Name }) => Name)).toEqual(['a-3'])
    expect(second.ContinuationToken).toBeUndefined()
  })

  test('may be created again in us-east-1 only', async () => {
    const { client, s3 } = await createS3World()
    await client.send(new CreateBucketCommand({ Bucket: 'uploads' }))
    await client.send(new PutObjectCommand({ Bucket: 'uploads', Key: 'a', Body: 'hello' }))
    await client.send(new CreateBucketCommand({ Bucket: 'uploads' }))
    expect(s3.objects('uploads')).toHaveLength(1)
    const other = await createS3World({ region: 'eu-west-1' })
    const create = () => other.client.send(new CreateBucketCommand({ Bucket: 'uploads' }))
    await create()
    await expect(create()).rejects.toMatchObject({ name: 'BucketAlreadyOwnedByYou' })
  })

  test('are where the runner is', async () => {
    const { client, send, s3 } = await createS3World({ region: 'eu-west-1' })
    const configuration = (region: string) =>
      `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`
    expect(errorIn(await send('PUT', '/uploads'))).toEqual([400, 'IllegalLocationConstraintException'])
    const elsewhere = await send('PUT', '/uploads', { body: configuration('eu-north-1') })
    expect(inXml(elsewhere.body, 'Message')).toBe(
      'The eu-north-1 location constraint is incompatible for the region specific endpoint this request was sent to.',
    )
    expect(s3.buckets()).toEqual([])
    expect((await send('PUT', '/uploads', { body: configuration('eu-west-1') })).status).toBe(200)
    const location = await client.send(new GetBucketLocationCommand({ Bucket: 'uploads' }))
    expect(location.LocationConstraint).toBe('eu-west-1')
    const home = await createS3World({ buckets: ['uploads'] })
    expect((await home.send('GET', '/uploads?location')).body).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></LocationConstraint>',
    )
  })

  test('go only when they are empty, and no object can come in meanwhile', async () => {
    const { client, s3 } = await createS3World({ buckets: ['uploads'] })
    const remove = () => client.send(new DeleteBucketCommand({ Bucket: 'uploads' }))
    await client.send(new PutObjectCommand({ Bucket: 'uploads', Key: 'a', Body: 'hello' }))
    await expect(remove()).rejects.toMatchObject({ name: 'BucketNotEmpty' })
    await client.send(new DeleteObjectCommand({ Bucket: 'uploads', Key: 'a' }))
    const put = () => client.send(new PutObjectCommand({ Bucket: 'uploads', Key: 'b', Body: 'hello' }))
    const outcomes = await Promise.allSettled([put(), remove(), put()])
    const isStored = outcomes[0]?.status === 'fulfilled'
    expect(s3.bucketExists('uploads')).toBe(isStored)
    const stored = isStored ? s3.objects('uploads').map(({ key }) => key) : ['b']
    expect(stored).toEqual(['b'])
  })

  test.each([
    'ab',
    'Uploads',
    'up_loads',
    'a..b',
    '-ab',
    'ab-',
    '192.168.1.1',
    'xn--abc',
    'abc-s3alias',
    'a'.repeat(64),
  ])('cannot be called %s', async (name) => {
    const { send, s3 } = await createS3World()
    expect(errorIn(await send('PUT', `/${name}`))).toEqual([400, 'InvalidBucketName'])
    expect(s3.buckets()).toEqual([])
  })
})

describe('objects', () => {
  test('come back as they were put', async () => {
    const { client, clock } = await createS3World({ buckets: ['uploads'] })
    const about = {
      ContentType: 'text/plain',
      CacheControl: 'no-cache',
      ContentDisposition: 'attachment; filename="a.txt"',
      ContentEncoding: 'identity',
      ContentLanguage: 'en',
      Metadata: { owner: 'Ada', 'with-dash': 'yes' },
    }
    const put = await client.send(
      new PutObjectCommand({ Bucket: 'uploads', Key: 'a.txt', Body: 'hello', ...about }),
    )
    expect(put.ETag).toBe(`"${md5OfHello}"`)
    await clock.advance(60_000)
    const got = await client.send(new GetObjectCommand({ Bucket: 'uploads', Key: 'a.txt' }))
    expect(await got.Body?.transformToString()).toBe('hello')
    const common = {
      ...about,
      ETag: `"${md5OfHello}"`,
      ContentLength: 5,
      AcceptRanges: 'bytes',
      LastModified: new Date('2026-01-02T03:04:05Z'),
    }
    expect(got).toMatchObject(common)
    const head = await client.send(new HeadObjectCommand({ Bucket: 'uploads', Key: 'a.txt' }))
    expect(head).toMatchObject(common)
  })

  test('of no bytes and of many are both objects', async () => {
    const { client, send } = await createS3World({ buckets: ['uploads'] })
    await client.send(new PutObjectCommand({ Bucket: 'uploads', Key: 'empty' }))
    const large = Buffer.alloc(3_000_000, 'abcdefg')
    await client.send(new PutObjectCommand({ Bucket: 'uploads', Key: 'large', Body: large }))
    expect((await send('GET', '/uploads/empty')).headers['content-length']).toBe('0')
    const got = await client.send(new GetObjectCommand({ Bucket: 'uploads', Key: 'large' }))
    expect(Buffer.compare(await got.Body!.transformToByteArray(), large)).toBe(0)
    const head = await send('HEAD', '/uploads/large')
    expect([head.headers['content-length'], head.bytes.length]).toEqual(['3000000', 0])
  })

  test('have a content type even if nobody gave one, and another if the reader wants it', async () => {
    const { client, send } = await createS3World({ buckets: ['uploads'] })
    const at = { Bucket: 'uploads', Key: 'a' }
    // The SDK would give one itself.
    await send('PUT', '/uploads/a', { body: 'hello' })
    expect((await client.send(new GetObjectCommand(at))).ContentType).toBe('binary/octet-stream')
    const overrides = {
      ResponseContentType: 'text/csv',
      ResponseCacheControl: 'no-store',
      ResponseContentDisposition: 'inline',
      ResponseContentLanguage: 'de',
      ResponseContentEncoding: 'gzip',
    }
    expect(await client.send(new GetObjectCommand({ ...at, ...overrides }))).toMatchObject({
      ContentType: 'text/csv',
      CacheControl: 'no-store',
      ContentDisposition: 'inline',
      ContentLanguage: 'de',
      ContentEncoding: 'gzip',
    })
  })

  test('replace each other, and go', async () => {
    const { client, s3 } = await createS3World({ buckets: ['uploads'] })
    const at = { Bucket: 'uploads', Key: 'a' }
    await client.send(new PutObjectCommand({ ...at, Body: 'first', Metadata: { n: '1' } }))
    await client.send(new PutObjectCommand({ ...at, Body: 'second' }))
    expect(s3.objects('uploads')).toMatchObject([{ key: 'a', size: 6, body: 'second', metadata: {} }])
    await client.send(new DeleteObjectCommand(at))
    await client.send(new DeleteObjectCommand(at))
    await expect(client.send(new GetObjectCommand(at))).rejects.toMatchObject({
      name: 'NoSuchKey',
      Key: 'a',
      message: 'The specified key does not exist.',
    })
    await expect(client.send(new HeadObjectCommand(at))).rejects.toMatchObject({ name: 'NotFound' })
  })

  test('are removed many at once', async () => {
    const { client, s3 } = await createS3World({ buckets: ['uploads'] })
    const keys = ['a', 'b & c', ' d ', 'é<x>', 'keep']
    for (const Key of keys) await client.send(new PutObjectCommand({ Bucket: 'uploads', Key, Body: Key }))
    const Objects = [...keys.slice(0, 4), 'never there'].map((Key) => ({ Key }))
    const removed = await client.send(new DeleteObjectsCommand({ Bucket: 'uploads', Delete: { Objects } }))
    expect(removed.Deleted).toEqual(Objects)
    expect(removed.Errors).toBeUndefined()
    expect(s3.objects('uploads').map(({ key }) => key)).toEqual(['keep'])
    const quiet = await client.send(
      new DeleteObjectsCommand({ Bucket: 'uploads', Delete: { Objects: [{ Key: 'keep' }], Quiet: true } }),
    )
    expect(quiet.Deleted).toBeUndefined()
    expect(s3.objects('uploads')).toEqual([])
  })

  test('are copied with their description, or with another', async () => {
    const { client, s3 } = await createS3World({ buckets: ['uploads', 'archive'] })
    await client.send(
      new PutObjectCommand({
        Bucket: 'uploads',
        Key: 'a b+c/é',
        Body: 'hello',
        ContentType: 'text/plain',
        Metadata: { n: '1' },
      }),
    )
    const CopySource = `uploads/${encodeURIComponent('a b+c/é')}`
    const copied = await client.send(new CopyObjectCommand({ Bucket: 'archive', Key: 'same', CopySource }))
    expect(copied.CopyObjectResult).toMatchObject({
      ETag: `"${md5OfHello}"`,
      LastModified: new Date('2026-01-02T03:04:05Z'),
    })
    await client.send(
      new CopyObjectCommand({
        Bucket: 'archive',
        Key: 'other',
        CopySource,
        MetadataDirective: 'REPLACE',
        ContentType: 'text/csv',
      }),
    )
    expect(s3.objects('archive')).toMatchObject([
      { key: 'other', body: 'hello', contentType: 'text/csv', metadata: {} },
      { key: 'same', body: 'hello', contentType: 'text/plain', metadata: { n: '1' } },
    ])
    const copy = (more: object) =>
      client.send(new CopyObjectCommand({ Bucket: 'archive', Key: 'x', CopySource, ...more }))
    await expect(copy({ CopySource: 'archive/x' })).rejects.toMatchObject({ name: 'InvalidRequest' })
    await expect(copy({ CopySource: 'archive/y' })).rejects.toMatchObject({ name: 'NoSuchKey' })
    await expect(copy({ CopySource: 'nowhere/y' })).rejects.toMatchObject({ name: 'NoSuchBucket' })
    await expect(copy({ CopySource: 'archive' })).rejects.toMatchObject({ name: 'InvalidArgument' })
    await expect(copy({ CopySourceIfMatch: 'other' })).rejects.toMatchObject({ name: 'PreconditionFailed' })
    await expect(copy({ CopySourceIfNoneMatch: md5OfHello })).rejects.toMatchObject({
      name: 'PreconditionFailed',
    })
    await copy({ CopySourceIfMatch: md5OfHello })
  })

  test('are named in every answer by two ids', async () => {
    const { send } = await createS3World({ buckets: ['uploads'] })
    for (const [method, path] of [
      ['GET', '/uploads/a'],
      ['GET', '/uploads'],
      ['PUT', '/uploads/a'],
    ] as const) {
      const { headers } = await send(method, path)
      expect(headers['x-amz-request-id']).toMatch(/^[0-9A-Z]{16}$/)
      expect(headers['x-amz-id-2']).toMatch(/^[A-Za-z0-9+/]{75}=$/)
      expect(headers['x-amzn-requestid']).toBeUndefined()
    }
  })
})

describe('keys', () => {
  const keys = [
    'plain.txt',
    'a/b//c/',
    '/leading',
    '../up/../../etc',
    './dot',
    'a b',
    'a+b',
    'a%2Fb',
    'é/日本/🎉',
    'question?and#hash&amp;',
    'quotes\'"<>',
    'tab\tand\nline',
    'constructor',
    'x'.repeat(1_024),
    'é'.repeat(512),
  ]

  test.each(keys)('are taken exactly: %j', async (key) => {
    const { client, send, s3 } = await createS3World({ buckets: ['uploads'] })
    const path = `/uploads/${key.split('/').map(encodeURIComponent).join('/')}`
    expect((await send('PUT', path, { body: 'hello' })).status).toBe(200)
    expect(s3.objects('uploads').map((object) => object.key)).toEqual([key])
    // An SDK would resolve dots between slashes, as it makes a URL of the path.
    if (!key.includes('./'))
      await client.send(new PutObjectCommand({ Bucket: 'uploads', Key: key, Body: 'again' }))
    expect(s3.objects('uploads')).toHaveLength(1)
    expect((await send('GET', path)).body).toMatch(/hello|again/)
    expect((await send('DELETE', path)).status).toBe(204)
    expect(s3.objects('uploads')).toEqual([])
  })

  test('of more than 1,024 bytes are refused', async () => {
    const { send } = await createS3World({ buckets: ['uploads'] })
    for (const key of ['x'.repeat(1_025), encodeURIComponent('é'.repeat(513))]) {
      const answer = await send('PUT', `/uploads/${key}`, { body: 'hello' })
      expect(errorIn(answer)).toEqual([400, 'KeyTooLongError'])
      expect(inXml(answer.body, 'MaxSizeAllowed')).toBe('1024')
    }
  })

  test('that are no UTF-8 are refused', async () => {
    const { send } = await createS3World({ buckets: ['uploads'] })
    expect(errorIn(await send('PUT', '/uploads/%ff', { body: 'x' }))).toEqual([400, 'InvalidURI'])
    expect(errorIn(await send('PUT', '/uploads/%zz', { body: 'x' }))).toEqual([400, 'InvalidURI'])
  })
})

describe('ranges', () => {
  const cases: [range: string, status: number, body: string, contentRange: string | undefined][] = [
    ['bytes=0-0', 206, '0', 'bytes 0-0/10'],
    ['bytes=2-5', 206, '2345', 'bytes 2-5/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-30', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=5-100', 206, '56789', 'bytes 5-9/10'],
    ['bytes=5-2', 200, '0123456789', undefined],
    ['bytes=0-1,3-4', 200, '0123456789', undefined],
    ['lines=1-2', 200, '0123456789', undefined],
    ['bytes=-', 200, '0123456789', undefined],
  ]

  test.each(cases)('%s', async (range, status, body, contentRange) => {
    const { send } = await createS3World({ buckets: ['uploads'] })
    await send('PUT', '/uploads/a', { body: '0123456789' })
    const answer = await send('GET', '/uploads/a', { headers: { Range: range } })
    expect([answer.status, answer.body, answer.headers['content-range']]).toEqual([
      status,
      body,
      contentRange,
    ])
    const head = await send('HEAD', '/uploads/a', { headers: { Range: range } })
    expect([head.status, head.headers['content-length']]).toEqual([status, String(body.length)])
  })

  test.each(['bytes=10-', 'bytes=10-20', 'bytes=-0'])('%s is not satisfiable', async (Range) => {
    const { send } = await createS3World({ buckets: ['uploads'] })
    await send('PUT', '/uploads/a', { body: '0123456789' })
    const answer = await send('GET', '/uploads/a', { headers: { Range } })
    expect(errorIn(answer)).toEqual([416, 'InvalidRange'])
    expect([inXml(answer.body, 'RangeRequested'), inXml(answer.body, 'ActualObjectSize')]).toEqual([
      Range,
      '10',
    ])
  })
})

describe('conditions', () => {
  const etag = `"${md5OfHello}"`
  const then = 'Fri, 02 Jan 2026 03:04:05 GMT'
  const before = 'Thu, 01 Jan 2026 00:00:00 GMT'
  const reads: [headers: Record<string, string>, status: number][] = [
    [{ 'If-Match': etag }, 200],
    [{ 'If-Match': md5OfHello }, 200],
    [{ 'If-Match': '"other", *' }, 200],
    [{ 'If-Match': '"other"' }, 412],
    [{ 'If-None-Match': etag }, 304],
    [{ 'If-None-Match': '*' }, 304],
    [{ 'If-None-Match': '"other"' }, 200],
    [{ 'If-Modified-Since': then }, 304],
    [{ 'If-Modified-Since': before }, 200],
    [{ 'If-Modified-Since': 'nonsense' }, 200],
    [{ 'If-Unmodified-Since': then }, 200],
    [{ 'If-Unmodified-Since': before }, 412],
    [{ 'If-Match': etag, 'If-Unmodified-Since': before }, 200],
    [{ 'If-None-Match': '"other"', 'If-Modified-Since': then }, 200],
  ]

  test.each(reads)('of a read: %j is %i', async (headers, status) => {
    const { send } = await createS3World({ buckets: ['uploads'] })
    await send('PUT', '/uploads/a', { body: 'hello' })
    const got = await send('GET', '/uploads/a', { headers })
    expect(got.status).toBe(status)
    expect(got.headers.etag).toBe(status === 412 ? undefined : etag)
    expect(inXml(got.body, 'Condition')).toBe(status === 412 ? Object.keys(headers)[0] : undefined)
    expect(got.body === '').toBe(status === 304)
    const head = await send('HEAD', '/uploads/a', { headers })
    expect([head.status, head.body]).toEqual([status, ''])
  })

  test('of a write: If-None-Match * creates once, also when many try at once', async () => {
    const { send, s3 } = await createS3World({ buckets: ['uploads'] })
    const headers = { 'If-None-Match': '*' }
    const answers = await Promise.all(
      ['1', '2', '3', '4'].map((body) => send('PUT', '/uploads/lock', { body, headers })),
    )
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412, 412, 412])
    const winner = answers.findIndex(({ status }) => status === 200)
    expect(s3.objects('uploads')).toMatchObject([{ key: 'lock', body: String(winner + 1) }])
    expect(inXml(answers.find(({ status }) => status === 412)?.body ?? '', 'Condition')).toBe('If-None-Match')
  })

  test('of a write: If-Match replaces what it names only', async () => {
    const { send, s3 } = await createS3World({ buckets: ['uploads'] })
    const put = (body: string, ifMatch: string) =>
      send('PUT', '/uploads/a', { body, headers: { 'If-Match': ifMatch } })
    expect(errorIn(await put('new', etag))).toEqual([404, 'NoSuchKey'])
    await send('PUT', '/uploads/a', { body: 'hello' })
    expect(errorIn(await put('new', '"other"'))).toEqual([412, 'PreconditionFailed'])
    expect((await put('new', etag)).status).toBe(200)
    expect(s3.objects('uploads')).toMatchObject([{ body: 'new' }])
    expect(errorIn(await send('DELETE', '/uploads/a', { headers: { 'If-Match': etag } }))).toEqual([
      412,
      'PreconditionFailed',
    ])
  })
})
