import path from 'node:path'
import { afterRealMs } from '../system/index.ts'
import { type Affected, affected, type WatchedFiles } from './affected.ts'

export interface WatcherOptions {
  /** The project's folder. */
  readonly root: string
  /** Asked anew after each burst of changes: graphs grow and shrink. */
  readonly files: () => WatchedFiles
  /**
   * Makes `files` complete, where finding all of them was put off. Called with the first change; what that concerns
   * beside the files that were known then is told afterwards.
   */
  readonly complete: () => Promise<void>
  readonly brokenFunctions: () => ReadonlySet<string>
  /** What it may resolve to is waited for: then other files may belong to what is watched. */
  readonly onChange: (affected: Affected) => void | Promise<void>
}

/** Tells what a saved file concerns, as soon as it is saved. */
export interface Watcher {
  /** Makes the list of files complete now, and watches those of them that lie outside of the project's folder. */
  complete(): Promise<void>
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
  const isApart = (file: string): boolean => {
    const inside = path.relative(options.root, file)
    return inside.startsWith('..') || inside.split(path.sep).some((part) => IGNORED_FOLDERS.has(part))
  }
  const isIgnored = (file: string): boolean => isApart(file) && !apart.has(file) && !foldersApart.has(file)
  const watcher = watch(options.root, { ignored: isIgnored, ignoreInitial: true, atomic: false })
  /** Folders that belong to a function with all that is in them, packages as well: a watcher of its own for each. */
  const wholeFolders = new Map<string, typeof watcher>()
  let isStopped = false
  const changed = new Set<string>()
  let isPending = false
  let isComplete = false
  let completing: Promise<void> | undefined

  async function watchWhole(): Promise<void> {
    const wanted = new Set([...options.files().folders.values()].flat())
    const added = [...wanted].filter((folder) => !isStopped && !wholeFolders.has(folder))
    await Promise.all(
      added.map((folder) => {
        const inside = watch(folder, { ignoreInitial: true, atomic: false })
        wholeFolders.set(folder, inside)
        return listenTo(inside)
      }),
    )
  }

  function watchApart(): void {
    // Whoever adds to a watcher that was closed opens it again.
    if (isStopped) return
    const { spec, functions } = options.files()
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
    if (!isComplete) void tellRest(new Set(changed), new Set(found.functions))
    changed.clear()
    watchApart()
    if (found.spec || found.functions.length > 0) void follow(found)
  }

  async function tellRest(early: ReadonlySet<string>, told: ReadonlySet<string>): Promise<void> {
    completing ??= options.complete()
    await completing
    isComplete = true
    const { functions } = affected(early, options.files(), new Set())
    const rest = functions.filter((name) => !told.has(name))
    if (!isStopped && rest.length > 0) await follow({ spec: false, functions: rest })
  }

  async function follow(found: Affected): Promise<void> {
    await options.onChange(found)
    watchApart()
    await watchWhole()
  }

  function note(file: string): void {
    changed.add(path.resolve(file))
    if (isPending) return
    isPending = true
    afterRealMs(BURST_MS, tell)
  }

  /** Resolves once everything that happens from now on is noted. */
  function listenTo(one: typeof watcher): Promise<void> {
    one.on('all', (_event, file) => note(file))
    // chokidar holds back a second change of a file within 50 ms, and so would hide what a formatter does right after a
    // save; the events of the file system itself do not lie.
    one.on('raw', (_event, name, details) => {
      const { watchedPath = '' } = details as { watchedPath?: string }
      note(path.basename(watchedPath) === name ? watchedPath : path.join(watchedPath, name))
    })
    return new Promise((resolve) => one.once('ready', resolve))
  }

  await Promise.all([listenTo(watcher), watchWhole()])
  watchApart()
  return {
    async complete() {
      if (isStopped) return
      await options.complete()
      isComplete = true
      watchApart()
    },
    async stop() {
      isStopped = true
      await Promise.all([watcher, ...wholeFolders.values()].map((one) => one.close()))
    },
  }
}
