import { expect, test } from "@jest/globals";
import { emulatorEnv } from "../support/emulator-env";
import { useKinesis } from "./kinesis-project";

const kinesis = useKinesis();
const program = `
import { Stream } from "pulumi-kinesis";
export const arn = new Stream("orders", { name: "configured", shardCount: 1 }).arn;
`;

test("region, endpoint and default tags come from the stack's configuration, ours before pulumi-aws's", async () => {
  const { AWS_REGION: _, AWS_ENDPOINT_URL_KINESIS: __, ...keys } = emulatorEnv("");
  const project = await kinesis.project(program, { env: { ...keys, AWS_REGION: "", AWS_ENDPOINT_URL_KINESIS: "" } });
  await project.config("kinesis:region", "eu-west-1");
  await project.config("aws:region", "us-west-2");
  await project.config("aws:endpoints", JSON.stringify([{ kinesis: kinesis.proxy.url }]));
  await project.config("aws:defaultTags", JSON.stringify({ tags: { team: "data" } }));
  expect((await project.up()).exitCode).toBe(0);
  expect(await project.outputs()).toEqual({ arn: "arn:aws:kinesis:eu-west-1:000000000000:stream/configured" });
  const created = kinesis.proxy.calls.find(({ target }) => target === "CreateStream");
  expect(created?.body).toMatchObject({ Tags: { team: "data" } });

  // An existing stream is called in its own region, whatever the settings say now.
  await project.config("kinesis:region", "us-west-2");
  expect((await project.refresh()).changes).toEqual({ same: 2 });
  expect((await project.destroy()).exitCode).toBe(0);
}, 240_000);

test("a setting that would choose another account, and that is not supported, is refused by name before any call", async () => {
  const project = await kinesis.project(program);
  await project.config("aws:allowedAccountIds", JSON.stringify(["123456789012"]));
  const { exitCode, stdout, output } = await project.up();
  expect(exitCode).not.toBe(0);
  expect(stdout).toMatch(/aws:allowedAccountIds is set, and pulumi-kinesis does not support it/);
  expect(output).not.toMatch(/^\s+at /m);
  expect(kinesis.proxy.targets()).toEqual([]);
}, 120_000);
