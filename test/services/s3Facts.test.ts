import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type DeliveredMessage, type Effect, openStore } from '../../src/store/index.ts'
import { createS3World } from './s3World.ts'
import { startMs } from './world.ts'

const md5OfHello = '5d41402abc4b2a76b9719d911017c592'

describe('changes are told of', () => {
  test('with all that the events of S3 say', async () => {
    const { client, send, prepared, told, changes } = await createS3World({
      buckets: ['uploads'],
      causeOf: (key) => (key === 'key' ? 'request-1' : undefined),
    })
    const put = await send('PUT', '/uploads/in/a%20b', { body: 'hello' })
    const common = { sourceIp: '127.0.0.1', atMs: startMs, cause: 'request-1', bucket: 'uploads' }
    expect(prepared).toEqual([
      {
        ...common,
        key: 'in/a b',
        eventName: 'ObjectCreated:Put',
        size: 5,
        eTag: md5OfHello,
        sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
        requestId: put.headers['x-amz-request-id'],
        hostId: put.headers['x-amz-id-2'],
      },
    ])
    await client.send(new CopyObjectCommand({ Bucket: 'uploads', Key: 'b', CopySource: 'uploads/in/a%20b' }))
    await client.send(new DeleteObjectCommand({ Bucket: 'uploads', Key: 'b' }))
    const Delete = { Objects: [{ Key: 'in/a b' }, { Key: 'never there' }] }
    await client.send(new DeleteObjectsCommand({ Bucket: 'uploads', Delete }))
    await client.send(new DeleteObjectCommand({ Bucket: 'uploads', Key: 'never there' }))
    expect(prepared.map(({ eventName, key }) => [eventName, key])).toEqual([
      ['ObjectCreated:Put', 'in/a b'],
      ['ObjectCreated:Copy', 'b'],
      ['ObjectRemoved:Delete', 'b'],
      ['ObjectRemoved:Delete', 'in/a b'],
    ])
    expect('size' in prepared[2]! || 'eTag' in prepared[2]!).toBe(false)
    expect(told).toEqual(prepared)
    expect(changes).toEqual(prepared)
  })

  test('by sequencers that tell which change of a key was the later one', async () => {
    const { client, clock, prepared } = await createS3World({ buckets: ['uploads'] })
    const at = { Bucket: 'uploads', Key: 'a' }
    for (let round = 0; round < 3; round++) {
      await client.send(new PutObjectCommand({ ...at, Body: `${round}` }))
      if (round === 1) await clock.advance(1_000)
      await client.send(new DeleteObjectCommand(at))
    }
    await Promise.all(['x', 'y', 'z'].map((Body) => client.send(new PutObjectCommand({ ...at, Body }))))
    const sequencers = prepared.map(({ sequencer }) => sequencer)
    expect(sequencers).toEqual([...new Set(sequencers)].sort())
  })

  test('in the transaction that makes them', async () => {
    const effectsOf = ({ key, eventName }: { key: string; eventName: string }): Effect[] => [
      { kind: 'set', table: 'events', key: `${eventName} ${key}`, value: true },
    ]
    const { send, store, told, s3, logged } = await createS3World({ buckets: ['uploads'], effectsOf })
    const apply = store.apply.bind(store)
    store.apply = async (effects) => {
      expect(effects.map(({ kind }) => kind)).toEqual(['set', 'set'])
      throw new Error('not durable')
    }
    expect((await send('PUT', '/uploads/a', { body: 'hello' })).status).toBe(500)
    expect([told, store.list('events'), s3.objects('uploads')]).toEqual([[], [], []])
    expect(logged).toEqual(['s3 PutObject failed: Error: not durable'])
    store.apply = apply
    await send('PUT', '/uploads/a', { body: 'hello' })
    await send('DELETE', '/uploads/a')
    expect(store.list('events').map(([key]) => key)).toEqual([
      'ObjectCreated:Put a',
      'ObjectRemoved:Delete a',
    ])
    expect(told).toHaveLength(2)
  })
})

describe('records of failed invocations', () => {
  const message: DeliveredMessage = {
    body: Buffer.from('{"version":"1.0"}'),
    attributes: [],
    traceId: 'Root=1-2-3',
    cause: 'request-1',
    record: {
      functionName: 'checkout',
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:checkout:$LATEST',
      isSuccess: false,
    },
  }

  test('become objects once their transaction is durable', async () => {
    const { s3, store, prepared, told } = await createS3World({ buckets: ['archive'] })
    const delivery = s3.deliver('arn:aws:s3:::archive', message)
    if (delivery.kind === 'refused') throw new Error(delivery.reason)
    expect(s3.objects('archive')).toEqual([])
    await store.apply(delivery.effects)
    expect(told).toEqual([])
    delivery.committed?.()
    const [object] = s3.objects('archive')
    expect(object).toMatchObject({ size: 17, body: '{"version":"1.0"}', lastModifiedMs: startMs - 678 })
    expect(object?.key).toMatch(
      /^aws\/lambda\/async\/checkout\/2026\/01\/02\/2026-01-02T03\.04\.05-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    )
    expect(prepared).toMatchObject([{ bucket: 'archive', key: object?.key, cause: 'request-1', size: 17 }])
    expect(told).toEqual(prepared)
  })

  test('are refused where they cannot go', async () => {
    const { s3 } = await createS3World({ buckets: ['archive'] })
    expect(s3.deliver('arn:aws:s3:::nowhere', message)).toEqual({
      kind: 'refused',
      reason: 'there is no bucket nowhere',
    })
    const { record: _, ...event } = message
    expect(s3.deliver('arn:aws:s3:::archive', event)).toEqual({
      kind: 'refused',
      reason: 'only records of invocations can go to a bucket',
    })
  })
})

describe('in the runner', () => {
  test('buckets and objects outlive it, and large ones are files as long as they are there', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'lambent-s3-'))
    onTestFinished(() => rm(directory, { recursive: true, force: true }))
    const large = 'x'.repeat(200_000)
    const first = await createS3World({ store: await openStore({ directory }), buckets: ['uploads'] })
    await first.send('PUT', '/uploads/large', { body: large })
    await first.send('PUT', '/uploads/replaced', { body: large })
    await first.send('PUT', '/uploads/replaced', { body: 'small' })
    await first.s3.stop()
    await first.gateway.stop()
    await first.store.close()

    const store = await openStore({ directory })
    const { s3, send } = await createS3World({ store })
    expect(s3.buckets()).toEqual(['uploads'])
    expect(s3.objects('uploads').map(({ key, size, body }) => [key, size, body.length])).toEqual([
      ['large', 200_000, 200_000],
      ['replaced', 5, 5],
    ])
    expect(await readdir(path.join(directory, 'bodies'))).toHaveLength(1)
    await send('DELETE', '/uploads/large')
    expect((await send('GET', '/uploads/large')).status).toBe(404)
  })

  test('a reader gets one version of an object that many write, never parts of two', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'lambent-s3-'))
    onTestFinished(() => rm(directory, { recursive: true, force: true }))
    const { send } = await createS3World({ store: await openStore({ directory }), buckets: ['uploads'] })
    const put = (digit: number) =>
      send('PUT', '/uploads/a', {
        body: String(digit).repeat(digit % 2 === 0 ? 100_000 : 100),
        headers: { 'x-amz-meta-digit': digit },
      })
    await put(0)
    const writing = Promise.all([1, 2, 3, 4, 5, 6, 7, 8, 9].map(put))
    for (let round = 0; round < 60; round++) {
      const { status, headers, body } = await send('GET', '/uploads/a')
      expect(status).toBe(200)
      const digit = String(headers['x-amz-meta-digit'])
      expect(body === digit.repeat(Number(digit) % 2 === 0 ? 100_000 : 100)).toBe(true)
    }
    expect((await writing).every(({ status }) => status === 200)).toBe(true)
  })

  test('they are gone when the store was emptied and the service told so', async () => {
    const { s3, store, send } = await createS3World({ buckets: ['uploads'] })
    await send('PUT', '/uploads/a', { body: 'hello' })
    await store.clear()
    s3.reload()
    expect(s3.buckets()).toEqual([])
    await s3.declareBucket('uploads')
    await s3.declareBucket('uploads')
    expect(s3.objects('uploads')).toEqual([])
  })
})
