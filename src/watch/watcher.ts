import path from 'node:path'
import { afterRealMs } from '../system/index.ts'
import { type Affected, affected, type WatchedFiles } from './affected.ts'

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
  const isIgnored = (file: string): boolean => {
    const inside = path.relative(options.root, file)
    // Files outside the project are watched one by one, because a function imports them.
    if (inside.startsWith('..')) return false
    return inside.split(path.sep).some((part) => IGNORED_FOLDERS.has(part))
  }
  const outside = new Set<string>()
  const watcher = watch(options.root, { ignored: isIgnored, ignoreInitial: true, atomic: false })
  const changed = new Set<string>()
  let isPending = false

  function watchOutside(): void {
    const { spec, functions } = options.files()
    for (const file of [...spec, ...[...functions.values()].flat()]) {
      if (!path.relative(options.root, file).startsWith('..') || outside.has(file)) continue
      outside.add(file)
      watcher.add(file)
    }
  }

  function tell(): void {
    isPending = false
    const found = affected(changed, options.files(), options.brokenFunctions())
    changed.clear()
    if (found.spec || found.functions.length > 0) options.onChange(found)
    watchOutside()
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
  watchOutside()
  return { stop: () => watcher.close() }
}
