import { createWriteStream } from 'node:fs'
import { chmod, mkdir, open, realpath, rename, rm, symlink } from 'node:fs/promises'
import path from 'node:path'
import { Transform } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type { Entry, ZipFile } from 'yauzl'

/** What a package may hold. */
export interface ArchiveLimits {
  readonly unpackedBytes: number
  /** Unpacked bytes for each packed one: more is no code, deflate makes a thousandth of zeros. */
  readonly ratio: number
  /** So much may be as dense as it likes. */
  readonly freeBytes: number
}

const LIMITS: ArchiveLimits = { unpackedBytes: 262_144_000, ratio: 100, freeBytes: 10 * 1024 * 1024 }
const MOST_LINK_BYTES = 4096

const FILE_TYPE = 0o170000
const SYMBOLIC_LINK = 0o120000

/** Why an archive was not unpacked. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError'
  readonly kind: 'unreadable' | 'unsafe' | 'tooLarge' | 'empty'

  constructor(kind: ArchiveError['kind'], message: string) {
    super(message)
    this.kind = kind
  }
}

/**
 * Unpacks a zip into `folder`, which appears complete and on disk, or not at all. Throws an {@link ArchiveError} for what
 * is no zip, for names and links that lead out of the folder, and for more than a package may hold.
 */
export async function unzip(archive: Buffer, folder: string, limits = LIMITS): Promise<void> {
  const passing = `${folder}.new`
  await rm(passing, { recursive: true, force: true })
  await mkdir(passing, { recursive: true })
  try {
    const folders = new Set([await realpath(passing)])
    await unpack(archive, await realpath(passing), folders, limits).catch(refuseName)
    for (const made of folders) await sync(made)
    await rename(passing, folder)
    await sync(path.dirname(folder))
  } catch (error) {
    await rm(passing, { recursive: true, force: true })
    throw error
  }
}

async function unpack(
  archive: Buffer,
  root: string,
  folders: Set<string>,
  limits: ArchiveLimits,
): Promise<void> {
  const { fromBufferPromise } = await import('yauzl')
  const zip = await fromBufferPromise(archive, { lazyEntries: true, strictFileNames: true }).catch(unreadable)
  const budget = new Budget(archive.length, limits)
  const links: { place: string; target: string }[] = []
  if (zip.entryCount === 0) throw new ArchiveError('empty', 'Uploaded file must be a non-empty zip')
  const make = async (folder: string): Promise<void> => {
    await mkdir(folder, { recursive: true })
    for (let at = folder; isWithin(at, root); at = path.dirname(at)) folders.add(at)
  }
  const entries = zip.eachEntry()
  for (;;) {
    const { value: entry, done } = await entries.next().catch(unreadable)
    if (done || !entry) break
    const place = placeOf(entry, root)
    await make(entry.fileName.endsWith('/') ? place : path.dirname(place))
    if (entry.fileName.endsWith('/')) continue
    if (isLink(entry)) links.push({ place, target: await targetOf(zip, entry) })
    else await write(zip, entry, place, budget)
  }
  // Last, so that nothing is written through them.
  for (const link of links) await place(link, root)
}

/** Names that a file system does not take, or not beside one another. */
const BAD_NAMES = new Set(['EEXIST', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'EINVAL', 'ELOOP'])

function refuseName(error: NodeJS.ErrnoException): never {
  if (error.code !== undefined && BAD_NAMES.has(error.code))
    throw new ArchiveError('unsafe', `a name in it cannot be (${error.code})`)
  throw error
}

/** The library refuses names that are absolute or climb; what is left is checked once more where it counts. */
function placeOf(entry: Entry, root: string): string {
  const place = path.join(root, entry.fileName)
  if (!isWithin(place, root)) throw new ArchiveError('unsafe', `${entry.fileName} leads out of the package`)
  return place
}

async function write(zip: ZipFile, entry: Entry, place: string, budget: Budget): Promise<void> {
  const content = await zip.openReadStreamPromise(entry).catch(unreadable)
  try {
    await pipeline(content, budget.counting(entry.fileName), createWriteStream(place, { flush: true }))
  } catch (error) {
    if (error instanceof ArchiveError) throw error
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error
    unreadable(error)
  }
  await chmod(place, isExecutable(entry) ? 0o755 : 0o644)
}

const modeOf = (entry: Entry): number => entry.externalFileAttributes >>> 16
const isLink = (entry: Entry): boolean => (modeOf(entry) & FILE_TYPE) === SYMBOLIC_LINK
const isExecutable = (entry: Entry): boolean => (modeOf(entry) & 0o111) !== 0

async function targetOf(zip: ZipFile, entry: Entry): Promise<string> {
  if (entry.uncompressedSize > MOST_LINK_BYTES)
    throw new ArchiveError('unsafe', `the link ${entry.fileName} is longer than any path`)
  return (await buffer(await zip.openReadStreamPromise(entry).catch(unreadable))).toString('utf8')
}

/** A link counts by where it really leads, other links on the way included. */
async function place({ place, target }: { place: string; target: string }, root: string): Promise<void> {
  await symlink(target, place)
  const end = await realpath(place).catch(() => undefined)
  if (end === undefined || !isWithin(end, root))
    throw new ArchiveError('unsafe', `the link ${path.relative(root, place)} leads out of the package`)
}

const isWithin = (place: string, root: string): boolean => place === root || place.startsWith(root + path.sep)

/** Counts what really comes out, whatever the archive says of itself. */
class Budget {
  readonly #packedBytes: number
  readonly #limits: ArchiveLimits
  #bytes = 0

  constructor(packedBytes: number, limits: ArchiveLimits) {
    this.#packedBytes = packedBytes
    this.#limits = limits
  }

  counting(fileName: string): Transform {
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        this.#bytes += chunk.length
        done(this.#complaint(fileName), chunk)
      },
    })
  }

  #complaint(fileName: string): ArchiveError | null {
    const { unpackedBytes, ratio, freeBytes } = this.#limits
    if (this.#bytes > unpackedBytes)
      return new ArchiveError('tooLarge', `Unzipped size must be smaller than ${unpackedBytes} bytes`)
    const isDense = this.#bytes > freeBytes && this.#bytes > this.#packedBytes * ratio
    return isDense ? new ArchiveError('unsafe', `${fileName} is compressed more than ${ratio} times`) : null
  }
}

function unreadable(error: unknown): never {
  const reason = error instanceof Error ? error.message : String(error)
  throw new ArchiveError('unreadable', reason)
}

/** Makes sure that a folder's names are on disk. */
async function sync(folder: string): Promise<void> {
  // Windows cannot open folders, and keeps names without being asked.
  if (process.platform === 'win32') return
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
