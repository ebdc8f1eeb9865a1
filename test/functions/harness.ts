import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createFunctions, type FunctionsOptions } from '#dist/functions/index.js'
import type { FunctionDefinition, Functions, LogLine, RunReport, RunResult } from '#dist/functions/index.js'
import { createActivity, createClock, createIds } from '#dist/system/index.js'
import { afterAll, afterEach, beforeAll, onTestFinished } from 'vitest'

export const FIXTURES = path.resolve(import.meta.dirname, '../fixtures/functions')

/** Everything that `FunctionEvents` told. */
export interface Told {
  readonly lines: LogLine[]
  readonly started: string[]
  readonly ended: string[]
  readonly deployed: string[]
  readonly failed: { functionName: string; message: string; frame: string }[]
  readonly crashes: { signal: string; suspects: readonly string[] }[]
}

/** An answer as people read it. */
export interface Answer {
  readonly kind: RunResult['kind']
  readonly value: unknown
  readonly report: RunReport
  readonly log: string
}

/** A set of functions in a folder, stopped when the test is over. */
export class Bench {
  readonly told: Told = { lines: [], started: [], ended: [], deployed: [], failed: [], crashes: [] }
  readonly functions: Functions
  readonly directory: string
  readonly ids = createIds()

  constructor(directory: string, options: Partial<FunctionsOptions> = {}) {
    this.directory = directory
    const { told } = this
    this.functions = createFunctions({
      clock: createClock({ mode: 'frozen', startMs: Date.UTC(2026, 0, 2), idle: createActivity().idle }),
      ids: this.ids,
      region: 'eu-west-1',
      directory,
      events: {
        logLine: (line) => told.lines.push(line),
        environmentStarted: ({ environmentId }) => told.started.push(environmentId),
        environmentEnded: ({ reason }) => told.ended.push(reason),
        deployed: ({ functionName }) => told.deployed.push(functionName),
        deployFailed: (fact) => told.failed.push(fact),
        executorCrashed: (fact) => told.crashes.push(fact),
      },
      ...options,
    })
  }

  define(handler: string, changes: Partial<FunctionDefinition> = {}): FunctionDefinition {
    const name = changes.name ?? handler.replaceAll(/[^A-Za-z0-9]/g, '-')
    return {
      name,
      arn: `arn:aws:lambda:eu-west-1:000000000000:function:${name}`,
      version: '$LATEST',
      handler,
      runtime: 'nodejs22.x',
      timeoutMs: 3000,
      memoryMegabytes: 128,
      environment: {},
      directory: this.directory,
      isolation: 'thread',
      layers: [],
      logging: {
        format: 'Text',
        applicationLevel: 'INFO',
        systemLevel: 'INFO',
        group: `/aws/lambda/${name}`,
      },
      isTraced: false,
      ...changes,
    }
  }

  /** Deploys without pre-warming, and returns the function's name. */
  async deploy(handler: string, changes: Partial<FunctionDefinition> = {}): Promise<string> {
    const definition = this.define(handler, changes)
    await this.functions.deploy(definition, { prewarm: false })
    return definition.name
  }

  async run(name: string, event: unknown = {}, clientContext?: string): Promise<Answer> {
    const result = await this.functions.run(name, {
      requestId: this.ids.uuid(),
      payload: Buffer.from(JSON.stringify(event)),
      invokedFunctionArn: `arn:aws:lambda:eu-west-1:000000000000:function:${name}`,
      traceId: 'Root=1-1-1',
      ...(clientContext === undefined ? {} : { clientContext }),
    })
    if (result.kind === 'systemError') {
      return { kind: result.kind, value: result.message, report: {} as RunReport, log: '' }
    }
    return {
      kind: result.kind,
      value: JSON.parse(Buffer.from(result.payload).toString()) as unknown,
      report: result.report,
      log: Buffer.from(result.log.bytes).toString(),
    }
  }

  /** Deploys a fixture's handler and runs it once. */
  async once(
    handler: string,
    event: unknown = {},
    changes: Partial<FunctionDefinition> = {},
  ): Promise<Answer> {
    return this.run(await this.deploy(handler, changes), event)
  }
}

const open: Bench[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((bench) => bench.functions.stop(0)))
})

/** One bench for all tests of a block: for what leaves nothing behind. Deploy under the handler's own name. */
export function sharedBench(): () => Bench {
  let bench: Bench | undefined
  beforeAll(async () => {
    bench = new Bench(FIXTURES)
    await bench.functions.start()
  })
  afterAll(() => bench?.functions.stop(0))
  return () => bench as Bench
}

/** The handlers under `test/fixtures/functions`. */
export async function startBench(options?: Partial<FunctionsOptions>): Promise<Bench> {
  return started(new Bench(FIXTURES, options))
}

/** An empty project of its own. */
export async function startEmptyBench(options?: Partial<FunctionsOptions>): Promise<Bench> {
  const directory = await mkdtemp(path.join(tmpdir(), 'lambent-functions-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return started(new Bench(directory, options))
}

async function started(bench: Bench): Promise<Bench> {
  open.push(bench)
  await bench.functions.start()
  return bench
}
