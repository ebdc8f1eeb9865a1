import { relative } from 'node:path'
import { frameOf, lineAndColumn, type Place } from './source.ts'
import type { Problem } from './types.ts'

/** Collects everything that is to be said about a spec. */
export interface Report {
  problem(place: Place, message: string, hint?: string): void
  warning(place: Place, message: string, hint?: string): void
  /** A report of its own, to try something; nothing of it shows unless it is taken over by `add`. */
  trial(): Report
  add(other: Report): void
  readonly complaints: readonly Complaint[]
}

export interface Complaint {
  readonly severity: 'problem' | 'warning'
  readonly place: Place
  readonly message: string
  readonly hint: string
}

export function createReport(): Report {
  const complaints: Complaint[] = []
  return {
    complaints,
    problem: (place, message, hint = '') => complaints.push({ severity: 'problem', place, message, hint }),
    warning: (place, message, hint = '') => complaints.push({ severity: 'warning', place, message, hint }),
    trial: createReport,
    add: (other) => complaints.push(...other.complaints),
  }
}

/**
 * The complaints of one severity as they are shown: the spec's own file first, then in order of place, each once (what
 * stands behind a YAML anchor is read several times).
 */
export function problemsOf(
  report: Report,
  severity: Complaint['severity'],
  mainFile: string,
  workingDirectory: string,
): Problem[] {
  const wanted = report.complaints.filter((complaint) => complaint.severity === severity)
  wanted.sort((a, b) => {
    const byFile = Number(a.place.source.file !== mainFile) - Number(b.place.source.file !== mainFile)
    return byFile || a.place.source.file.localeCompare(b.place.source.file) || a.place.start - b.place.start
  })
  const seen = new Set<string>()
  const problems: Problem[] = []
  for (const complaint of wanted) {
    const { source, start } = complaint.place
    const identity = `${source.file}\n${start}\n${complaint.message}`
    if (seen.has(identity)) continue
    seen.add(identity)
    problems.push(toProblem(complaint, workingDirectory))
  }
  return problems
}

function toProblem({ place, message, hint }: Complaint, workingDirectory: string): Problem {
  const fromHere = relative(workingDirectory, place.source.file)
  const file = fromHere.length < place.source.file.length ? fromHere : place.source.file
  return { file, ...lineAndColumn(place), message, hint, frame: frameOf(place) }
}
