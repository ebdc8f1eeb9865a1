import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { onTestFinished } from 'vitest'

const main = path.resolve(import.meta.dirname, '../../dist/cli/main.js')

/** `lambent start` in a process of its own, on a free port, killed after the test. */
export async function startProcess(config: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [main, 'start', '--port', '0', '--config', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const url = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      const ready = /^ready {2}(\S+)/m.exec(text)?.[1]
      if (ready !== undefined) resolve(ready)
    })
    child.once('exit', () => reject(new Error(`ended before it was ready:\n${text}`)))
  })
  return { child, url }
}
