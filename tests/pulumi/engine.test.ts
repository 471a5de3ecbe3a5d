import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { eventually } from "../support/eventually";
import { findDescendants, isAlive } from "../support/process-tree";
import { PulumiProject } from "./harness";

jest.setTimeout(180_000);

/** A dynamic resource that needs nothing of ours: what fails here is the engine, the language host or the harness. */
const program = (message: string, waitMs = 0) => `
  import * as pulumi from "@pulumi/pulumi";

  class Note extends pulumi.dynamic.Resource {
    declare readonly shout: pulumi.Output<string>;
    constructor(name: string, args: { message: pulumi.Input<string> }) {
      super({
        async check(_olds, news) {
          const failures = news.message === "" ? [{ property: "message", reason: "must not be empty" }] : [];
          return { inputs: news, failures };
        },
        async diff(_id, olds, news) { return { changes: olds.message !== news.message }; },
        async create(inputs) {
          console.log("creating in " + process.cwd());
          await new Promise((resolve) => setTimeout(resolve, ${waitMs}));
          return { id: "note-1", outs: { ...inputs, shout: inputs.message.toUpperCase() } };
        },
        async read(id, props) { return { id, props, inputs: { message: props.message } }; },
        async update(_id, _olds, news) { return { outs: { ...news, shout: news.message.toUpperCase() } }; },
        async delete() {},
      }, name, { shout: undefined, ...args });
    }
  }

  const config = new pulumi.Config();
  console.log("program output of " + pulumi.getProject() + "/" + pulumi.getStack());
  const note = new Note("note", { message: config.get("message") ?? ${JSON.stringify(message)} });
  export const shout = note.shout;
`;

describe("the engine, its language host and its dynamic providers", () => {
  let project: PulumiProject;

  beforeAll(async () => {
    project = await PulumiProject.create({ program: program("hello"), name: "engine-test", main: "program folder" });
    await project.init();
  });
  afterAll(() => project?.dispose());

  test("a preview says what would be created", async () => {
    const preview = await project.preview();
    expect(preview).toMatchObject({ exitCode: 0, changes: { create: 2 } });
    expect(preview.stdout).toContain("program output of engine-test/dev");
  });

  test("up creates, and shows what the program and the provider print", async () => {
    const up = await project.up();
    expect(up).toMatchObject({ exitCode: 0, changes: { create: 2 } });
    expect(up.stdout).toMatch(/creating in .*program folder/);
    expect(await project.outputs()).toEqual({ shout: "HELLO" });
  });

  test("nothing is left to do then", async () => {
    expect(await project.preview()).toMatchObject({ exitCode: 0, changes: { same: 2 } });
    expect(await project.refresh()).toMatchObject({ exitCode: 0, changes: { same: 2 } });
  });

  test("config reaches the program, and a change is an update", async () => {
    await project.config("message", "good bye");
    expect(await project.up()).toMatchObject({ exitCode: 0, changes: { update: 1, same: 1 } });
    expect(await project.outputs()).toEqual({ shout: "GOOD BYE" });
    const { deployment } = await project.exportState();
    expect(deployment.resources?.map((resource) => resource.id)).toContain("note-1");
  });

  test("a failed check and a program that throws are failures that the engine explains", async () => {
    await project.config("message", "");
    const refused = await project.preview();
    expect(refused.exitCode).not.toBe(0);
    expect(refused.output).toContain("must not be empty");
    await project.writeProgram(`throw new Error("thrown by the program");`);
    const thrown = await project.preview();
    expect(thrown.exitCode).not.toBe(0);
    expect(thrown.output).toContain("thrown by the program");
    await project.writeProgram(program("hello"));
  });

  test("destroy removes it", async () => {
    expect(await project.destroy()).toMatchObject({ exitCode: 0, changes: { delete: 2 } });
    expect((await project.exportState()).deployment.resources ?? []).toEqual([]);
  });

  test("when the engine is killed, nothing that it started stays", async () => {
    await project.config("message", "slow");
    await project.writeProgram(program("", 60_000));
    let output = "";
    const running = project.start(["up", "--yes", "--skip-preview"], { onOutput: (text) => (output += text) });
    await eventually("the provider is at work", () => output.includes("creating in"), 60_000);
    const started = findDescendants(running.pid);
    expect(started.length).toBeGreaterThanOrEqual(3);
    running.kill();
    await eventually("all are gone", () => !started.some(isAlive));
    expect((await project.run(["cancel", "--yes"])).exitCode).toBe(0);
  });

  test("a run that exceeds its deadline is killed with all that it started", async () => {
    const result = await project.up({ deadlineMs: 6_000 });
    expect(result).toMatchObject({ exitCode: null, timedOut: true });
    await project.run(["cancel", "--yes"]);
  });

  test("the first interrupt waits for the resource under way, the second gives up, and nothing stays", async () => {
    let output = "";
    const onOutput = (text: string) => {
      output += text;
    };
    const running = project.start(["up", "--yes", "--skip-preview"], { onOutput });
    await eventually("the provider is at work", () => output.includes("creating in"), 60_000);
    const started = findDescendants(running.pid);
    running.interrupt();
    await eventually("the engine says that it waits", () => output.includes("^C received"));
    expect(started.every(isAlive)).toBe(true);
    running.interrupt();
    expect((await running.result).exitCode).not.toBe(0);
    await eventually("all are gone", () => !started.some(isAlive));
  });

  test("a program without @pulumi/pulumi is told what to run", async () => {
    await rm(join(project.directory, "program folder", "node_modules"), { recursive: true });
    const preview = await project.preview();
    expect(preview.exitCode).not.toBe(0);
    expect(preview.output).toMatch(/@pulumi\/pulumi is not installed for the program in .*: run npm install there\./);
    expect(preview.output).not.toContain("unhandled");
  });

  test("what surrounds a program works too: about, stack, and cancel", async () => {
    const about = await project.run(["about"]);
    expect(about).toMatchObject({ exitCode: 0 });
    expect(about.stdout).toContain(`version='${process.version}'`);
    expect(await project.run(["stack"])).toMatchObject({ exitCode: 0 });
    expect(await project.run(["cancel", "--yes"])).toMatchObject({ exitCode: 0 });
  });
});
