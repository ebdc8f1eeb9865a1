/** Single keys while `lambent dev` runs; on a terminal only. */
export interface Keys {
  /** Gives the terminal back as it was. Twice is harmless. */
  stop(): void
}

type Terminal = Pick<NodeJS.ReadStream, 'isTTY' | 'setRawMode' | 'on' | 'off' | 'resume' | 'pause'>

const INTERRUPT = '\u0003'
const END_OF_INPUT = '\u0004'
const SUSPEND = '\u001A'

/** Calls `onKey` for each key; Ctrl-C and Ctrl-Z mean what they always mean. Without a terminal nothing happens. */
export function listenToKeys(onKey: (key: string) => void, input: Terminal = process.stdin): Keys {
  if (!input.isTTY) return { stop() {} }
  let hasStopped = false

  const onData = (data: Buffer | string): void => {
    const text = data.toString()
    // An arrow or a function key comes as one sequence, none of whose characters was meant.
    if (text.startsWith('\u001B')) return
    for (const key of text) {
      if (key === INTERRUPT || key === END_OF_INPUT) process.kill(process.pid, 'SIGINT')
      else if (key === SUSPEND) suspend()
      else onKey(key)
    }
  }
  const takeTerminal = (): void => {
    input.setRawMode(true)
    input.resume()
  }
  const giveTerminal = (): void => {
    input.setRawMode(false)
  }
  function suspend(): void {
    giveTerminal()
    process.once('SIGCONT', () => {
      if (!hasStopped) takeTerminal()
    })
    process.kill(process.pid, 'SIGTSTP')
  }
  function stop(): void {
    if (hasStopped) return
    hasStopped = true
    input.off('data', onData)
    process.off('exit', stop)
    giveTerminal()
    input.pause()
  }

  takeTerminal()
  input.on('data', onData)
  process.on('exit', stop)
  return { stop }
}
