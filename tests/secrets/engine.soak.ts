/** All that the real engine does with a stack of secrets, with each source of credentials, also where AWS refuses it in its own words. */
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import type { OperationOptions, OperationResult, PulumiProject } from "../pulumi/harness";
import { useKinesis } from "../pulumi/kinesis-project";
import type { Place } from "./leaks";
import {
  CREDENTIALS,
  ENVIRONMENT,
  LOUD,
  leaksOf,
  leftOf,
  nextProgram,
  program,
  setKeys,
  setSecrets,
  useEcho,
} from "./secret-project";

const kinesis = useKinesis();
const echo = useEcho();

interface Credentials {
  readonly source: string;
  /** The session token that AWS must get. */
  readonly token: string;
  /** Sets them up. @returns what the environment has to say of them */
  readonly prepare: (project: PulumiProject) => Promise<Record<string, string>>;
}

const SOURCES: readonly Credentials[] = [
  { source: "the environment", token: CREDENTIALS.environmentToken, prepare: async () => ({}) },
  {
    source: "the stack's configuration",
    token: CREDENTIALS.token,
    prepare: async (project) => {
      await setKeys(project);
      return {};
    },
  },
  {
    source: "a profile in a credentials file of the project",
    token: CREDENTIALS.profileToken,
    prepare: async (project) => {
      const { profileKey, profileToken } = CREDENTIALS;
      const file = join(project.directory, "credentials");
      await writeFile(
        file,
        `[ci]\naws_access_key_id = AKIAPROFILEEXAMPLE00\naws_secret_access_key = ${profileKey}\naws_session_token = ${profileToken}\n`,
      );
      await project.config("kinesis:profile", "ci");
      return { AWS_SHARED_CREDENTIALS_FILE: file };
    },
  },
  {
    source: "a credential_process",
    token: CREDENTIALS.processToken,
    prepare: async (project) => {
      const { processKey: SecretAccessKey, processToken: SessionToken } = CREDENTIALS;
      const said = { Version: 1, AccessKeyId: "AKIAPROCESSEXAMPLE00", SecretAccessKey, SessionToken };
      const script = join(project.directory, "credentials.sh");
      await writeFile(script, `#!/bin/sh\necho '${JSON.stringify(said)}'\n`);
      await chmod(script, 0o700);
      const file = join(project.directory, "config");
      await writeFile(file, `[profile ci]\ncredential_process = "${script}"\n`);
      await project.config("kinesis:profile", "ci");
      return { AWS_CONFIG_FILE: file };
    },
  },
];

test.each(SOURCES)(
  "credentials of $source: previews, an update, a refresh and a destroy, refused and not, tell no secret",
  async ({ token, prepare }) => {
    const project = await kinesis.project(program(), { env: ENVIRONMENT });
    await setSecrets(project);
    const env = await prepare(project);
    const works: OperationOptions = { args: LOUD, env };
    const denied: OperationOptions = { args: LOUD, env: { ...env, AWS_ENDPOINT_URL_KINESIS: echo.url } };
    const runs: OperationResult[] = [];
    const left: Place[] = [];
    /** Refused by a server that says all back that it was sent, and then done. */
    const run = async (what: "up" | "refresh" | "destroy") => {
      const refused = await project[what](denied);
      expect(refused.exitCode).not.toBe(0);
      expect(refused.output).toContain("AccessDeniedException");
      left.push(...(await leftOf(project)));
      const done = await project[what](works);
      expect(done.exitCode).toBe(0);
      left.push(...(await leftOf(project)));
      runs.push(refused, done);
      return done;
    };
    const answered = echo.seen.length;
    kinesis.proxy.reset();
    runs.push(await project.preview(denied), await project.preview(works));
    await run("up");
    await project.writeProgram(nextProgram());
    runs.push(await project.preview({ ...works, args: [...LOUD, "--diff"] }));
    expect((await run("up")).changes).toMatchObject({ update: 3 });
    await run("refresh");
    await run("destroy");
    expect(leaksOf(runs, left)).toEqual([]);
    for (const { headers } of [...kinesis.proxy.calls, ...echo.seen.slice(answered)])
      expect(headers["x-amz-security-token"]).toBe(token);
  },
  1_200_000,
);
