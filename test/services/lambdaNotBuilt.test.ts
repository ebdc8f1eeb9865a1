import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { routes } from '../../src/services/lambda/routes.ts'
import { createWorld } from './world.ts'

/** What the reference marks as not needed for invoking functions, and nobody here has built. */
const notBuilt = `
PutResourcePolicy GetResourcePolicy DeleteResourcePolicy
PublishLayerVersion ListLayerVersions ListLayers GetLayerVersion DeleteLayerVersion AddLayerVersionPermission
GetLayerVersionPolicy RemoveLayerVersionPermission
CreateCodeSigningConfig ListCodeSigningConfigs GetCodeSigningConfig UpdateCodeSigningConfig DeleteCodeSigningConfig
ListFunctionsByCodeSigningConfig
CreateCapacityProvider ListCapacityProviders GetCapacityProvider UpdateCapacityProvider DeleteCapacityProvider
ListFunctionVersionsByCapacityProvider PutFunctionScalingConfig GetFunctionScalingConfig
CheckpointDurableExecution GetDurableExecutionState GetDurableExecution GetDurableExecutionHistory
StopDurableExecution ListDurableExecutionsByFunction SendDurableExecutionCallbackSuccess
SendDurableExecutionCallbackFailure SendDurableExecutionCallbackHeartbeat
`

test('all that is not built is named, and answers 501 in AWS’s error form, with a line in the log', async () => {
  const { url, logged } = await createWorld()
  const names = notBuilt.trim().split(/\s+/)
  for (const { operation, method, path } of routes.notBuilt) {
    const response = await fetch(url + path.replaceAll(/:\w+/g, 'some%3Athing%2Felse'), { method })
    expect([operation, response.status, response.headers.get('x-amzn-errortype')]).toEqual([
      operation,
      501,
      'UnknownOperationException',
    ])
    const { message } = (await response.json()) as { message: string }
    expect(message).toMatch(
      new RegExp(`^The lambda operation ${operation} is not supported here\\. Supported: `),
    )
    expect(logged.at(-1)).toContain(operation)
  }
  expect(logged).toHaveLength(routes.notBuilt.length)
  expect(names.filter((name) => !routes.notBuilt.some(({ operation }) => operation === name))).toEqual([])
})

test('docs/lambda-api.md names every operation where it belongs', () => {
  const page = readFileSync(new URL('../../docs/lambda-api.md', import.meta.url), 'utf8')
  const [served = '', missing = ''] = page.split('## Not served')
  const namesIn = (text: string, column: number): string[] =>
    text
      .split('\n')
      .flatMap((line) => line.split('|')[column]?.match(/`[A-Z][a-zA-Z]+`/g) ?? [])
      .map((name) => name.slice(1, -1))
      .toSorted()
  const names = (operations: readonly { readonly operation: string }[]): string[] =>
    operations.map(({ operation }) => operation).toSorted()
  expect(namesIn(served, 1)).toEqual(names(routes.routes))
  expect(namesIn(missing, 2)).toEqual(names(routes.notBuilt))
})
