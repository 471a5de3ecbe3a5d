/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/tests"],
  // What takes long has a name of its own: `npm run test:soak`.
  testMatch: [process.env.PULUMI_KINESIS_SOAK ? "**/*.soak.ts" : "**/*.test.ts"],
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
  testSequencer: "<rootDir>/tests/support/longest-first.cjs",
  // Most tests wait for the engine or the emulator now and then: three keep two cores busy, where Jest would run one.
  maxWorkers: 3,
  // A test that hangs is found by it; on a loaded machine one that is merely slow must not be.
  testTimeout: 60_000,
};
