import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadSpec, SpecError } from '../../src/spec/index.ts'
import { realFiles } from '../../src/spec/files.ts'
import { fragments } from './fragments.ts'

const folder = join(import.meta.dirname, 'wrong')
const wrong = readdirSync(folder)
  .filter((name) => name.endsWith('.yml'))
  .map((name) => name.slice(0, -'.yml'.length))

/** The YAML is read from disk; the handlers are made up. */
const files = {
  read: (path: string) => realFiles.read(path),
  list: (path: string) =>
    path === join(folder, 'src') ? ['checkout.js', 'report.ts'] : realFiles.list(path),
}

async function problemsOf(name: string): Promise<SpecError> {
  const options = { fragments, environment: { HOME: '/home/me' }, workingDirectory: folder, files }
  const error = await loadSpec(join(folder, `${name}.yml`), options).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof SpecError))
    throw new Error(`${name} was not refused as it should be`, { cause: error })
  return error
}

test.each(wrong)('explains what is wrong in %s', async (name) => {
  const error = await problemsOf(name)
  await expect(`${error.message}\n`).toMatchFileSnapshot(join(folder, `${name}.golden.txt`))
})

test.each(wrong)('gives place, expectation and lines for every problem of %s', async (name) => {
  const { problems, message } = await problemsOf(name)
  for (const problem of problems) {
    expect(problem).toMatchObject({
      line: expect.any(Number),
      column: expect.any(Number),
      hint: expect.stringMatching(/expected|supported|did you mean/),
      frame: expect.stringMatching(/^> +\d+ \|.*\n.*\^/m),
    })
  }
  expect(message).not.toContain(folder)
})
