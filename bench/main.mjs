/**
 * Measures Lambent against its budget, each figure side by side with its floor. See docs/performance.md.
 *
 *     node bench/main.mjs [--only NAME]... [--json] [--long] [--profile FOLDER]
 */
import os from 'node:os'
import { parseArgs } from 'node:util'
import { Session } from './harness/session.mjs'
import { table } from './harness/table.mjs'
import { rows } from './rows/index.mjs'

/** @typedef {import('./harness/result.mjs').Result} Result */

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
})

const unknown = options.only.find((name) => !Object.hasOwn(rows, name))
if (unknown !== undefined) {
  console.error(`there is no row '${unknown}'; there are ${Object.keys(rows).join(', ')}`)
  process.exit(2)
}

const chosen = Object.entries(rows).filter(
  ([name]) => options.only.length === 0 || options.only.includes(name),
)
const startedMs = performance.now()
/** @type {Result[]} */
const results = []
let hasFailed = false

for (const [name, run] of chosen) {
  const session = new Session({
    long: options.long,
    profile: options.profile,
    progress: (text) => console.error(`${name}: ${text}`),
  })
  try {
    results.push(...(await run(session)))
  } catch (error) {
    hasFailed = true
    console.error(`${name}: failed`, error)
    results.push({
      work: name,
      lambent: 'failed',
      floor: '-',
      ratio: '-',
      budget: '-',
      met: 'NO',
      figures: {},
    })
  } finally {
    await session.end()
  }
}

const machine = {
  processors: os.availableParallelism(),
  model: os.cpus()[0]?.model ?? '',
  node: process.version,
  platform: `${os.platform()} ${os.arch()}`,
}
const tookSeconds = Math.round((performance.now() - startedMs) / 1_000)

if (options.json) {
  console.log(JSON.stringify({ machine, tookSeconds, results }, undefined, 2))
} else {
  console.log(`\n${table(results)}\n`)
  console.log('Rates are the best round, times the median; Lambent and the floor took turns.')
  console.log(`${machine.processors} processors (${machine.model}), Node ${machine.node}, ${tookSeconds} s`)
}
process.exitCode = hasFailed ? 1 : 0
