/**
 * Kills the runner with SIGKILL, over and over, under load, and says what became of everything it had accepted.
 *
 *     npm run chaos [-- --rounds 200 --producers 50]
 */
import { parseArgs } from 'node:util'
import { runCampaign } from './campaign.mjs'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '200' }, producers: { type: 'string', default: '50' } },
})
const begun = performance.now()
const isTerminal = process.stderr.isTTY
const report = await runCampaign({
  rounds: Number(values.rounds),
  producers: Number(values.producers),
  progress: (text) => process.stderr.write(isTerminal ? `\r\u001b[K${text}` : `${text}\n`),
})
if (isTerminal) process.stderr.write('\n')

const count = (/** @type {number} */ number) => number.toLocaleString('en')
console.log(
  `kills                    ${count(report.kills)}, ${count(report.killsBeforeReady)} of them before the runner was ready`,
)
console.log(`producers                ${values.producers}`)
console.log(`accepted messages        ${count(report.messages)}`)
console.log(`accepted events          ${count(report.events)}`)
console.log(`accepted records         ${count(report.records)}`)
console.log(`run again after a kill   ${count(report.ranAgain)}`)
console.log(`lost                     ${count(report.lost.length)}`)
console.log(`settled twice            ${count(report.settledTwice.length)}`)
console.log(`told or run out of order ${count(report.disorder.length)}`)
console.log(`took                     ${Math.round((performance.now() - begun) / 1_000)} s`)
const faults = [...report.lost, ...report.settledTwice, ...report.disorder]
for (const fault of faults.slice(0, 20)) console.error(fault)
if (faults.length > 0) process.exitCode = 1
