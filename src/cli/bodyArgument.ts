import { readFile } from 'node:fs/promises'
import { buffer as readAll } from 'node:stream/consumers'
import { CommandFailure, exitCodes } from './failure.ts'

/** What a `<body|@file|->` argument stands for: bytes, and where they come from as messages name it. */
export interface BodyArgument {
  readonly bytes: Buffer
  readonly origin: string
}

/** `-` is standard input, `@file` names a file, anything else is the body itself; bytes are not touched. */
export async function readBodyArgument(argument: string): Promise<BodyArgument> {
  if (argument === '-') return { bytes: await readAll(process.stdin), origin: 'standard input' }
  if (!argument.startsWith('@')) return { bytes: Buffer.from(argument), origin: 'the argument' }
  const file = argument.slice(1)
  try {
    return { bytes: await readFile(file), origin: file }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why =
      code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : String(error)
    throw new CommandFailure(`The body cannot be read from ${file}: ${why}.`, exitCodes.wrong)
  }
}
