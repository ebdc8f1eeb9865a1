import { delimiter, join } from 'node:path'
import { profileOf } from './profile.ts'
import type { FunctionDefinition } from './types.ts'

type Layered = Pick<FunctionDefinition, 'runtime' | 'layers' | 'directory'>

/**
 * Where programs look for what layers bring. On AWS all layers lie in one `/opt`, where a later one comes over an
 * earlier one; here each stays in its own folder, and the last one is searched first (Lambda Developer Guide,
 * "Layer paths for each Lambda runtime").
 */
export function layerVariables(definition: Layered, host: NodeJS.ProcessEnv): Record<string, string> {
  const inLayers = (...path: string[]): string[] =>
    definition.layers.toReversed().map((layer) => join(layer, ...path))
  const paths = {
    ...packagePaths(definition, inLayers),
    ...(definition.layers.length === 0
      ? {}
      : {
          PATH: [host['PATH'], ...inLayers('bin')],
          LD_LIBRARY_PATH: [host['LD_LIBRARY_PATH'], ...inLayers('lib')],
        }),
  }
  return Object.fromEntries(Object.entries(paths).map(([name, folders]) => [name, joined(folders)]))
}

/** The packages of one language: Node.js always has the function's own folder, others have what layers bring. */
function packagePaths(
  { runtime, directory, layers }: Layered,
  inLayers: (...path: string[]) => string[],
): Record<string, string[]> {
  const profile = profileOf(runtime)
  if (profile)
    return {
      NODE_PATH: [
        ...inLayers('nodejs', `node${profile.major}`, 'node_modules'),
        ...inLayers('nodejs', 'node_modules'),
        directory,
      ],
    }
  if (layers.length === 0) return {}
  if (runtime.startsWith('python'))
    return { PYTHONPATH: [...inLayers('python'), ...inLayers('python', 'lib', runtime, 'site-packages')] }
  if (runtime.startsWith('ruby'))
    return {
      RUBYLIB: inLayers('ruby', 'lib'),
      GEM_PATH: inLayers('ruby', 'gems', `${runtime.replace('ruby', '')}.0`),
    }
  return runtime.startsWith('java') ? { CLASSPATH: inLayers('java', 'lib', '*') } : {}
}

const joined = (folders: readonly (string | undefined)[]): string => folders.filter(Boolean).join(delimiter)
