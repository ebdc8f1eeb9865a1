import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { createProject } from '../tools/project.ts'
import { lambent } from './lambent.ts'

test('init writes hello, says what it wrote and what to do next', async () => {
  const { directory } = createProject({})
  const { exitCode, stdout } = await lambent(['init'], { cwd: directory })
  expect(exitCode).toBe(0)
  expect(readdirSync(directory).sort()).toEqual(['.gitignore', 'README.md', 'lambda.yml', 'src'])
  expect(stdout).toContain('npx lambent dev\n')
  expect(stdout).toContain(`npx lambent invoke hello -e '{"name":"you"}'\n`)
})

test('what init writes is valid, in a folder that it makes', async () => {
  const { directory } = createProject({})
  for (const template of ['hello', 'python-worker', 'queue-worker', 'stream-totals']) {
    const { stdout } = await lambent(['init', template, '--directory', template], { cwd: directory })
    expect(stdout).toContain(`cd ${template} && npx lambent dev\n`)
    const validated = await lambent(['validate', path.join(template, 'lambda.yml')], { cwd: directory })
    expect(validated).toMatchObject({ exitCode: 0, stderr: '' })
  }
})

test('init touches nothing that exists, and names it', async () => {
  const project = createProject({ 'lambda.yml': 'mine', 'README.md': 'mine too' })
  const { exitCode, stderr } = await lambent(['init'], { cwd: project.directory })
  expect(exitCode).toBe(1)
  expect(stderr).toContain('these files exist already: README.md, lambda.yml.')
  expect(readFileSync(project.config, 'utf8')).toBe('mine')
  expect(existsSync(path.join(project.directory, 'src'))).toBe(false)
})

test('an unknown template is refused with the names that there are', async () => {
  const { exitCode, stderr } = await lambent(['init', 'nope'])
  expect([exitCode, stderr]).toEqual([
    2,
    'error: There is no template nope. There are: hello, python-worker, queue-worker, stream-totals\n',
  ])
})
