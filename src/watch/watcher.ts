import path from 'node:path'
import { afterRealMs } from '../system/index.ts'
import { type Affected, affected, holdsAny, type WatchedFiles } from './affected.ts'

export interface WatcherOptions {
  /** The project's folder. */
  readonly root: string
  /** Asked anew after each burst of changes: graphs grow and shrink. */
  readonly files: () => WatchedFiles
  readonly brokenFunctions: () => ReadonlySet<string>
  readonly onChange: (affected: Affected) => void
}

/** Tells what a saved file concerns, as soon as it is saved. */
export interface Watcher {
  stop(): Promise<void>
}

/** A save is several events within a moment (truncate, write, rename); this is how long the moment lasts. */
const BURST_MS = 5

const IGNORED_FOLDERS = new Set(['node_modules', '.git', '.lambent', 'dist', 'coverage'])

/** Starts watching; resolves once every change from now on is seen. */
export async function createWatcher(options: WatcherOptions): Promise<Watcher> {
  // Loaded when wanted only: a run without watching does without it.
  const { watch } = await import('chokidar')
  /** Files that a function is made of although they lie where nobody looks (a handler built into `dist`), or outside. */
  const apart = new Set<string>()
  const foldersApart = new Set<string>()
  /** Of these everything counts, packages as well. */
  const wholeFolders = new Set([...options.files().folders.values()].flat())
  const isApart = (file: string): boolean => {
    const inside = path.relative(options.root, file)
    return inside.startsWith('..') || inside.split(path.sep).some((part) => IGNORED_FOLDERS.has(part))
  }
  const isOfWholeFolder = (file: string): boolean => {
    for (const folder of wholeFolders) if (holdsAny(folder, [file])) return true
    return false
  }
  const isIgnored = (file: string): boolean =>
    isApart(file) && !apart.has(file) && !foldersApart.has(file) && !isOfWholeFolder(file)
  const watcher = watch(options.root, { ignored: isIgnored, ignoreInitial: true, atomic: false })
  const changed = new Set<string>()
  const seenFolders = new Set<string>()
  let isPending = false

  function watchApart(): void {
    const { spec, functions, folders } = options.files()
    for (const folder of [...folders.values()].flat()) {
      if (seenFolders.has(folder)) continue
      seenFolders.add(folder)
      wholeFolders.add(folder)
      watcher.add(folder)
    }
    for (const file of [...spec, ...[...functions.values()].flat()]) {
      if (!isApart(file) || apart.has(file)) continue
      apart.add(file)
      // Its folder too, and nothing else in it: a file that is replaced is news of the folder.
      foldersApart.add(path.dirname(file))
      watcher.add([file, path.dirname(file)])
    }
  }

  function tell(): void {
    isPending = false
    const found = affected(changed, options.files(), options.brokenFunctions())
    changed.clear()
    if (found.spec || found.functions.length > 0) options.onChange(found)
    watchApart()
  }

  function note(file: string): void {
    changed.add(path.resolve(file))
    if (isPending) return
    isPending = true
    afterRealMs(BURST_MS, tell)
  }

  watcher.on('all', (_event, file) => note(file))
  // chokidar holds back a second change of a file within 50 ms, and so would hide what a formatter does right after a
  // save; the events of the file system itself do not lie.
  watcher.on('raw', (_event, name, details) => {
    const { watchedPath = '' } = details as { watchedPath?: string }
    note(path.basename(watchedPath) === name ? watchedPath : path.join(watchedPath, name))
  })
  await new Promise<void>((resolve) => watcher.once('ready', resolve))
  watchApart()
  return { stop: () => watcher.close() }
}
