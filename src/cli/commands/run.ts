import type { ClockMode, StartOptions } from '../../api/index.ts'
import { runInForeground } from '../foreground.ts'
import { createView } from '../view.ts'

/** The flags of `dev` and `start`. */
export interface RunFlags {
  readonly config: string
  readonly port: number
  readonly host: string
  readonly data?: string
  readonly ephemeral?: boolean
  readonly recover?: boolean
  readonly clock?: ClockMode
  readonly inspect?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
}

/** `lambent dev` watches and takes keys; `lambent start` does neither. */
export async function run(flags: RunFlags, isWatching: boolean): Promise<void> {
  const isJson = flags.json ?? false
  const view = createView({ isJson, isQuiet: flags.quiet ?? false })
  await runInForeground({ options: startOptions(flags, isWatching), view, hasKeys: isWatching && !isJson })
}

function startOptions(flags: RunFlags, watch: boolean): StartOptions {
  const { config, port, host, data, ephemeral, recover, clock, inspect } = flags
  return {
    config,
    port,
    host,
    watch,
    ephemeral: ephemeral ?? false,
    recover: recover ?? false,
    inspect: inspect ?? false,
    ...(data === undefined ? {} : { data }),
    ...(clock === undefined ? {} : { clock }),
  }
}
