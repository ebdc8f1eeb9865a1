/**
 * Sums up CPU profiles: the functions with the most self time, of the time that was not idle.
 *
 *     node bench/profile.mjs FOLDER|FILE [COUNT]
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'

const [target = '.', count = '25'] = process.argv.slice(2)
const files = statSync(target).isDirectory()
  ? readdirSync(target)
      .filter((name) => name.endsWith('.cpuprofile'))
      .map((name) => path.join(target, name))
  : [target]

for (const file of files) {
  /** @type {Map<string, number>} */
  const selfTimes = new Map()
  /**
   * @type {{ nodes: { id: number, callFrame: { functionName: string, url: string, lineNumber: number } }[],
   *   samples: number[], timeDeltas: number[] }}
   */
  const profile = JSON.parse(readFileSync(file, 'utf8'))
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  let busy = 0
  for (const [index, id] of profile.samples.entries()) {
    const name = names.get(id) ?? '?'
    const microseconds = profile.timeDeltas[index] ?? 0
    if (name === '(idle)') continue
    busy += microseconds
    selfTimes.set(name, (selfTimes.get(name) ?? 0) + microseconds)
  }
  console.log(`${path.basename(file)}: ${Math.round(busy / 1_000)} ms busy`)
  for (const [name, microseconds] of [...selfTimes].sort(([, a], [, b]) => b - a).slice(0, Number(count)))
    console.log(`${((100 * microseconds) / busy).toFixed(1).padStart(6)} %  ${name}`)
}

/** @param {{ functionName: string, url: string, lineNumber: number }} frame */
function nameOf({ functionName, url, lineNumber }) {
  if (url === '') return functionName
  const place = url.replace(/^file:\/\//, '').replace(process.cwd() + path.sep, '')
  return `${functionName || '(anonymous)'}  ${place}:${lineNumber + 1}`
}
