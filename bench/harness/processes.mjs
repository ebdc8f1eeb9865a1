/** What a process and all its descendants use. Memory through `ps`; processor time needs Linux's /proc. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** @returns {{ pid: number, parent: number, bytes: number }[]} */
function allProcesses() {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => {
      const [pid = 0, parent = 0, kibibytes = 0] = line.trim().split(/\s+/).map(Number)
      return { pid, parent, bytes: kibibytes * 1024 }
    })
}

/** @param {number} root */
function family(root) {
  const all = allProcesses()
  const found = all.filter(({ pid }) => pid === root)
  for (const member of found) found.push(...all.filter(({ parent }) => parent === member.pid))
  return found
}

/**
 * Resident memory of a process and its descendants; pages that they share count for each.
 * @param {number} root
 */
export const residentBytes = (root) => family(root).reduce((sum, { bytes }) => sum + bytes, 0)

/**
 * Memory that is a process's own, and its descendants': without the pages of mapped files, which the system takes back
 * when it needs them. Where the system does not tell them apart, all of it.
 * @param {number} root
 */
export function ownBytes(root) {
  if (process.platform !== 'linux') return residentBytes(root)
  let kibibytes = 0
  for (const { pid } of family(root)) {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    kibibytes += Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0)
  }
  return kibibytes * 1024
}

/**
 * Processor time so far of a process and its descendants; `undefined` where the system does not tell it exactly.
 * @param {number} root
 * @returns {number | undefined}
 */
export function processorMs(root) {
  if (process.platform !== 'linux') return undefined
  let nanoseconds = 0
  for (const { pid } of family(root)) {
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0])
    }
  }
  return nanoseconds / 1e6
}
