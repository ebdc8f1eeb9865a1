import { inspect } from 'node:util'
import type { App } from '../api/index.ts'
import type { Spec } from '../spec/types.ts'
import type { LedgerEntry, Log } from '../system/index.ts'
import { type Colors, colorsFor } from './colors.ts'
import { createEntryHistory } from './entryHistory.ts'
import { timeOfDay } from './humanTime.ts'
import { createLineWriter, type LineWriter } from './lineWriter.ts'
import { renderProblems } from './problems.ts'
import { isTrouble, renderEntry } from './renderEntry.ts'
import { startFacts, startSummary } from './summary.ts'

/** What a running Lambent shows on its terminal. */
export interface View {
  /** The start-up summary, without the ready line. */
  started(app: App): void
  ready(url: string, tookMs: number): void
  entry(entry: LedgerEntry): void
  /** A sentence about something that the person just did. */
  notice(text: string): void
  readonly log: Log
  flush(): void
}

export interface ViewSettings {
  readonly isJson: boolean
  readonly isQuiet: boolean
}

type Output = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean }

/** Creates the view that the flags ask for. */
export function createView(settings: ViewSettings, output: Output = process.stdout): View {
  const writer = createLineWriter(output)
  return settings.isJson
    ? createJsonView(writer, settings.isQuiet)
    : createTextView(writer, colorsFor(output), settings.isQuiet)
}

function createTextView(writer: LineWriter, colors: Colors, isQuiet: boolean): View {
  const history = createEntryHistory()
  let spec: () => Spec | undefined = () => undefined
  /** Of names that the file does not know: the API makes functions as well. */
  let widestSeen = 0
  const style = {
    colors,
    time: timeOfDay,
    directory: process.cwd(),
    history,
    isDetailed: false,
    get nameWidth() {
      return Math.max(widestSeen, ...(spec()?.functions ?? []).map(({ name }) => name.length))
    },
  }
  const labelled = (label: string, message: string): void => writer.write([`${label} ${message}`])

  return {
    started(app) {
      spec = app.spec
      if (!isQuiet) writer.write(['', ...startSummary(app, colors), ''])
      const { warnings } = app.spec()
      if (warnings.length > 0) writer.write([...renderProblems(warnings, colors, 'warning'), ''])
    },
    ready: (url, tookMs) => writer.write([`${colors.green('ready')}  ${url}  in ${tookMs} ms`]),
    entry(entry) {
      history.note(entry)
      if ('functionName' in entry) widestSeen = Math.max(widestSeen, entry.functionName.length)
      if (!isQuiet || isTrouble(entry)) writer.write(renderEntry(entry, style))
    },
    notice: (text) => {
      if (!isQuiet) writer.write(text.split('\n'))
    },
    log: {
      debug() {},
      info: (message) => {
        if (!isQuiet) writer.write([message])
      },
      warn: (message) => labelled(colors.yellow('warning:'), message),
      error: (message, cause) => labelled(colors.red('error:'), withCause(message, cause)),
    },
    flush: () => writer.flush(),
  }
}

function createJsonView(writer: LineWriter, isQuiet: boolean): View {
  const put = (value: object): void => writer.write([JSON.stringify(value)])
  return {
    started(app) {
      if (!isQuiet) put(startFacts(app))
      for (const problem of app.spec().warnings) put({ kind: 'warning', ...problem })
    },
    ready: (url, tookMs) => put({ kind: 'ready', url, tookMs }),
    entry(entry) {
      if (!isQuiet || isTrouble(entry)) put(entry)
    },
    notice: (text) => {
      if (!isQuiet) put({ kind: 'notice', message: text })
    },
    log: {
      debug() {},
      info: (message) => {
        if (!isQuiet) put({ kind: 'info', message })
      },
      warn: (message) => put({ kind: 'warning', message }),
      error: (message, cause) => put({ kind: 'error', message: withCause(message, cause) }),
    },
    flush: () => writer.flush(),
  }
}

const withCause = (message: string, cause: unknown): string => {
  if (cause === undefined) return message
  return `${message}: ${cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause)}`
}
