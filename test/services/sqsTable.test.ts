import { spawnSync } from 'node:child_process'
import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import type { Case } from './sqsTable/case.ts'
import { compare } from './sqsTable/compare.ts'
import { runJavaScript } from './sqsTable/javaScript.ts'
import { messageCases } from './sqsTable/messageCases.ts'
import { runPython } from './sqsTable/python.ts'
import { queueCases } from './sqsTable/queueCases.ts'
import { accountId, createWorld, region } from './world.ts'

/**
 * One table of requests and answers, taken from what AWS was seen to answer, through three clients: whatever a client
 * does to a request or makes of an answer, all of them have to see the same.
 */
const cases: readonly Case[] = [...queueCases, ...messageCases]

const hasBoto3 = spawnSync('python3', ['-c', 'import boto3']).status === 0
if (!hasBoto3) console.log('skipped: the table of SQS through boto3, since python3 cannot import it')

const clients = [
  { client: 'the AWS SDK for JavaScript', protocol: 'json', run: runJavaScript, isThere: true },
  { client: 'boto3', protocol: 'json', run: runPython('json'), isThere: hasBoto3 },
  { client: 'boto3 and the query protocol', protocol: 'query', run: runPython('query'), isThere: hasBoto3 },
] as const

test('the table has 150 cases and more, each with a title of its own', () => {
  expect(cases.length).toBeGreaterThanOrEqual(150)
  const titles = cases.map(({ title }) => title)
  expect(titles.filter((title, index) => titles.indexOf(title) < index)).toEqual([])
})

for (const { client, protocol, run, isThere } of clients) {
  test.skipIf(!isThere)(`all of the table is answered as recorded through ${client}`, async () => {
    const { url } = await createWorld()
    const got = await run(
      cases,
      cases.map((one, index) => namesOf(one, index, url)),
      url,
    )
    const differences = cases
      .map((one, index) => ({ title: one.title, ...compare(one, got[index], protocol) }))
      .filter(({ wanted, told }) => !isDeepStrictEqual(wanted, told))
    expect(differences).toEqual([])
  })
}

/** What the placeholders of a case stand for: queues of its own. */
function namesOf({ queue }: Case, index: number, url: string): Record<string, string> {
  const names = { queue: `case-${index}${queue?.['FifoQueue'] ? '.fifo' : ''}`, dead: `case-${index}-dead` }
  return Object.fromEntries(
    Object.entries(names).flatMap(([key, name]) => [
      [key, name],
      [key === 'queue' ? 'url' : 'deadUrl', `${url}/${accountId}/${name}`],
      [key === 'queue' ? 'arn' : 'deadArn', `arn:aws:sqs:${region}:${accountId}:${name}`],
    ]),
  )
}
