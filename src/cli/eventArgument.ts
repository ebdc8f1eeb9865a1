import { readFile } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'
import { CommandFailure, exitCodes } from './failure.ts'
import { findJsonFault } from './jsonFault.ts'

/** What an argument is for. */
export interface EventArgument {
  readonly option: string
  readonly noun: string
}

export const EVENT: EventArgument = { option: '--event', noun: 'event' }
export const CLIENT_CONTEXT: EventArgument = { option: '--client-context', noun: 'client context' }

const BEGINS_LIKE_JSON = /^\s*(?:[{["\d]|-\d|(?:true|false|null)\s*$)/

/** `-` is standard input, a text that begins like JSON is the event itself, anything else names a file. */
export async function readEvent(argument: string, what: EventArgument = EVENT): Promise<string> {
  if (argument === '-') return checked(await readAll(process.stdin), 'standard input', what)
  if (BEGINS_LIKE_JSON.test(argument) || argument.trim() === '') return checked(argument, what.option, what)
  return checked(await readEventFile(argument, what), argument, what)
}

async function readEventFile(file: string, { option, noun }: EventArgument): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why =
      code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : String(error)
    throw new CommandFailure(
      `The ${noun} cannot be read from ${file}: ${why}. It can also be given as JSON: ${option} '{"id":1}'`,
      exitCodes.wrong,
    )
  }
}

function checked(raw: string, origin: string, { noun }: EventArgument): string {
  const text = raw.replace(/^\uFEFF/, '')
  const fault = findJsonFault(text)
  if (!fault) return text
  const before = text.slice(0, fault.offset).split('\n')
  const line = before.length
  const column = (before.at(-1)?.length ?? 0) + 1
  const found =
    fault.offset >= text.length ? 'the text ends here' : `found ${JSON.stringify(text[fault.offset])}`
  throw new CommandFailure(
    `${origin}:${line}:${column}  the ${noun} is not JSON: expected ${fault.expected}, ${found}\n${frame(text, line, column)}`,
    exitCodes.wrong,
  )
}

const SHOWN_AROUND = 50

/** The line with a marker under the place; of a very long line only what is near. */
function frame(text: string, line: number, column: number): string {
  const whole = (text.split('\n')[line - 1] ?? '').replace(/\r$/, '')
  const from = Math.max(0, column - 1 - SHOWN_AROUND)
  const shown = whole.slice(from, column - 1 + SHOWN_AROUND)
  const number = String(line)
  const indent = shown.slice(0, column - 1 - from).replaceAll(/[^\t]/g, ' ')
  return `> ${number} | ${shown}\n  ${' '.repeat(number.length)} | ${indent}^`
}
