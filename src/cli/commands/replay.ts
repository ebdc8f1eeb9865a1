import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Replay } from '../../api/index.ts'
import { askControl } from '../client.ts'
import { colorsFor } from '../colors.ts'
import { readEvent } from '../eventArgument.ts'
import { CommandFailure, exitCodes } from '../failure.ts'
import { formatTook } from '../humanTime.ts'
import { shortId } from '../renderInvocation.ts'

export interface ReplayFlags {
  readonly edit?: boolean
  readonly event?: string
  readonly port: number
  readonly json?: boolean
}

/** `lambent replay`: invokes again, as a new event of the same kind; the answer goes to stdout. */
export async function replay(id: string, flags: ReplayFlags): Promise<void> {
  const payload = await payloadFor(id, flags)
  const result = await askControl<Replay>(flags.port, 'replay', {
    id,
    ...(payload !== undefined && { payload }),
  })
  if (flags.json) process.stdout.write(`${JSON.stringify(result)}\n`)
  else show(result)
  if (result.outcome !== undefined && result.outcome !== 'success') process.exitCode = exitCodes.failed
}

async function payloadFor(
  id: string,
  { edit: wantsEdit, event, port }: ReplayFlags,
): Promise<string | undefined> {
  if (event !== undefined) return await readEvent(event)
  if (!wantsEdit) return undefined
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new CommandFailure('--edit needs a terminal; give the event with --event instead.', exitCodes.wrong)
  const { payload } = await askControl<{ payload: string }>(
    port,
    `invocations/${encodeURIComponent(id)}/payload`,
  )
  return await edit(payload)
}

/** Lets the person's editor change the event; answers it as it was saved. */
async function edit(payload: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lambent-replay-'))
  try {
    const file = path.join(folder, 'event.json')
    await writeFile(file, `${readable(payload)}\n`)
    const editor =
      process.env['VISUAL'] || process.env['EDITOR'] || (process.platform === 'win32' ? 'notepad' : 'vi')
    const code = await runEditor(editor, file)
    if (code !== 0)
      throw new CommandFailure(`The editor (${editor}) ended with ${code}: nothing was replayed.`)
    return await readEvent(file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Indented, unless that would change a number's digits. */
function readable(payload: string): string {
  const parsed: unknown = JSON.parse(payload)
  return JSON.stringify(parsed) === payload ? JSON.stringify(parsed, undefined, 2) : payload
}

/** `EDITOR` may hold flags (`code --wait`), so a shell takes it apart. */
const runEditor = (editor: string, file: string): Promise<number | null> =>
  new Promise((resolve, reject) => {
    const child = spawn(`${editor} "${file}"`, { shell: true, stdio: 'inherit' })
    child.on('error', reject)
    child.on('exit', resolve)
  })

function show({ functionName, requestId, of, outcome, payload, durationMs }: Replay): void {
  const colors = colorsFor(process.stderr)
  const what = `${colors.bold(functionName)}  ${shortId(requestId)}, a replay of ${shortId(of)}`
  if (outcome === undefined) {
    process.stdout.write(`${requestId}\n`)
    process.stderr.write(`accepted ${what}; see \`lambent logs --invocation ${shortId(requestId)}\`\n`)
    return
  }
  const mark = outcome === 'success' ? colors.green('✓') : colors.red('✗')
  process.stderr.write(`${mark} ${what}  ${formatTook(durationMs ?? 0)}\n`)
  process.stdout.write(`${payload ?? 'null'}\n`)
}
