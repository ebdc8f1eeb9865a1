import { readFileSync } from 'node:fs'

/** The memory of a process, in bytes. */
export interface ProcessMemory {
  /** The most that it ever had in memory. */
  readonly mostBytes: number
  /** What it has of its own now: code and mapped files do not count. */
  readonly ownBytes: number
}

/** What Linux says of a process; nothing on other systems, or when it is gone. */
export function memoryOf(processId: number): ProcessMemory | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    const status = readFileSync(`/proc/${processId}/status`, 'utf8')
    return {
      mostBytes: kibibytes(status, 'VmHWM') * 1024,
      ownBytes: (kibibytes(status, 'RssAnon') + kibibytes(status, 'RssShmem')) * 1024,
    }
  } catch {
    return undefined
  }
}

const kibibytes = (status: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0)
