export type { Affected, WatchedFiles } from './affected.ts'
export { createWatcher, type Watcher, type WatcherOptions } from './watcher.ts'
