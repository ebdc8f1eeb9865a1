import path from 'node:path'
import { openConnection } from '../harness/connection.mjs'
import { median } from '../harness/figures.mjs'
import { loadInNewWorker } from '../harness/newWorker.mjs'
import { writeProject } from '../harness/project.mjs'
import { hasPython, loadInNewPython } from '../harness/python.mjs'
import { EVENT, invokePath, lambdaHeaders } from '../harness/requests.mjs'
import { timeResult } from '../harness/result.mjs'
import { alternate } from '../harness/rounds.mjs'

const ROUNDS = 9

const FILES = {
  'plain.mjs': 'export const handler = async (event) => event\n',
  'client.cjs': `const { SQSClient } = require('@aws-sdk/client-sqs')
const client = new SQSClient({ region: 'us-east-1' })
exports.handler = async () => ({ known: client.config !== undefined })
`,
  'snake.py': 'def handler(event, context):\n    return event\n',
}

/**
 * The first invocation of a function that has no environment yet, over an open connection. Each round calls a function of
 * its own.
 * @param {import('../harness/session.mjs').Session} session
 */
export async function coldStart(session) {
  const kinds = [
    { name: 'plain', work: 'cold start, plain JavaScript', belowMs: 60, file: 'plain.mjs' },
    { name: 'client', work: 'cold start, JavaScript + SDK client', belowMs: 110, file: 'client.cjs' },
    ...(hasPython() ? [{ name: 'snake', work: 'cold start, Python', belowMs: 250, file: '' }] : []),
  ]
  const project = await writeProject(session, { ...FILES, 'lambda.yml': specFor(kinds) })
  const { url } = await session.startLambent({ config: project.config, data: project.data })
  const connection = await openConnection(url)
  const results = []
  for (const { name, work, belowMs, file } of kinds) {
    const rounds = await alternate(ROUNDS, {
      floor: () =>
        file === ''
          ? loadInNewPython(project.folder, name)
          : loadInNewWorker(path.join(project.folder, file)),
      lambent: async (round) => {
        const startedMs = performance.now()
        await connection.send({ path: invokePath(`${name}${round}`), headers: lambdaHeaders, body: EVENT })
        return performance.now() - startedMs
      },
      progress: (text) => session.progress(`${name}, ${text}`),
    })
    const floor = file === '' ? 'a new interpreter' : 'a new worker thread'
    results.push(
      timeResult({
        work,
        lambent: median(rounds.lambent),
        floor: median(rounds.floor),
        belowMs,
        note: `floor: ${floor} that loads the file and calls the handler`,
      }),
    )
  }
  connection.close()
  return results
}

/** @param {readonly { name: string }[]} kinds */
function specFor(kinds) {
  const functions = kinds.flatMap(({ name }) =>
    Array.from({ length: ROUNDS }, (_, index) => {
      const runtime = name === 'snake' ? 'python3.13' : 'nodejs22.x'
      return `  ${name}${index + 1}: { handler: ${name}.handler, runtime: ${runtime} }`
    }),
  )
  return `service: cold\nfunctions:\n${functions.join('\n')}\n`
}
