import picocolors from 'picocolors'

export type Colors = ReturnType<typeof picocolors.createColors>

interface Stream {
  readonly isTTY?: boolean
}

/** Colours for a stream: on a terminal only, and never with `NO_COLOR`. */
export function colorsFor(stream: Stream, environment: NodeJS.ProcessEnv = process.env): Colors {
  const isWanted = !environment['NO_COLOR'] && environment['TERM'] !== 'dumb'
  return picocolors.createColors(stream.isTTY === true && isWanted)
}

export const plainColors: Colors = picocolors.createColors(false)
