import { shortened } from './expectations.ts'
import type { Path } from './nodes.ts'

/** How a sentence calls the value at a path: by its key. */
export function label(path: Path): string {
  const last = path.at(-1)
  if (last === undefined) return 'the file'
  if (typeof last === 'number') return `item ${last + 1} of ${label(path.slice(0, -1))}`
  return path.at(-2) === 'environment' ? `the environment variable \`${last}\`` : `\`${shortened(last)}\``
}
