import { expect, test } from 'vitest'
import * as L from '@aws-sdk/client-lambda'
import {
  CreateQueueCommand,
  SQSClient,
  SendMessageCommand,
  ReceiveMessageCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  DeleteQueueCommand,
} from '@aws-sdk/client-sqs'
import { answer, clientOf, code, create, refusal, Role, SPEC, zip } from '../tools/madeFunctions.ts'
import { startProject, createProject } from '../tools/project.ts'
import { start } from 'lambent'
const ACC = '000000000000'
const qa = (n: string) => `arn:aws:sqs:us-east-1:${ACC}:${n}`
const fa = (n: string) => `arn:aws:lambda:us-east-1:${ACC}:function:${n}`
const sqsOf = (app: any) =>
  new SQSClient({
    endpoint: app.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  })
const say = (...x: unknown[]) => console.log(...x.map((y) => (typeof y === 'string' ? y : JSON.stringify(y))))
const tryIt = async (label: string, w: Promise<any>) => {
  try {
    const r = await w
    const { $metadata: _, Payload, ...rest } = r ?? {}
    say(label, 'OK', rest, Payload ? Buffer.from(Payload).toString().slice(0, 300) : '')
    return r
  } catch (e: any) {
    say(label, 'ERR', e.name, e.message, e.Reason ?? '')
  }
}
const raw = async (app: any, m: string, p: string, b?: unknown) => {
  const r = await fetch(app.url + p, {
    method: m,
    body: b === undefined ? undefined : JSON.stringify(b),
    headers: { 'content-type': 'application/json' },
  })
  say(m, p, b, r.status, (await r.text()).slice(0, 700))
}
test('Q parent package.json', async () => {
  for (const ephemeral of [true, false]) {
    const app = await startProject(
      {
        ...SPEC,
        'package.json': '{"type":"module"}',
        'index.js': 'export const handler = async () => 1',
        'node_modules/dep/index.js': 'module.exports = "of the project"',
        'node_modules/dep/package.json': '{"name":"dep"}',
      },
      { ephemeral },
    )
    const c = clientOf(app)
    await create(c, '1', { Publish: true })
    await tryIt(
      'Q cjs',
      answer(c).then((a) => ({ a })),
    )
    await tryIt(
      'Q cjs v1',
      answer(c, 'made', '1').then((a) => ({ a })),
    )
    await create(c, 'require("dep")', { FunctionName: 'dep' })
    await tryIt(
      'Q dep',
      answer(c, 'dep').then((a) => ({ a })),
    )
    await create(c, '', {
      FunctionName: 'esm',
      Handler: 'src/app.handler',
      Code: { ZipFile: await zip({ 'src/app.mjs': 'export const handler = async () => import.meta.url' }) },
    })
    await tryIt(
      'Q esm',
      answer(c, 'esm').then((a) => ({ a })),
    )
    await create(c, '', {
      FunctionName: 'syn',
      Code: { ZipFile: await zip({ 'index.js': 'export const handler = async () => "esm syntax"' }) },
    })
    await tryIt(
      'Q esm syntax in js without type (AWS: error on 22)',
      answer(c, 'syn').then((a) => ({ a })),
    )
    await create(c, '', {
      FunctionName: 'pkg',
      Code: {
        ZipFile: await zip({
          'package.json': '{"type":"commonjs"}',
          'index.js': 'exports.handler = async () => require("./lib/x")',
          'lib/x.js': 'module.exports=__dirname',
        }),
      },
    })
    await tryIt(
      'Q pkg',
      answer(c, 'pkg').then((a) => ({ a })),
    )
    await app.stop()
  }
})
