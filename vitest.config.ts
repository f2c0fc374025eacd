import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'docs/**/*.test.ts'],
    globalSetup: 'test/kit/one-temporary-folder.ts',
    // Some machines ask for colours where nobody looks (those that set CI): what a test reads is plain everywhere.
    env: { NO_COLOR: '1' },
    testTimeout: 180_000,
    hookTimeout: 120_000,
    // Two cores: the embedded engine's tests use both, so files run two at a time at most.
    maxWorkers: 2,
  },
})
