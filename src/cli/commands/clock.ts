import { askControl } from '../client.ts'
import { dateAndTime, formatWait } from '../humanTime.ts'

export interface ClockFlags {
  readonly port: number
  readonly json?: boolean
}

interface ClockState {
  readonly mode: 'live' | 'frozen' | number
  readonly nowMs: number
  readonly timers: readonly Timer[]
}

interface Timer {
  readonly label: string
  readonly dueMs: number
}

interface Moved {
  readonly nowMs: number
  readonly ran: Timer | null
}

/** `lambent clock`: how it runs, what time it is, what waits. */
export async function showClock({ port, json }: ClockFlags): Promise<void> {
  const state = await askControl<ClockState>(port, 'clock')
  if (json) return print([JSON.stringify(state)])
  const mode = typeof state.mode === 'number' ? `${state.mode}x` : state.mode
  const waits = state.timers.map(({ dueMs }) => `in ${formatWait(dueMs - state.nowMs)}`)
  const width = Math.max(0, ...waits.map((wait) => wait.length))
  print([
    `${mode}  ${dateAndTime(state.nowMs)}`,
    ...(waits.length === 0 ? ['nothing waits for the clock'] : []),
    ...state.timers.map(
      ({ label, dueMs }, index) => `  ${waits[index]?.padEnd(width)}  ${dateAndTime(dueMs)}  ${label}`,
    ),
  ])
}

/** `lambent clock advance 5m`: whatever falls due on the way has run when this ends. */
export async function advanceClock(by: string, { port, json }: ClockFlags): Promise<void> {
  const moved = await askControl<Moved>(port, 'clock', { advance: by })
  print([json ? JSON.stringify(moved) : `now ${dateAndTime(moved.nowMs)}`])
}

/** `lambent clock next`: runs the next timer, whenever it is due. */
export async function nextTimer({ port, json }: ClockFlags): Promise<void> {
  const moved = await askControl<Moved>(port, 'clock', { next: true })
  if (json) return print([JSON.stringify(moved)])
  if (!moved.ran) return print(['nothing waits for the clock'])
  print([`ran ${moved.ran.label}`, `now ${dateAndTime(moved.nowMs)}`])
}

const print = (lines: readonly string[]): void => {
  process.stdout.write(`${lines.join('\n')}\n`)
}
