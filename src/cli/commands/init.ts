import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { CommandFailure, exitCodes } from '../failure.ts'
import { type Merge, MERGES } from '../templateMerge.ts'
import { copyTemplate, templateFiles, templateNames, templateText } from '../templates.ts'

export interface InitFlags {
  readonly directory: string
}

/** What to do first, once a template's project runs. */
const FIRST_COMMAND: Readonly<Record<string, string>> = {
  hello: `invoke hello -e '{"name":"you"}'`,
  'queue-worker': `invoke notify -e '{"to":"ada@example.com"}'`,
  'python-worker': `invoke worker -e '{"Records":[]}'`,
  'stream-totals': `stream put sales '{"id":1,"cents":250}' --key shop-1`,
}

/** `lambent init`: copies a template; nothing that a file has is changed, only what is missing is added. */
export async function init(template: string, { directory }: InitFlags): Promise<void> {
  const names = await templateNames()
  if (!names.includes(template)) {
    const message = `There is no template ${template}. There are: ${names.join(', ')}`
    throw new CommandFailure(message, exitCodes.wrong)
  }
  const files = await templateFiles(template)
  const [existing, missing] = divide(files, (file) => existsSync(path.join(directory, file)))
  const taken = existing.filter((file) => !MERGES[file])
  if (taken.length > 0) {
    throw new CommandFailure(
      `Nothing was written, because these files exist already: ${taken.join(', ')}. ` +
        `Choose another folder with --directory.`,
    )
  }
  const merges = await Promise.all(existing.map((file) => mergeOf(template, file, directory)))
  await copyTemplate(template, directory, missing)
  for (const { file, merge } of merges)
    if (merge.added.length > 0) await writeFile(path.join(directory, file), merge.text)
  const where = path.relative(process.cwd(), path.resolve(directory))
  const enter = where === '' ? '' : `cd ${where} && `
  const said = [
    `wrote ${missing.map((file) => path.join(where, file)).join(', ')}`,
    ...merges.map(({ file, merge }) => saidOf(path.join(where, file), merge)),
    '',
    `Run it:    ${enter}npx lambent dev`,
    `Try it:    npx lambent ${FIRST_COMMAND[template] ?? 'logs'}`,
  ]
  process.stdout.write(`${said.join('\n')}\n`)
}

const saidOf = (file: string, { added }: Merge): string =>
  added.length > 0 ? `added to ${file}: ${added.join(', ')}` : `left ${file} as it is`

async function mergeOf(
  template: string,
  file: string,
  directory: string,
): Promise<{ readonly file: string; readonly merge: Merge }> {
  const own = await readFile(path.join(directory, file), 'utf8')
  const text = await templateText(template, file)
  try {
    return { file, merge: MERGES[file]?.(own, text) ?? { text: own, added: [] } }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new CommandFailure(`Nothing was written, because ${file} is not valid JSON: ${error.message}`)
  }
}

function divide<Item>(items: readonly Item[], isFirst: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))]
}
