/** `npm run bench -- <name>`: times one part beside its peers; each bench is a program in tests/bench. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

const folder = join(__dirname, "..", "tests", "bench");
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.replace(/\.ts$/, ""));
const [name = ""] = process.argv.slice(2);
if (names.includes(name)) {
  require(join(folder, name));
} else {
  console.error(`Say what to time: npm run bench -- ${names.join(" | ")}`);
  process.exitCode = 2;
}
