import { mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StoreInUseError } from './errors.ts'

interface Owner {
  readonly pid: number
  /** When that process started, as far as the system says: a reused process id is not the same owner. */
  readonly started: string | undefined
}

/** Folders that this process holds; a process-wide name, since the store may be loaded twice (source and build). */
const HELD: unique symbol = Symbol.for('lambent.store.held')
const shared = globalThis as { [HELD]?: Set<string> }
const held = (shared[HELD] ??= new Set<string>())

/**
 * Takes a data folder for this process and returns how to give it back. Throws {@link StoreInUseError} when another
 * live process (or this one already) holds it; the lock of a dead one is taken over.
 */
export function lockFolder(directory: string): () => void {
  mkdirSync(directory, { recursive: true })
  const folder = realpathSync(directory)
  if (held.has(folder)) throw new StoreInUseError(directory, process.pid)
  const path = join(folder, 'lock')
  const mine: Owner = { pid: process.pid, started: statusOf(process.pid).started }
  while (!create(path, mine)) {
    const content = read(path)
    if (content === undefined) continue
    const owner = parse(content)
    if (owner && isAlive(owner)) throw new StoreInUseError(directory, owner.pid)
    removeStale(path, content, directory)
  }
  held.add(folder)
  return () => {
    if (held.delete(folder)) rmSync(path, { force: true })
  }
}

function create(path: string, owner: Owner): boolean {
  try {
    writeFileSync(path, JSON.stringify(owner), { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Moved away first, then looked at again: it may be the new lock of someone who was faster. */
function removeStale(path: string, stale: string, directory: string): void {
  const aside = `${path}.${process.pid}`
  try {
    renameSync(path, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  const moved = read(aside)
  const owner = moved === stale || moved === undefined ? undefined : parse(moved)
  if (owner) {
    renameSync(aside, path)
    throw new StoreInUseError(directory, owner.pid)
  }
  rmSync(aside, { force: true })
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** `undefined` for a lock that its process did not finish writing. */
function parse(content: string): Owner | undefined {
  try {
    const value = JSON.parse(content) as Partial<Owner> | null
    return typeof value?.pid === 'number' ? { pid: value.pid, started: value.started } : undefined
  } catch {
    return undefined
  }
}

function isAlive(owner: Owner): boolean {
  // Not among the held folders, so a lock with our own id is left from an earlier process: common in containers.
  if (owner.pid === process.pid) return false
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    // Somebody else's process may not be signalled, but it lives.
    if (codeOf(error) !== 'EPERM') return false
  }
  const { state, started } = statusOf(owner.pid)
  // It has ended, and nobody has asked how: for ever so in containers whose first process does not.
  if (state === 'Z') return false
  return started === undefined || owner.started === undefined || started === owner.started
}

/** A process's state, a letter, and its start time in ticks since boot; only Linux tells them cheaply. */
function statusOf(pid: number): {
  readonly state?: string | undefined
  readonly started?: string | undefined
} {
  if (process.platform !== 'linux') return {}
  try {
    // The second field is the program's name in parentheses and may hold spaces; the start time is the 22nd.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0], started: fields[19] }
  } catch {
    return {}
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
