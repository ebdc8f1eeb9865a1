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

test('init writes over nothing that exists, and names it', async () => {
  const project = createProject({ 'lambda.yml': 'mine', 'README.md': 'mine too' })
  const { exitCode, stderr } = await lambent(['init'], { cwd: project.directory })
  expect(exitCode).toBe(1)
  expect(stderr).toContain('these files exist already: lambda.yml.')
  expect(readFileSync(project.config, 'utf8')).toBe('mine')
  expect(existsSync(path.join(project.directory, 'src'))).toBe(false)
})

test('in a project with a package.json, as npm makes it, init adds what is missing and changes nothing', async () => {
  const own = {
    name: 'mine',
    scripts: { dev: 'my own' },
    dependencies: { left: '1.0.0' },
    devDependencies: { lambent: 'file:lambent.tgz' },
  }
  const project = createProject({
    'package.json': JSON.stringify(own, null, 4),
    '.gitignore': 'dist\nnode_modules',
    'README.md': 'mine',
  })
  const read = (file: string): string => readFileSync(path.join(project.directory, file), 'utf8')
  const { exitCode, stdout } = await lambent(['init', 'queue-worker'], { cwd: project.directory })
  expect(exitCode).toBe(0)
  expect(stdout).toContain('added to package.json: script start, script validate\n')
  expect(stdout).toContain('added to .gitignore: .lambent/\n')
  expect(stdout).toContain('left README.md as it is\n')
  const scripts = { dev: 'my own', start: 'lambent start', validate: 'lambent validate' }
  expect(read('package.json')).toBe(`${JSON.stringify({ ...own, scripts }, null, 4)}\n`)
  expect(read('.gitignore')).toBe('dist\nnode_modules\n.lambent/\n')
  expect(read('README.md')).toBe('mine')
  expect(existsSync(project.config)).toBe(true)
})

test('a package.json that is no JSON is named, and nothing is written', async () => {
  const project = createProject({ 'package.json': '{ oops' })
  const { exitCode, stderr } = await lambent(['init', 'queue-worker'], { cwd: project.directory })
  expect([exitCode, readdirSync(project.directory)]).toEqual([1, ['package.json']])
  expect(stderr).toContain('error: Nothing was written, because package.json is not valid JSON: ')
})

test('an unknown template is refused with the names that there are', async () => {
  const { exitCode, stderr } = await lambent(['init', 'nope'])
  expect([exitCode, stderr]).toEqual([
    2,
    'error: There is no template nope. There are: hello, python-worker, queue-worker, stream-totals\n',
  ])
})
