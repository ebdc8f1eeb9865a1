/** @typedef {import('./result.mjs').Result} Result */

const COLUMNS = /** @type {const} */ (['work', 'lambent', 'floor', 'ratio', 'budget', 'met'])
const TITLES = {
  work: 'work',
  lambent: 'Lambent',
  floor: 'floor',
  ratio: 'ratio',
  budget: 'budget',
  met: 'met',
}

/**
 * @param {readonly Result[]} results
 * @returns {string}
 */
export function table(results) {
  const rows = [TITLES, ...results]
  const widths = COLUMNS.map((column) => Math.max(...rows.map((row) => row[column].length)))
  const line = (/** @type {Record<typeof COLUMNS[number], string>} */ row) =>
    COLUMNS.map((column, index) =>
      isText(column) ? row[column].padEnd(widths[index] ?? 0) : row[column].padStart(widths[index] ?? 0),
    )
      .join('  ')
      .trimEnd()
  const rule = widths.map((width) => '-'.repeat(width)).join('  ')
  const notes = results.flatMap(({ work, note }) => (note === undefined ? [] : [`  ${work}: ${note}`]))
  return [line(TITLES), rule, ...results.map(line), ...(notes.length > 0 ? ['', ...notes] : [])].join('\n')
}

const isText = (/** @type {string} */ column) => column === 'work' || column === 'budget' || column === 'met'
