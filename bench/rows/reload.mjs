import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openConnection } from '../harness/connection.mjs'
import { median, milliseconds, most } from '../harness/figures.mjs'
import { loadInNewWorker } from '../harness/newWorker.mjs'
import { writeProject } from '../harness/project.mjs'
import { EVENT, invokePath, lambdaHeaders } from '../harness/requests.mjs'
import { timeResult } from '../harness/result.mjs'
import { alternate } from '../harness/rounds.mjs'

const ROUNDS = 9
/** A developer's next save does not come sooner; what the last one left behind is over by then. */
const BETWEEN_SAVES_MS = 250

const SPEC = `service: reload
provider: { runtime: nodejs22.x }
functions:
  plain: { handler: plain.handler }
  typed: { handler: typed.handler }
`

const KINDS = /** @type {const} */ ({
  plain: { file: 'plain.mjs', code: plainCode, floorFile: 'floor.mjs', floorCode: plainCode },
  typed: { file: 'typed.ts', code: typedCode, floorFile: 'floor.cjs', floorCode: typedCodeAsBuilt },
})

/**
 * From saving a handler to the first answer of the new code, called over and over meanwhile.
 * @param {import('../harness/session.mjs').Session} session
 */
export async function reload(session) {
  const code = Object.values(KINDS).map((kind) => [kind.file, kind.code(0)])
  const { folder, config, data } = await writeProject(session, {
    'lambda.yml': SPEC,
    ...Object.fromEntries(code),
  })
  const { url } = await session.startLambent({ config, data, watch: true })

  return [
    await measure(session, {
      url,
      folder,
      name: 'plain',
      work: 'save to new code, plain JavaScript',
      belowMs: 60,
    }),
    await measure(session, {
      url,
      folder,
      name: 'typed',
      work: 'save to new code, TypeScript + SDK',
      belowMs: 110,
    }),
  ]
}

/**
 * @param {import('../harness/session.mjs').Session} session
 * @param {{ url: string, folder: string, name: 'plain' | 'typed', work: string, belowMs: number }} what
 */
async function measure(session, { url, folder, name, work, belowMs }) {
  const { file, code, floorFile, floorCode } = KINDS[name]
  const connection = await openConnection(url)
  const version = async () => {
    const answer = await connection.send({ path: invokePath(name), headers: lambdaHeaders, body: EVENT })
    return JSON.parse(answer.toString()).version
  }
  while ((await version()) !== 0) await sleep(10)

  const rounds = await alternate(ROUNDS, {
    floor: async (round) => {
      const target = path.join(folder, floorFile)
      await writeFile(target, floorCode(round))
      return loadInNewWorker(target)
    },
    lambent: async (round) => {
      await sleep(BETWEEN_SAVES_MS)
      const savedMs = performance.now()
      await writeFile(path.join(folder, file), code(round))
      let longestMs = 0
      for (let before = performance.now(); (await version()) !== round; before = performance.now())
        longestMs = Math.max(longestMs, performance.now() - before)
      return { tookMs: performance.now() - savedMs, longestMs }
    },
    progress: (text) => session.progress(`${name}, ${text}`),
  })
  connection.close()
  return timeResult({
    work,
    lambent: median(rounds.lambent.map(({ tookMs }) => tookMs)),
    floor: median(rounds.floor),
    belowMs,
    note: `floor: a new worker thread that imports the file; longest call meanwhile ${milliseconds(most(rounds.lambent.map(({ longestMs }) => longestMs)))}, none failed`,
  })
}

/** @param {number} version */
function plainCode(version) {
  return `export const handler = async () => ({ version: ${version} })\n`
}

/** @param {number} version */
function typedCode(version) {
  return `import { SQSClient } from '@aws-sdk/client-sqs'

const client: SQSClient = new SQSClient({})

export const handler = async (): Promise<{ version: number; known: boolean }> => ({
  version: ${version},
  known: client.config !== undefined,
})
`
}

/** @param {number} version */
function typedCodeAsBuilt(version) {
  return `const { SQSClient } = require('@aws-sdk/client-sqs')
const client = new SQSClient({ region: 'us-east-1' })
exports.handler = async () => ({ version: ${version}, known: client.config !== undefined })
`
}
