import { ListObjectsCommand, ListObjectsV2Command, paginateListObjectsV2 } from '@aws-sdk/client-s3'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesOf, type Listing, listPage, textOf, urlEncoded } from '../../src/services/s3/listing.ts'
import { createS3World, errorIn, inXml } from './s3World.ts'

/** A bucket with an object of each key. */
async function bucketOf(...keys: string[]) {
  const world = await createS3World({ buckets: ['uploads'] })
  await Promise.all(
    keys.map((key) => world.send('PUT', `/uploads/${encodeURIComponent(key)}`, { body: key })),
  )
  return world
}

describe('ListObjectsV2', () => {
  test('answers keys in the order of their bytes, with what is known of each', async () => {
    // As UTF-16 the last two would change places.
    const keys = ['B', 'a', 'a b', 'a/1', 'é', '\uffee', '🎉']
    const { client, send } = await bucketOf(...keys.toReversed())
    const { Contents, ...rest } = await client.send(new ListObjectsV2Command({ Bucket: 'uploads' }))
    expect(Contents?.map(({ Key }) => Key)).toEqual(keys)
    expect(Contents?.[0]).toEqual({
      Key: 'B',
      LastModified: new Date('2026-01-02T03:04:05Z'),
      ETag: '"9d5ed678fe57bcca610140957afab571"',
      Size: 1,
      StorageClass: 'STANDARD',
    })
    expect(rest).toMatchObject({ Name: 'uploads', KeyCount: 7, MaxKeys: 1_000, IsTruncated: false })
    expect((await send('GET', '/uploads?list-type=2')).body).toContain(
      '<LastModified>2026-01-02T03:04:05.000Z</LastModified>',
    )
    const owned = await client.send(new ListObjectsV2Command({ Bucket: 'uploads', FetchOwner: true }))
    expect(owned.Contents?.[0]?.Owner?.ID).toMatch(/^[0-9a-f]{64}$/)
  })

  test('rolls keys up behind a delimiter, below a prefix', async () => {
    const { client } = await bucketOf('top', 'in/a', 'in/b', 'in/deep/c', 'in/deep/d', 'in/deeper/e', 'out/f')
    const list = async (more: object) => {
      const { Contents, CommonPrefixes, KeyCount } = await client.send(
        new ListObjectsV2Command({ Bucket: 'uploads', ...more }),
      )
      return [Contents?.map(({ Key }) => Key), CommonPrefixes?.map(({ Prefix }) => Prefix), KeyCount]
    }
    expect(await list({ Delimiter: '/' })).toEqual([['top'], ['in/', 'out/'], 3])
    expect(await list({ Delimiter: '/', Prefix: 'in/' })).toEqual([
      ['in/a', 'in/b'],
      ['in/deep/', 'in/deeper/'],
      4,
    ])
    expect(await list({ Delimiter: 'ee', Prefix: 'in/' })).toEqual([['in/a', 'in/b'], ['in/dee'], 3])
    expect(await list({ Prefix: 'in/deep' })).toEqual([
      ['in/deep/c', 'in/deep/d', 'in/deeper/e'],
      undefined,
      3,
    ])
    expect(await list({ Prefix: 'none' })).toEqual([undefined, undefined, 0])
    expect(await list({ StartAfter: 'in/deep/c' })).toEqual([
      ['in/deep/d', 'in/deeper/e', 'out/f', 'top'],
      undefined,
      4,
    ])
  })

  test('gives pages, also between common prefixes', async () => {
    const { client } = await bucketOf('a/1', 'a/2', 'b', 'c/1', 'c/2', 'd')
    const pages: unknown[] = []
    const query = { Bucket: 'uploads', Delimiter: '/', MaxKeys: 1 }
    for await (const page of paginateListObjectsV2({ client }, query))
      pages.push([
        page.CommonPrefixes?.[0]?.Prefix ?? page.Contents?.[0]?.Key,
        page.KeyCount,
        page.IsTruncated,
      ])
    expect(pages).toEqual([
      ['a/', 1, true],
      ['b', 1, true],
      ['c/', 1, true],
      ['d', 1, false],
    ])
  })

  test('repeats the request, encoded if it is asked to', async () => {
    const { send } = await bucketOf('a b+c~(1)*é/x', 'a b+c~(1)*é/y')
    const plain = await send(
      'GET',
      '/uploads?list-type=2&prefix=a%20b&delimiter=/&start-after=a&max-keys=5000',
    )
    expect(inXml(plain.body, 'Prefix')).toBe('a b')
    const encoded = await send(
      'GET',
      '/uploads?list-type=2&prefix=a%20b&delimiter=/&start-after=%20&encoding-type=url&max-keys=7',
    )
    expect(encoded.body).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
        '<Name>uploads</Name><Prefix>a+b</Prefix><Delimiter>/</Delimiter><MaxKeys>7</MaxKeys>' +
        '<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated><KeyCount>1</KeyCount><StartAfter>+</StartAfter>' +
        '<CommonPrefixes><Prefix>a+b%2Bc%7E%281%29*%C3%A9/</Prefix></CommonPrefixes></ListBucketResult>',
    )
  })

  test('writes what XML has no letter for as a reference', async () => {
    const { send } = await bucketOf('a\u0001&\r')
    expect((await send('GET', '/uploads?list-type=2')).body).toContain('<Key>a&#x1;&amp;&#xD;</Key>')
  })

  test.each([
    ['max-keys=x', 'max-keys'],
    ['max-keys=-1', 'maxKeys'],
    ['encoding-type=base64', 'encoding-type'],
    ['continuation-token=bm90IG91cnM', 'continuation-token'],
    ['continuation-token=', 'continuation-token'],
  ])('refuses %s', async (query, argument) => {
    const { send } = await createS3World({ buckets: ['uploads'] })
    const answer = await send('GET', `/uploads?list-type=2&${query}`)
    expect(errorIn(answer)).toEqual([400, 'InvalidArgument'])
    expect(inXml(answer.body, 'ArgumentName')).toBe(argument)
  })

  test('of no keys at all is not truncated', async () => {
    const { client } = await bucketOf('a')
    const page = await client.send(new ListObjectsV2Command({ Bucket: 'uploads', MaxKeys: 0 }))
    expect(page).toMatchObject({ KeyCount: 0, IsTruncated: false })
  })
})

test('ListObjects goes on behind the last key or common prefix', async () => {
  const { client } = await bucketOf('a/1', 'a/2', 'b', 'c')
  const list = (more: object) =>
    client.send(new ListObjectsCommand({ Bucket: 'uploads', MaxKeys: 1, ...more }))
  const first = await list({ Delimiter: '/' })
  expect([first.CommonPrefixes, first.NextMarker, first.IsTruncated]).toEqual([
    [{ Prefix: 'a/' }],
    'a/',
    true,
  ])
  const second = await list({ Delimiter: '/', Marker: first.NextMarker })
  expect(second.Contents?.map(({ Key }) => Key)).toEqual(['b'])
  const plain = await list({ Marker: 'b' })
  expect([plain.Contents?.[0]?.Key, plain.NextMarker, plain.IsTruncated]).toEqual(['c', undefined, false])
})

describe('pages of any size', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', 'é', '🎉', '\uffee'), maxLength: 6 })
  const sizes = [1, 2, 3, 100]

  test('together are what one look at all keys finds', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc.string({
            unit: fc.constantFrom('a', 'b', '/', 'é', '🎉', '\uffee'),
            minLength: 1,
            maxLength: 6,
          }),
          {
            maxLength: 30,
          },
        ),
        text,
        fc.constantFrom('', '/', 'a', 'é/'),
        fc.constantFrom(...sizes),
        (keys, prefix, delimiter, limit) => {
          const sorted = keys.map(bytesOf).sort((a, b) => (a < b ? -1 : 1))
          const [first, mark] = [bytesOf(prefix), bytesOf(delimiter)]
          const read = (range: { prefix: string; after: string; limit: number }) =>
            sorted
              .filter((key) => key.startsWith(range.prefix) && key > range.after)
              .slice(0, range.limit)
              .map((key) => [key, key] as const)
          const expected = sorted
            .filter((key) => key.startsWith(first))
            .map((key) => {
              const end = mark === '' ? -1 : key.indexOf(mark, first.length)
              return end < 0 ? key : `${key.slice(0, end + mark.length)}*`
            })
          const found: string[] = []
          let after: string | undefined = ''
          while (after !== undefined) {
            const page: Listing<string> = listPage(read, { prefix: first, delimiter: mark, after, limit })
            const onPage = [
              ...page.contents.map(([key]) => key),
              ...page.commonPrefixes.map((key) => `${key}*`),
            ]
            expect(onPage.length).toBeLessThanOrEqual(limit)
            found.push(...onPage.sort((a, b) => (a < b ? -1 : 1)))
            after = page.next
          }
          expect(found).toEqual([...new Set(expected)])
        },
      ),
    )
  })

  test('keys become bytes and back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (key) => {
        expect(textOf(bytesOf(key))).toBe(key)
        expect(decodeURIComponent(urlEncoded(key).replaceAll('+', ' '))).toBe(key)
      }),
    )
  })
})
