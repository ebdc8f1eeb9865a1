import type { Reporter, TestModule } from 'vitest/node'

/** Prints `N passed, N failed` as the very last line, for whoever reads the run by machine. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0
    let failed = unhandledErrors.length
    let skipped = 0
    for (const module of modules) {
      let failedHere = 0
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') passed++
        else if (state === 'skipped') skipped++
        else failedHere++
      }
      // A file that cannot even be collected has no tests, and must not look like success.
      failed += failedHere > 0 || module.ok() ? failedHere : 1
    }
    const closing = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
    process.once('exit', () => process.stdout.write(`\n${closing}\n`))
  }
}
