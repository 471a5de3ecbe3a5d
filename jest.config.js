/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/tests"],
  testMatch: ["**/*.test.ts"],
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
  // Most tests wait for the engine or the emulator now and then: three keep two cores busy, where Jest would run one.
  maxWorkers: 3,
  // A test that hangs is found by it; on a loaded machine one that is merely slow must not be.
  testTimeout: 60_000,
};
