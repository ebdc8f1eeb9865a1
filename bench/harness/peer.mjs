/** A rival to be measured beside Lambent, installed for the run into a folder of its own: it is no dependency. */
import { execFile } from 'node:child_process'
import { mkdir, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

/**
 * The folder of an npm package, installed on first use; `undefined` when it cannot be had.
 * @param {string} name
 * @param {string} version
 * @param {(text: string) => void} progress
 */
export async function installPeer(name, version, progress) {
  const prefix = path.join(tmpdir(), 'lambent-bench-peers', `${name}-${version}`)
  const folder = path.join(prefix, 'node_modules', name)
  if (await isThere(folder)) return folder
  progress(`installing ${name} ${version} to measure it beside`)
  try {
    await mkdir(prefix, { recursive: true })
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--prefix', prefix]
    await promisify(execFile)('npm', ['install', ...flags, `${name}@${version}`])
    return folder
  } catch (error) {
    progress(`${name} could not be installed, and is left out: ${String(error).split('\n')[0]}`)
    return undefined
  }
}

const isThere = (/** @type {string} */ folder) =>
  stat(folder).then(
    () => true,
    () => false,
  )
