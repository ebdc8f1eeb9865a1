import type { Problem } from '../spec/types.ts'
import { type Colors, colorsFor } from './colors.ts'
import { CommandFailure, exitCodes } from './failure.ts'
import { renderProblems } from './problems.ts'
import { plural } from './wording.ts'

/** Tells why a command failed, and answers its exit code. */
export function reportFailure(error: unknown, isJson: boolean): number {
  const problems = problemsOf(error)
  const exitCode = exitCodeOf(error, problems)
  if (isJson) process.stdout.write(`${JSON.stringify(facts(error, problems))}\n`)
  else process.stderr.write(`${sentences(error, problems, colorsFor(process.stderr)).join('\n')}\n`)
  return exitCode
}

/** SpecError is known by its shape: its class would bring all of the runner with it. */
function problemsOf(error: unknown): readonly Problem[] | undefined {
  return error instanceof Error && error.name === 'SpecError' && 'problems' in error
    ? (error.problems as readonly Problem[])
    : undefined
}

function exitCodeOf(error: unknown, problems: readonly Problem[] | undefined): number {
  if (problems) return exitCodes.wrong
  return error instanceof CommandFailure ? error.exitCode : exitCodes.failed
}

function facts(error: unknown, problems: readonly Problem[] | undefined): object {
  if (problems) return { kind: 'specInvalid', ok: false, problems }
  return { kind: 'error', ok: false, message: error instanceof Error ? error.message : String(error) }
}

function sentences(error: unknown, problems: readonly Problem[] | undefined, colors: Colors): string[] {
  if (problems) {
    return [...renderProblems(problems, colors, 'error'), '', colors.red(plural(problems.length, 'problem'))]
  }
  const label = colors.red('error:')
  if (!(error instanceof Error)) return [`${label} ${String(error)}`]
  return [`${label} ${isExpected(error) ? error.message : (error.stack ?? error.message)}`]
}

/** Whether a sentence is enough: our own failures, and those that carry what the system said as their cause. */
const isExpected = (error: Error): boolean =>
  error instanceof CommandFailure || error.name === 'StoreInUseError' || error.cause !== undefined
