import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    // A process each: a test owns its store, and LMDB is opened in main threads only.
    pool: 'forks',
    maxWorkers: '100%',
    testTimeout: 20_000,
    hookTimeout: 20_000,
    reporters: ['default', './test/tools/closingLineReporter.ts'],
    deps: { interopDefault: false },
    server: { deps: { external: [/\/dist\//] } },
  },
})
