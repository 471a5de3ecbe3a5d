/** A fresh clone knows no durations, and by the size of its file, Jest's own guess, a long test may come last and alone. */
const Sequencer = require("@jest/test-sequencer").default;

/** What runs the engine, installs packages or compiles everything. */
const isLong = ({ path }) =>
  /[\\/](pulumi|package|crash|limits|faults|model)[\\/]|toolchain|reshard-stream|optimality/.test(path);
/** Short files that take minutes. */
const isLongest = ({ path }) => /examples|tarball|stream-settings|stream-consumer|resharding/.test(path);

module.exports = class extends Sequencer {
  sort(tests) {
    const rank = (test) => (isLongest(test) ? 0 : isLong(test) ? 1 : 2);
    return [...super.sort(tests)].sort((left, right) => rank(left) - rank(right));
  }
};
