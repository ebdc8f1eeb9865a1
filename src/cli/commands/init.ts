import { existsSync } from 'node:fs'
import path from 'node:path'
import { CommandFailure, exitCodes } from '../failure.ts'
import { copyTemplate, templateFiles, templateNames } from '../templates.ts'

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

/** `lambent init`: copies a template; nothing that exists is touched. */
export async function init(template: string, { directory }: InitFlags): Promise<void> {
  const names = await templateNames()
  if (!names.includes(template)) {
    const message = `There is no template ${template}. There are: ${names.join(', ')}`
    throw new CommandFailure(message, exitCodes.wrong)
  }
  const files = await templateFiles(template)
  const existing = files.filter((file) => existsSync(path.join(directory, file)))
  if (existing.length > 0) {
    throw new CommandFailure(
      `Nothing was written, because these files exist already: ${existing.join(', ')}. ` +
        `Choose another folder with --directory.`,
    )
  }
  await copyTemplate(template, directory, files)
  const where = path.relative(process.cwd(), path.resolve(directory))
  const enter = where === '' ? '' : `cd ${where} && `
  const said = [
    `wrote ${files.map((file) => path.join(where, file)).join(', ')}`,
    '',
    `Run it:    ${enter}npx lambent dev`,
    `Try it:    npx lambent ${FIRST_COMMAND[template] ?? 'logs'}`,
  ]
  process.stdout.write(`${said.join('\n')}\n`)
}
