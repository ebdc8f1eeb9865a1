import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { type Bench, startEmptyBench } from '../harness.ts'
import { writeProgram } from './runtimeClient.ts'

/** Interpreters that only say how they were called. */
const ECHO = '#!/bin/sh\necho "$0" "$@"\nexit 3\n'

/** A project whose PATH has one program of that name. */
async function benchWith(program: string): Promise<Bench> {
  const bench = await startEmptyBench({ host: {} })
  await writeProgram(path.join(bench.directory, 'bin', program), ECHO)
  return bench
}

/** How the interpreter was called, with the project's folder as `/project`. */
async function calledFor(bench: Bench, runtime: string, handler: string): Promise<string> {
  const environment = { PATH: path.join(bench.directory, 'bin') }
  await bench.once(handler, {}, { runtime, environment, name: 'fn' })
  const own = bench.told.lines.filter(({ source }) => source === 'function').map(({ text }) => text)
  return own.join('\n').replaceAll(bench.directory, '/project')
}

test('Ruby runs through the client that its gem installs', async () => {
  const bench = await benchWith('aws_lambda_ric')
  expect(await calledFor(bench, 'ruby3.4', 'app.handler')).toBe('/project/bin/aws_lambda_ric app.handler')
})

test('Ruby without its client says which gem is missing', async () => {
  expect(await calledFor(await benchWith('ruby'), 'ruby3.4', 'app.handler')).toBe(
    'ruby3.4 needs its runtime client: `gem install aws_lambda_ric`.',
  )
})

test('Java runs through the client in its class path, and says when there is none', async () => {
  const bench = await benchWith('java')
  expect(await calledFor(bench, 'java21', 'a.B::c')).toContain(
    'put aws-lambda-java-runtime-interface-client-<version>.jar',
  )
  await writeProgram(path.join(bench.directory, 'lib', 'keep'), '')
  await writeFile(path.join(bench.directory, 'lib', 'aws-lambda-java-runtime-interface-client-2.6.0.jar'), '')
  expect(await calledFor(bench, 'java21', 'a.B::c')).toContain(
    '/project/bin/java -cp /project:/project/*:/project/lib/* com.amazonaws.services.lambda.runtime.api.client.AWSLambda a.B::c',
  )
})

test('.NET runs an assembly as it is, and a class through the support library', async () => {
  const bench = await benchWith('dotnet')
  expect(await calledFor(bench, 'dotnet8', 'App')).toBe('/project/bin/dotnet /project/App.dll')
  const other = await benchWith('dotnet')
  expect(await calledFor(other, 'dotnet8', 'App::T::M')).toContain(
    'add the package Amazon.Lambda.RuntimeSupport',
  )
  await writeFile(path.join(other.directory, 'Amazon.Lambda.RuntimeSupport.dll'), '')
  expect(await calledFor(other, 'dotnet8', 'App::T::M')).toContain(
    '/project/bin/dotnet exec --depsfile /project/App.deps.json --runtimeconfig /project/App.runtimeconfig.json /project/Amazon.Lambda.RuntimeSupport.dll App::T::M',
  )
})
