import { symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const NODE_MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url))

/**
 * A project in a folder of its own, whose handlers find the packages of this repository.
 * @param {import('./session.mjs').Session} session
 * @param {Readonly<Record<string, string>>} files `lambda.yml`, handlers.
 */
export async function writeProject(session, files) {
  const folder = await session.folder()
  await symlink(NODE_MODULES, path.join(folder, 'node_modules'), 'junction')
  const all = { 'package.json': '{}\n', ...files }
  for (const [file, text] of Object.entries(all)) await writeFile(path.join(folder, file), text)
  return { folder, config: path.join(folder, 'lambda.yml'), data: path.join(folder, '.lambent') }
}
