/**
 * One `pulumi up` of one resource as the engine carries it out, in a process of its own that can be killed: check, then create,
 * or diff and update, or delete. What a killed one leaves is what the engine keeps of it: the state from before.
 */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export type Json = Record<string, unknown>;

/** A resource in the engine's state. */
export interface Saved {
  readonly id: string;
  readonly inputs: Json;
  readonly outputs: Json;
}

/** What an `up` ended with: the state that the engine saves, or the sentence that it shows. */
export interface Outcome {
  readonly saved?: Saved | undefined;
  readonly error?: string;
}

export interface Run {
  readonly resource: "stream" | "streamTags";
  readonly saved: Saved | undefined;
  /** The inputs as the SDK sends them; undefined: the resource is not in the program any more. */
  readonly program: Json | undefined;
  readonly env: Readonly<Record<string, string>>;
}

/** The engine's part, as Pulumi's own dynamic provider has it: without `changes` it compares the inputs itself. */
const ENGINE = `
  const { isDeepStrictEqual } = require("node:util");
  async function up(provider, saved, program) {
    if (program === undefined) {
      if (saved) await provider.delete(saved.id, saved.outputs);
      return {};
    }
    const { inputs, failures } = await provider.check(saved ? saved.inputs : {}, program);
    if (failures.length > 0) return { saved, error: JSON.stringify(failures) };
    if (!saved) {
      const { id, outs } = await provider.create(inputs);
      return { saved: { id, inputs, outputs: outs } };
    }
    const { changes, replaces = [] } = await provider.diff(saved.id, saved.outputs, inputs);
    if (replaces.length > 0) throw new Error("no test here replaces: " + replaces);
    const isChanged = changes === undefined ? !isDeepStrictEqual(saved.inputs, inputs) : changes;
    if (!isChanged) return { saved };
    const { outs } = await provider.update(saved.id, saved.outputs, inputs);
    return { saved: { id: saved.id, inputs, outputs: outs } };
  }
  process.on("message", async ({ main, resource, saved, program }) => {
    const answer = await up(require(main)[resource], saved, program).catch((error) => ({ saved, error: String(error.message) }));
    process.send(answer, () => process.exit(0));
  });
`;

const main = join(__dirname, "..", "..", "dist", "provider", "index.js");

export class ProviderProcess {
  /** Undefined if it was killed. */
  readonly outcome: Promise<Outcome | undefined>;
  readonly #child: ChildProcess;

  constructor({ env, ...run }: Run) {
    // Nothing of the machine's own AWS settings gets in.
    const options = { env: { PATH: process.env.PATH, AWS_EC2_METADATA_DISABLED: "true", ...env } };
    this.#child = spawn(process.execPath, ["-e", ENGINE], {
      ...options,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    let answer: Outcome | undefined;
    this.#child.once("message", (message) => {
      answer = message as Outcome;
    });
    // What it sent last may come after its exit, and comes before the channel is closed.
    this.outcome = Promise.all([once(this.#child, "exit"), once(this.#child, "disconnect")]).then(() => answer);
    this.#child.send({ main, ...run });
  }

  /** Resolves when nothing of it runs any more. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.outcome;
  }
}
