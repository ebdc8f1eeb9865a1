import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { startProject } from '../tools/project.ts'

const files = {
  'lambda.yml': `
functions:
  fail:
    handler: main.fail
    maximumRetryAttempts: 0
    destinations: { onFailure: s3:failures }
resources:
  buckets: { uploads: {} }
`,
  'main.js': `
exports.fail = async () => { throw new Error('broken') }
`,
}

test('what a client puts into a bucket of the spec is there, and a spy sees it', async () => {
  const app = await startProject(files)
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
  const client = new S3Client({ endpoint: app.url, region: 'us-east-1', credentials, forcePathStyle: true })
  const first = app.bucket('uploads').next()
  await client.send(new PutObjectCommand({ Bucket: 'uploads', Key: 'a/b c.txt', Body: 'hello' }))
  expect(await first).toMatchObject({ key: 'a/b c.txt', size: 5, body: 'hello' })
  const { Body } = await client.send(new GetObjectCommand({ Bucket: 'uploads', Key: 'a/b c.txt' }))
  expect(await Body?.transformToString()).toBe('hello')
  await app.bucket('uploads').none()
})

test('a bucket as destination of failures gets the record under a key by function and date', async () => {
  const app = await startProject(files)
  const { requestId } = await app.invoke('fail', { id: 3 }, { type: 'Event' })
  const { key, body } = await app.bucket('failures').next()
  const date = new Date(app.clock.now()).toISOString().slice(0, 10)
  expect(key).toMatch(
    new RegExp(
      `^aws/lambda/async/fail/${date.replaceAll('-', '/')}/${date}T\\d\\d\\.\\d\\d\\.\\d\\d-[0-9a-f-]{36}$`,
    ),
  )
  expect(JSON.parse(body)).toMatchObject({
    requestContext: { requestId, condition: 'RetriesExhausted' },
    requestPayload: { id: 3 },
  })
})
