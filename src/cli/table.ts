import type { Colors } from './colors.ts'

/** Rows with their columns under one another, two spaces apart. */
export interface Table {
  /** Notes the widths of cells that are still to come. */
  widen(cells: readonly string[]): void
  /** The row; `paint` colours a cell once it has its width. */
  row(cells: readonly string[], paint?: (cell: string, column: number) => string): string
}

/** Creates a table; the last column is as long as it is. */
export function createTable(): Table {
  const widths: number[] = []
  const widen = (cells: readonly string[]): void => {
    for (const [column, cell] of cells.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length)
  }
  return {
    widen,
    row(cells, paint = (cell) => cell) {
      widen(cells)
      const last = cells.findLastIndex((cell) => cell !== '')
      return cells
        .slice(0, last + 1)
        .map((cell, column) => paint(column === last ? cell : cell.padEnd(widths[column] ?? 0), column))
        .join('  ')
    },
  }
}

/** Writes a whole table to stdout, its titles dim; `paint` colours a cell of a row once it has its width. */
export function writeTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  colors: Colors,
  paint: (cell: string, column: number, row: number) => string,
): void {
  const table = createTable()
  for (const cells of [titles, ...rows]) table.widen(cells)
  process.stdout.write(`${table.row(titles, (title) => colors.dim(title))}\n`)
  for (const [row, cells] of rows.entries())
    process.stdout.write(`${table.row(cells, (cell, column) => paint(cell, column, row))}\n`)
}
