import { spawn } from 'node:child_process'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { onTestFinished } from 'vitest'

const PROGRAM = path.resolve(import.meta.dirname, '../../dist/cli/main.js')

export interface Ended {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A running `lambent`, which ends with the test at the latest. */
export interface Running {
  /** Resolves with the first line of stdout that matches. */
  line(pattern: RegExp): Promise<string>
  readonly stdout: () => string
  kill(signal: NodeJS.Signals): void
  readonly ended: Promise<Ended>
}

interface SpawnOptions {
  readonly cwd?: string
  readonly input?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** Runs the built program as a shell would, its output going into pipes. */
export function spawnLambent(parameters: readonly string[], options: SpawnOptions = {}): Running {
  const child = spawn(process.execPath, [PROGRAM, ...parameters], {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'], TZ: 'UTC', ...options.environment },
    stdio: 'pipe',
  })
  let stdout = ''
  let stderr = ''
  const watchers = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    for (const look of watchers) look()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }))
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })

  return {
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = stdout
            .split('\n')
            .slice(0, -1)
            .find((text) => pattern.test(text))
          if (found === undefined) return
          watchers.delete(look)
          resolve(found)
        }
        watchers.add(look)
        look()
        void ended.then(() => reject(new Error(`ended without ${String(pattern)}:\n${stdout}\n${stderr}`)))
      }),
    stdout: () => stdout,
    kill: (signal) => child.kill(signal),
    ended,
  }
}

/** Runs it to its end. */
export const lambent = (parameters: readonly string[], options: SpawnOptions = {}): Promise<Ended> =>
  spawnLambent(parameters, options).ended

export interface Asked {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A server that answers as it is told, and notes what it was asked. */
export async function fakeServer(
  answer: (asked: Asked, response: ServerResponse) => void,
): Promise<{ port: string; asked: Asked[] }> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      const { method, url, headers } = request
      const one = { method, url, headers, body }
      asked.push(one)
      answer(one, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: String((server.address() as AddressInfo).port), asked }
}
