/** The `lambent` command: runs what its arguments say, and ends the process with what came of it. */
import { CommanderError } from 'commander'
import { exitCodes } from './failure.ts'
import { createProgram } from './program.ts'

// `lambent logs | head` ends when its reader does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.fine)
  process.stderr.write(`error: the output cannot be written: ${error.message}\n`)
  process.exit(exitCodes.failed)
})

// What was written must be out before the process ends: a pipe need not take it at once.
const exitCode = await run()
process.stdout.write('', (error) => {
  // An error has a listener of its own, above.
  if (!error) process.exit(exitCode)
})

async function run(): Promise<number> {
  try {
    await createProgram().parseAsync()
    return Number(process.exitCode ?? exitCodes.fine)
  } catch (error) {
    // Commander has said what was wrong. Help that was asked for is not wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.fine : exitCodes.wrong
    const { reportFailure } = await import('./reportFailure.ts')
    return reportFailure(error, process.argv.includes('--json'))
  }
}
