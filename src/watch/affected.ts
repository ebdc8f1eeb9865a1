import path from 'node:path'

/** What is watched: the spec's files, and the files of each function. Absolute paths. */
export interface WatchedFiles {
  readonly spec: readonly string[]
  readonly functions: ReadonlyMap<string, readonly string[]>
  /** Folders that belong to a function with all that is in them: its layers. */
  readonly folders: ReadonlyMap<string, readonly string[]>
}

/** What a burst of changes concerns. */
export interface Affected {
  readonly spec: boolean
  readonly functions: readonly string[]
}

/**
 * Which parts a change of these files concerns. `brokenFunctions` cannot be built now, so they may lack the very file
 * that has just appeared: any change in their project concerns them.
 */
export function affected(
  changed: ReadonlySet<string>,
  watched: WatchedFiles,
  brokenFunctions: ReadonlySet<string>,
): Affected {
  const functions = [...watched.functions]
    .filter(
      ([name, files]) =>
        brokenFunctions.has(name) ||
        files.some((file) => changed.has(file)) ||
        (watched.folders.get(name) ?? []).some((folder) => holdsAny(folder, changed)),
    )
    .map(([name]) => name)
  const spec = watched.spec.some((file) => changed.has(file))
  return { spec, functions }
}

/** Whether one of the files lies in the folder, however deep. */
function holdsAny(folder: string, files: Iterable<string>): boolean {
  for (const file of files) if (file === folder || file.startsWith(`${folder}${path.sep}`)) return true
  return false
}
