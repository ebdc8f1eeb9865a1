import type { Spec } from '../../spec/types.ts'
import { colorsFor } from '../colors.ts'
import { renderProblems } from '../problems.ts'
import { plural } from '../wording.ts'

export interface ValidateFlags {
  readonly json?: boolean
}

/** `lambent validate`: rejects with SpecError when the file is wrong. */
export async function validateFile(file: string, { json }: ValidateFlags): Promise<void> {
  const { validate } = await import('../../api/index.ts')
  const spec = await validate(file)
  const { functions, queues, warnings } = spec
  if (json) {
    const facts = { ok: true, functions: functions.length, queues: queues.length, problems: [], warnings }
    process.stdout.write(`${JSON.stringify(facts)}\n`)
    return
  }
  const lines = renderProblems(warnings, colorsFor(process.stderr), 'warning')
  if (lines.length > 0) process.stderr.write(`${lines.join('\n')}\n`)
  process.stdout.write(`ok: ${counts(spec)}\n`)
}

const counts = ({ functions, queues }: Spec): string =>
  `${plural(functions.length, 'function')}, ${plural(queues.length, 'queue')}`
