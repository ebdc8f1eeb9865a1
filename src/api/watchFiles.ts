import { afterRealMs } from '../system/index.ts'
import { type Affected, createWatcher } from '../watch/index.ts'
import type { Runner } from './runner.ts'
import type { App } from './types.ts'

/** Code that has just begun to run answers first. */
const REST_MS = 300

/** Reloads functions and the spec when their files change; answers how to stop. */
export async function watchFiles(app: App, runner: Runner): Promise<() => Promise<void>> {
  const broken = new Set<string>()
  const unsubscribe = runner.ledger.subscribe((entry) => {
    if (entry.kind === 'deployFailed') broken.add(entry.functionName)
    if (entry.kind === 'deployed') broken.delete(entry.functionName)
    // Only code that was loaded can be out of date, also by a file of which the project's folder says nothing.
    if (entry.kind === 'environmentStarted') completeLater()
  })
  let cancel: (() => void) | undefined
  let applying = Promise.resolve()

  async function apply(change: Affected): Promise<void> {
    if (change.spec) {
      await app.reloadSpec().catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error)
        runner.ledger.write({ kind: 'specRefused', message })
      })
    }
    if (change.functions.length > 0) await app.reload(change.functions)
  }

  function completeLater(): void {
    cancel ??= afterRealMs(REST_MS, () => {
      cancel = undefined
      watcher
        .complete()
        .catch((error: unknown) => runner.log.error('the files of a function could not be followed', error))
    })
  }

  const watcher = await createWatcher({
    root: runner.spec().directory,
    files: () => ({
      spec: runner.spec().sources,
      functions: new Map(
        runner.spec().functions.map(({ name }) => [name, runner.functions.filesOf(name)] as const),
      ),
      folders: new Map(runner.functionList().map(({ name, layers }) => [name, layers] as const)),
    }),
    complete: () => runner.functions.traceFiles(),
    brokenFunctions: () => broken,
    // One after the other: two saves of the spec must be applied in the order in which they were made.
    onChange: (change) => {
      applying = applying
        .then(() => apply(change))
        .catch((error: unknown) => runner.log.error('a changed file could not be taken up', error))
      return applying
    },
  })
  return async () => {
    unsubscribe()
    cancel?.()
    await watcher.stop()
    await applying
  }
}
