/** The name that was most likely meant, or `undefined` when none is close. */
export function nearest(wanted: string, names: Iterable<string>): string | undefined {
  const target = wanted.toLowerCase()
  let best: string | undefined
  let bestCost = Infinity
  for (const name of names) {
    const cost = costOf(target, name.toLowerCase())
    if (cost < bestCost) [best, bestCost] = [name, cost]
  }
  return bestCost <= Math.max(1, Math.floor(target.length / 3)) ? best : undefined
}

/** Like `nearest`, for names that may well be different on purpose: a letter or two, and no `orders-dead` for `orders`. */
export function misspelt(wanted: string, names: Iterable<string>): string | undefined {
  const most = wanted.length >= 8 ? 2 : 1
  for (const name of names) {
    if (Math.abs(name.length - wanted.length) <= most && editDistance(wanted, name) <= most) return name
  }
  return undefined
}

/** `did you mean ...?`, or nothing. */
export function didYouMean(wanted: string, names: Iterable<string>): string {
  const name = nearest(wanted, names)
  return name === undefined ? '' : `did you mean \`${name}\`?`
}

/** Names for a sentence: `a`, `b` and `c`; long lists are cut. */
export function listNames(names: readonly string[], most = 24): string {
  const shown = names.slice(0, most).map((name) => `\`${name}\``)
  return names.length > most ? `${shown.join(', ')}, ...` : shown.join(', ')
}

function costOf(target: string, name: string): number {
  if (target === name) return 0
  // One is the beginning of the other: `batch` for `batchSize`, `redrivePolicy` for `redrive`.
  if (target.length >= 3 && (name.startsWith(target) || (name.length >= 3 && target.startsWith(name))))
    return 1
  return editDistance(target, name)
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const replaced = at(last, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1)
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      const swapped = isSwap ? at(beforeLast, column - 2) + 1 : Infinity
      current.push(Math.min(replaced, at(last, column) + 1, at(current, column - 1) + 1, swapped))
    }
    beforeLast = last
    last = current
  }
  return at(last, b.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity
}
