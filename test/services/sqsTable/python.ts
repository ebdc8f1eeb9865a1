import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { type Got, stepsBefore } from './case.ts'
import type { Run } from './run.ts'

const PROGRAM = fileURLToPath(new URL('client.py', import.meta.url))

/** Runs the cases through boto3, all of them in one process, since starting it takes longer than they do. */
export const runPython =
  (protocol: 'json' | 'query'): Run =>
  async (cases, names, url) => {
    const child = spawn('python3', [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] })
    const steps = cases.map((one) => ({ ...one, before: stepsBefore(one) }))
    child.stdin.end(JSON.stringify({ url, protocol, cases: steps, names }))
    return JSON.parse(await text(child.stdout)) as Got[]
  }
