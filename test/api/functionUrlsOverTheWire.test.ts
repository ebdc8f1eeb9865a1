import http from 'node:http'
import { Lambda } from '@aws-sdk/client-lambda'
import { type App, start } from 'lambent'
import { expect, onTestFinished, test } from 'vitest'
import { createProject, startProject } from '../tools/project.ts'

const handler = `exports.handler = async (event, context) => ({
  statusCode: 200,
  headers: { 'content-type': 'text/plain' },
  body: [context.functionVersion, context.invokedFunctionArn, event.rawPath, event.requestContext.apiId].join(' '),
})`
const spec = (url: string): string => `
service: urls
functions:
  plain: { handler: h.handler }
  open: { handler: h.handler, url: ${url} }
`
const files = {
  'lambda.yml': spec('{ cors: { allowedOrigins: https://a.example, maxAge: 5 } }'),
  'h.js': handler,
}
const arnOf = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`

function lambdaOf({ url }: App): Lambda {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
  const client = new Lambda({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 })
  onTestFinished(() => client.destroy())
  return client
}

const call = async (url: string | undefined, init: RequestInit = {}) => {
  const response = await fetch(url ?? '', init)
  return { status: response.status, text: await response.text(), headers: response.headers }
}
/** Asks a host by a name that this machine need not know. */
const callHost = (url: string, host: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const request = http.get(url, { headers: { host } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve(text))
    })
    request.on('error', reject)
  })
const preflight = {
  method: 'OPTIONS',
  headers: { origin: 'https://b.example', 'access-control-request-method': 'PUT' },
}

test('a URL answers from the moment it exists until it is gone', async () => {
  const app = await startProject(files)
  const lambda = lambdaOf(app)
  expect((await call(`${app.url}/_url/plain/`)).status).toBe(403)
  const { FunctionUrl } = await lambda.createFunctionUrlConfig({ FunctionName: 'plain', AuthType: 'NONE' })
  const answer = await call(`${FunctionUrl}orders/1`)
  expect(answer.status).toBe(200)
  expect(answer.text).toMatch(new RegExp(`^\\$LATEST ${arnOf('plain')} /orders/1 [a-z0-9]{32}$`))
  await lambda.deleteFunctionUrlConfig({ FunctionName: 'plain' })
  expect((await call(FunctionUrl)).status).toBe(403)
})

test('the URL of an alias runs the version that the alias points to, and goes with the alias', async () => {
  const app = await startProject(files)
  const lambda = lambdaOf(app)
  await lambda.publishVersion({ FunctionName: 'plain' })
  await lambda.createAlias({ FunctionName: 'plain', Name: 'live', FunctionVersion: '1' })
  const settings = { FunctionName: 'plain', Qualifier: 'live', AuthType: 'NONE' } as const
  const { FunctionUrl } = await lambda.createFunctionUrlConfig(settings)
  expect((await call(FunctionUrl)).text).toMatch(new RegExp(`^1 ${arnOf('plain')}:live / `))
  const id = (await call(FunctionUrl)).text.split(' ').at(-1)
  const byHost = await callHost(`${app.url}/by/host`, `${id}.lambda-url.us-east-1.localhost`)
  expect(byHost).toBe(`1 ${arnOf('plain')}:live /by/host ${id}`)
  expect((await call(`${app.url}/_url/plain/`)).status).toBe(403)
  await lambda.deleteAlias({ FunctionName: 'plain', Name: 'live' })
  expect((await call(FunctionUrl)).status).toBe(403)
  await lambda.createAlias({ FunctionName: 'plain', Name: 'live', FunctionVersion: '1' })
  expect((await call(FunctionUrl)).status).toBe(403)
})

test('pages of other origins may call a URL as its settings say', async () => {
  const app = await startProject(files)
  const lambda = lambdaOf(app)
  const Cors = { AllowOrigins: ['https://b.example'], AllowMethods: ['PUT'], MaxAge: 9 }
  const settings = { FunctionName: 'plain', AuthType: 'NONE', Cors } as const
  const { FunctionUrl } = await lambda.createFunctionUrlConfig(settings)
  const before = (await call(FunctionUrl, preflight)).headers
  expect(before.get('access-control-allow-origin')).toBe('https://b.example')
  expect(before.get('access-control-allow-methods')).toBe('PUT')
  expect(before.get('access-control-max-age')).toBe('9')
  await lambda.updateFunctionUrlConfig({
    FunctionName: 'plain',
    Cors: { AllowOrigins: ['https://c.example'] },
  })
  expect((await call(FunctionUrl, preflight)).headers.get('access-control-allow-origin')).toBeNull()
})

test('a URL of the file is shown, changed and deleted over the wire until its declaration changes', async () => {
  const app = await startProject(files)
  const lambda = lambdaOf(app)
  const shown = await lambda.getFunctionUrlConfig({ FunctionName: 'open' })
  expect(shown).toMatchObject({
    FunctionUrl: `${app.url}/_url/open/`,
    AuthType: 'NONE',
    InvokeMode: 'BUFFERED',
    Cors: { AllowOrigins: ['https://a.example'], MaxAge: 5 },
  })
  await lambda.updateFunctionUrlConfig({
    FunctionName: 'open',
    Cors: { AllowOrigins: ['https://b.example'] },
  })
  const allowed = (await call(shown.FunctionUrl, preflight)).headers.get('access-control-allow-origin')
  expect(allowed).toBe('https://b.example')
  await lambda.deleteFunctionUrlConfig({ FunctionName: 'open' })
  expect((await call(shown.FunctionUrl)).status).toBe(403)
  expect((await lambda.listFunctionUrlConfigs({ FunctionName: 'open' })).FunctionUrlConfigs).toEqual([])
  app.project.write('lambda.yml', spec('true'))
  await app.reloadSpec()
  expect((await call(shown.FunctionUrl)).status).toBe(200)
})

test('URLs, policies and tags outlive a restart', async () => {
  const project = createProject(files)
  const options = { config: project.config, clock: 'frozen' } as const
  const first = await start(options)
  const lambda = lambdaOf(first)
  await lambda.createFunctionUrlConfig({ FunctionName: 'plain', AuthType: 'NONE' })
  await lambda.tagResource({ Resource: arnOf('plain'), Tags: { team: 'shop' } })
  const Principal = 's3.amazonaws.com'
  const permission = { StatementId: 's3', Action: 'lambda:InvokeFunction', Principal }
  await lambda.addPermission({ FunctionName: 'plain', ...permission })
  const { RevisionId } = await lambda.getPolicy({ FunctionName: 'plain' })
  await first.stop()

  const second = await start(options)
  onTestFinished(() => second.stop())
  const again = lambdaOf(second)
  expect((await call(`${second.url}/_url/plain/`)).status).toBe(200)
  expect((await again.getFunction({ FunctionName: 'plain' })).Tags).toEqual({ team: 'shop' })
  const policy = await again.getPolicy({ FunctionName: 'plain' })
  expect(policy.RevisionId).toBe(RevisionId)
  expect(policy.Policy).toContain('"Sid":"s3"')
  await second.reset()
  expect((await call(`${second.url}/_url/plain/`)).status).toBe(403)
  expect((await again.listTags({ Resource: arnOf('plain') })).Tags).toEqual({})
})

test('a URL that asks for signatures is refused: nobody here could check one', async () => {
  const lambda = lambdaOf(await startProject(files))
  await expect(
    lambda.createFunctionUrlConfig({ FunctionName: 'plain', AuthType: 'AWS_IAM' }),
  ).rejects.toThrow('AuthType AWS_IAM is not supported here: signatures are not checked. Use NONE.')
})

test('changes that come together are carried out one after the other', async () => {
  const lambda = lambdaOf(await startProject(files))
  const numbers = Array.from({ length: 20 }, (_, index) => index)
  const added = await Promise.allSettled([
    ...numbers.map((index) =>
      lambda.addPermission({
        FunctionName: 'plain',
        StatementId: `s${index % 10}`,
        Action: 'lambda:InvokeFunction',
        Principal: '*',
      }),
    ),
    ...numbers.map((index) =>
      lambda.tagResource({ Resource: arnOf('plain'), Tags: { [`key${index}`]: '' } }),
    ),
  ])
  expect(added.filter(({ status }) => status === 'rejected')).toHaveLength(10)
  const { Policy = '' } = await lambda.getPolicy({ FunctionName: 'plain' })
  expect((JSON.parse(Policy) as { Statement: unknown[] }).Statement).toHaveLength(10)
  expect(Object.keys((await lambda.listTags({ Resource: arnOf('plain') })).Tags ?? {})).toHaveLength(20)
})

test('a policy has its limit', async () => {
  const lambda = lambdaOf(await startProject(files))
  const SourceArn = `arn:aws:s3:::${'b'.repeat(4_000)}`
  const add = (StatementId: string) =>
    lambda.addPermission({
      FunctionName: 'plain',
      StatementId,
      Action: 'lambda:InvokeFunction',
      Principal: 's3.amazonaws.com',
      SourceArn,
    })
  for (const id of ['a', 'b', 'c', 'd']) await add(id)
  await expect(add('e')).rejects.toMatchObject({ name: 'PolicyLengthExceededException' })
})
