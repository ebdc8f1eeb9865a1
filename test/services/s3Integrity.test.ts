import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { ChecksumAlgorithm, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { describe, expect, test } from 'vitest'
import { checksumOf } from '../../src/services/s3/checksums.ts'
import { createS3World, errorIn, inXml, type RawRequest } from './s3World.ts'

const base64Of = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('base64')

describe('checksums', () => {
  // The check values that catalogues of such algorithms give for these nine digits.
  const digits = '123456789'
  const known = {
    CRC32: Buffer.from('cbf43926', 'hex').toString('base64'),
    CRC32C: Buffer.from('e3069283', 'hex').toString('base64'),
    CRC64NVME: Buffer.from('ae8b14860a799888', 'hex').toString('base64'),
    SHA1: base64Of('sha1', digits),
    SHA256: base64Of('sha256', digits),
    SHA512: base64Of('sha512', digits),
    MD5: base64Of('md5', digits),
  } as const

  test.each(Object.entries(known))('%s is computed', (algorithm, value) => {
    expect(checksumOf(algorithm as keyof typeof known, Buffer.from(digits)).value).toBe(value)
  })

  test.each(Object.entries(known))('%s is checked, kept and given back to who asks', async (name, value) => {
    const { send, s3 } = await createS3World({ buckets: ['uploads'] })
    const header = `x-amz-checksum-${name.toLowerCase()}`
    const put = (sent: string) => send('PUT', '/uploads/a', { body: digits, headers: { [header]: sent } })
    const wrong = await put(value.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')))
    expect(errorIn(wrong)).toEqual([400, 'BadDigest'])
    expect(inXml(wrong.body, 'Message')).toBe(
      `The ${name} you specified did not match the calculated checksum.`,
    )
    const invalid = await put('AAAA')
    expect(errorIn(invalid)).toEqual([400, 'InvalidRequest'])
    expect(inXml(invalid.body, 'Message')).toBe(`Value for ${header} header is invalid.`)
    expect(s3.objects('uploads')).toEqual([])
    const stored = await put(value)
    expect([stored.status, stored.headers[header]]).toEqual([200, value])
    const asked = { headers: { 'x-amz-checksum-mode': 'ENABLED' } }
    for (const method of ['GET', 'HEAD']) {
      const answer = await send(method, '/uploads/a', asked)
      expect([answer.headers[header], answer.headers['x-amz-checksum-type']]).toEqual([value, 'FULL_OBJECT'])
      expect((await send(method, '/uploads/a')).headers[header]).toBeUndefined()
    }
    const part = await send('GET', '/uploads/a', { headers: { ...asked.headers, Range: 'bytes=0-1' } })
    expect(part.headers[header]).toBeUndefined()
  })

  test('more than one are refused, and so is one that was announced and did not come', async () => {
    const { send } = await createS3World({ buckets: ['uploads'] })
    const put = (headers: RawRequest['headers']) =>
      send('PUT', '/uploads/a', { body: digits, headers: headers! })
    const two = { 'x-amz-checksum-crc32': known.CRC32, 'x-amz-checksum-sha1': known.SHA1 }
    expect(errorIn(await put(two))).toEqual([400, 'InvalidRequest'])
    expect(errorIn(await put({ 'x-amz-sdk-checksum-algorithm': 'CRC32' }))).toEqual([400, 'InvalidRequest'])
    expect(errorIn(await put({ 'x-amz-checksum-xxhash64': 'AAAAAAAAAAA=' }))).toEqual([501, 'NotImplemented'])
  })

  test('of the SDK come and go by themselves', async () => {
    const { client } = await createS3World({ buckets: ['uploads'] })
    const at = { Bucket: 'uploads', Key: 'a' }
    for (const algorithm of [ChecksumAlgorithm.CRC32, ChecksumAlgorithm.SHA256]) {
      await client.send(new PutObjectCommand({ ...at, Body: digits, ChecksumAlgorithm: algorithm }))
      const head = await client.send(new HeadObjectCommand({ ...at, ChecksumMode: 'ENABLED' }))
      expect(head[`Checksum${algorithm}`]).toBe(known[algorithm as keyof typeof known])
      // The SDK compares what it reads with the checksum.
      const got = await client.send(new GetObjectCommand(at))
      expect(await got.Body?.transformToString()).toBe(digits)
    }
  })

  test('of Content-MD5 and of a signed body are compared as well', async () => {
    const { send, s3 } = await createS3World({ buckets: ['uploads'] })
    const put = (headers: RawRequest['headers']) =>
      send('PUT', '/uploads/a', { body: 'hello', headers: headers! })
    expect(errorIn(await put({ 'Content-MD5': 'short' }))).toEqual([400, 'InvalidDigest'])
    const bad = await put({ 'Content-MD5': base64Of('md5', 'other') })
    expect(errorIn(bad)).toEqual([400, 'BadDigest'])
    expect(inXml(bad.body, 'CalculatedDigest')).toBe(base64Of('md5', 'hello'))
    const signedFor = (text: string) => ({
      'x-amz-content-sha256': createHash('sha256').update(text).digest('hex'),
    })
    expect(errorIn(await put(signedFor('other')))).toEqual([400, 'XAmzContentSHA256Mismatch'])
    expect(s3.objects('uploads')).toEqual([])
    expect((await put({ 'Content-MD5': base64Of('md5', 'hello'), ...signedFor('hello') })).status).toBe(200)
  })
})

describe('aws-chunked bodies', () => {
  const chunked = (chunks: string[], trailers = '', extension = '') =>
    [...chunks, '']
      .map((chunk) => `${chunk.length.toString(16)}${extension}\r\n${chunk}${chunk && '\r\n'}`)
      .join('') + `${trailers}\r\n`
  const hello = { 'x-amz-decoded-content-length': '11', 'content-encoding': 'aws-chunked' }
  const crc32 = checksumOf('CRC32', Buffer.from('hello world')).value

  test.each([
    [
      'without signatures',
      chunked(['hello', ' world']),
      { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' },
    ],
    [
      'with signatures',
      chunked(['hello ', 'world'], '', ';chunk-signature=0123456789abcdef'),
      { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' },
    ],
    [
      'with a checksum behind',
      chunked(['hello world'], `x-amz-checksum-crc32:${crc32}\r\n`),
      {
        'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'x-amz-trailer': 'x-amz-checksum-crc32',
      },
    ],
    [
      'with a signed checksum behind',
      chunked(
        ['hello', ' ', 'world'],
        `x-amz-checksum-crc32:${crc32}\r\nx-amz-trailer-signature:0123456789abcdef\r\n`,
        ';chunk-signature=0123456789abcdef',
      ),
      {
        'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
        'x-amz-trailer': 'x-amz-checksum-crc32',
      },
    ],
  ])('are put together: %s', async (_, body, headers) => {
    const { send, s3 } = await createS3World({ buckets: ['uploads'] })
    const put = await send('PUT', '/uploads/a', { body, headers: { ...hello, ...headers } })
    expect(put.status).toBe(200)
    expect(s3.objects('uploads')).toMatchObject([{ body: 'hello world', size: 11 }])
    const got = await send('GET', '/uploads/a', { headers: { 'x-amz-checksum-mode': 'ENABLED' } })
    expect(got.headers['content-encoding']).toBeUndefined()
    expect(got.headers['x-amz-checksum-crc32']).toBe('x-amz-trailer' in headers ? crc32 : undefined)
  })

  test('keep the encodings that are the content’s own', async () => {
    const { send } = await createS3World({ buckets: ['uploads'] })
    const headers = { ...hello, 'content-encoding': 'gzip, aws-chunked' }
    await send('PUT', '/uploads/a', { body: chunked(['hello world']), headers })
    expect((await send('HEAD', '/uploads/a')).headers['content-encoding']).toBe('gzip')
  })

  const trailer = { 'x-amz-trailer': 'x-amz-checksum-crc32' }
  test.each([
    [
      'a wrong checksum',
      chunked(['hello world'], 'x-amz-checksum-crc32:AAAAAA==\r\n'),
      trailer,
      400,
      'BadDigest',
    ],
    ['no checksum though one was announced', chunked(['hello world']), trailer, 400, 'MalformedTrailerError'],
    ['another length', chunked(['hello']), {}, 400, 'IncompleteBody'],
    [
      'no length',
      chunked(['hello world']),
      { 'x-amz-decoded-content-length': undefined },
      411,
      'MissingContentLength',
    ],
    ['no last chunk', 'b\r\nhello world\r\n', {}, 400, 'IncompleteBody'],
    ['a size that is none', 'x\r\nhello world\r\n0\r\n\r\n', {}, 400, 'IncompleteBody'],
    ['a chunk that is too short', 'ff\r\nhello world\r\n0\r\n\r\n', {}, 400, 'IncompleteBody'],
    ['nothing', '', {}, 400, 'IncompleteBody'],
  ])('with %s are refused', async (_, body, headers, status, code) => {
    const { send, s3 } = await createS3World({ buckets: ['uploads'] })
    const sent = Object.fromEntries(
      Object.entries({ ...hello, ...headers }).filter(([, value]) => value !== undefined),
    )
    expect(errorIn(await send('PUT', '/uploads/a', { body, headers: sent }))).toEqual([status, code])
    expect(s3.objects('uploads')).toEqual([])
  })

  test('are what the SDK makes of a stream', async () => {
    const { client, s3 } = await createS3World({ buckets: ['uploads'] })
    const content = 'stream '.repeat(20_000)
    const Body = Readable.from(
      [content.slice(0, 70_000), content.slice(70_000)].map((part) => Buffer.from(part)),
    )
    await client.send(
      new PutObjectCommand({ Bucket: 'uploads', Key: 'a', Body, ContentLength: content.length }),
    )
    expect(s3.objects('uploads')[0]?.body === content).toBe(true)
    const head = await client.send(
      new HeadObjectCommand({ Bucket: 'uploads', Key: 'a', ChecksumMode: 'ENABLED' }),
    )
    expect(head.ChecksumCRC32).toBe(checksumOf('CRC32', Buffer.from(content)).value)
  })
})

test('a body that is announced first is asked for', async () => {
  const { send, s3 } = await createS3World({ buckets: ['uploads'] })
  const answer = await send('PUT', '/uploads/a', {
    body: 'hello',
    headers: { Expect: '100-continue', 'Content-Length': 5 },
  })
  expect(answer.status).toBe(200)
  expect(s3.objects('uploads')).toMatchObject([{ body: 'hello' }])
})
