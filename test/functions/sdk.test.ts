import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Bench, startEmptyBench } from './harness.ts'

const RUNTIMES = [['nodejs22.x'], ['nodejs24.x']] as const
const PACKAGES = path.resolve(import.meta.dirname, '../../node_modules')

/** A project without a single package, and a handler in it. */
async function project(file: string, text: string): Promise<Bench> {
  const bench = await startEmptyBench()
  await writeFile(path.join(bench.directory, file), text)
  return bench
}

describe('version 3 of the SDK, which the project does not have', () => {
  it.each(RUNTIMES)('%s: require finds it beside Lambent', async (runtime) => {
    const bench = await project(
      'index.cjs',
      `const { SQSClient } = require('@aws-sdk/client-sqs'); exports.handler = async () => SQSClient.name`,
    )
    expect((await bench.once('index.handler', {}, { runtime })).value).toBe('SQSClient')
  })

  it.each(RUNTIMES)('%s: import finds it beside Lambent, from any module', async (runtime) => {
    const bench = await project('index.mjs', `export { handler } from './inner.mjs'`)
    await writeFile(
      path.join(bench.directory, 'inner.mjs'),
      `import { SQSClient } from '@aws-sdk/client-sqs'\nexport const handler = async () => SQSClient.name`,
    )
    const name = await bench.deploy('index.handler', { runtime })
    expect((await bench.run(name)).value).toBe('SQSClient')
    expect(bench.told.lines.filter(({ text }) => text.startsWith('INIT_')).map(({ text }) => text)).toEqual([
      expect.stringMatching(/^INIT_START /),
    ])
    await bench.functions.reload([name])
    expect((await bench.run(name)).value).toBe('SQSClient')
  })

  it.each(RUNTIMES)('%s: TypeScript finds it, as a module and as a script', async (runtime) => {
    const text = `import { SQSClient } from '@aws-sdk/client-sqs'\nexport const handler = async (): Promise<string> => SQSClient.name`
    const bench = await project('index.mts', text)
    await writeFile(path.join(bench.directory, 'script.cts'), text)
    expect((await bench.once('index.handler', {}, { runtime })).value).toBe('SQSClient')
    expect((await bench.once('script.handler', {}, { runtime })).value).toBe('SQSClient')
  })

  it('the project’s own comes first', async () => {
    const bench = await project(
      'index.cjs',
      `const { own } = require('@aws-sdk/client-sqs'); exports.handler = async () => own`,
    )
    const folder = path.join(bench.directory, 'node_modules/@aws-sdk/client-sqs')
    await mkdir(folder, { recursive: true })
    await writeFile(path.join(folder, 'index.js'), `exports.own = 'own'`)
    expect((await bench.once('index.handler')).value).toBe('own')
  })

  it.each([
    [
      'index.cjs',
      `require('@aws-sdk/client-nowhere')`,
      'Runtime.ImportModuleError',
      "Error: Cannot find module '",
    ],
    ['index.mjs', `import '@aws-sdk/client-nowhere'`, 'Error', "Cannot find package '"],
  ])('%s: a part that is nowhere is named with what to do about it', async (file, text, errorType, begin) => {
    const bench = await project(file, text)
    const { value } = await bench.once('index.handler')
    expect(value).toMatchObject({ errorType, errorMessage: expect.stringContaining(begin) as unknown })
    expect((value as { errorMessage: string }).errorMessage).toContain('npm i -D @aws-sdk/client-nowhere')
  })

  it('a part that is imported on the way is named as well', async () => {
    const bench = await project(
      'index.mjs',
      `export const handler = async () => { await import('@aws-sdk/client-nowhere/more') }`,
    )
    const { value } = await bench.once('index.handler')
    expect((value as { errorMessage: string }).errorMessage).toContain('npm i -D @aws-sdk/client-nowhere')
  })
})

describe('version 2 of the SDK', () => {
  /** A server that answers every call of SQS, and what it was asked. */
  async function listen(): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(`${request.headers.host} ${request.method} ${request.url}`)
      response.end('{}')
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    onTestFinished(() => void server.close())
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
  }

  const SENDS = `exports.handler = async ({ queue }) => {
    const sqs = new AWS.SQS({ maxRetries: 0, computeChecksums: false })
    await sqs.sendMessage({ QueueUrl: queue, MessageBody: 'a' }).promise()
    await new AWS.S3({ maxRetries: 0 }).listObjectsV2({ Bucket: 'uploads' }).promise().catch(() => {})
    return [sqs.endpoint.host]
  }`

  async function withSdk(file: string, text: string): Promise<Bench> {
    const bench = await project(file, text)
    await mkdir(path.join(bench.directory, 'node_modules'))
    await symlink(path.join(PACKAGES, 'aws-sdk'), path.join(bench.directory, 'node_modules/aws-sdk'))
    return bench
  }

  it.each([
    ['index.cjs', `const AWS = require('aws-sdk')\n${SENDS}`],
    ['index.mjs', `import AWS from 'aws-sdk'\n${SENDS.replace('exports.handler', 'export const handler')}`],
    [
      'parts.cjs',
      `const AWS = { SQS: require('aws-sdk/clients/sqs'), S3: require('aws-sdk/clients/s3') }\n${SENDS}`,
    ],
  ])('%s: calls stay here, whatever a queue is called', async (file, text) => {
    const { url, asked } = await listen()
    const bench = await withSdk(file, text)
    const host = url.replace('http://', '')
    const name = await bench.deploy(`${path.parse(file).name}.handler`, {
      environment: { AWS_ENDPOINT_URL: url },
      timeoutMs: 20_000,
      memoryMegabytes: 512,
    })
    for (const queue of [
      `${url}/000000000000/orders`,
      'https://sqs.eu-west-1.amazonaws.com/000000000000/orders',
    ])
      expect((await bench.run(name, { queue })).value).toEqual([host])
    expect(asked).toEqual([
      `${host} POST /`,
      `${host} GET /uploads?list-type=2`,
      `${host} POST /`,
      `${host} GET /uploads?list-type=2`,
    ])
  })

  it('a service that is elsewhere is called there', async () => {
    const { url, asked } = await listen()
    const bench = await withSdk('index.cjs', `const AWS = require('aws-sdk')\n${SENDS}`)
    const environment = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_ENDPOINT_URL_SQS: url }
    await bench.once(
      'index.handler',
      { queue: `${url}/000000000000/orders` },
      { environment, memoryMegabytes: 512, timeoutMs: 20_000 },
    )
    expect(asked).toHaveLength(1)
  })
})
