/** What is watched: the spec's files, and the files of each function. Absolute paths. */
export interface WatchedFiles {
  readonly spec: readonly string[]
  readonly functions: ReadonlyMap<string, readonly string[]>
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
    .filter(([name, files]) => brokenFunctions.has(name) || files.some((file) => changed.has(file)))
    .map(([name]) => name)
  const spec = watched.spec.some((file) => changed.has(file))
  return { spec, functions }
}
