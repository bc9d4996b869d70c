import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['packages/**/*.test.ts', 'apps/**/*.test.ts', 'test/**/*.test.ts'],
    environment: 'node',
    globalSetup: ['test/prepare.ts'],
    pool: 'forks',
    // Two cores: more at once only makes real cameras and real ffmpegs wait for each other.
    maxWorkers: 2,
    // Real cameras and real seconds; each wait inside a test has a shorter end of its own.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    restoreMocks: true
  }
})
