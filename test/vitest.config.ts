import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    // Processes: LMDB is opened in main threads only. Files share what their process has loaded: the SDK's clients take
    // longer to load than many a file takes to run.
    pool: 'forks',
    maxWorkers: '100%',
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    reporters: ['default', './test/tools/closingLineReporter.ts'],
    deps: { interopDefault: false },
    server: { deps: { external: [/\/dist\//] } },
  },
})
