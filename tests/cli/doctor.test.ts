import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { AwsQuestion } from "../../provider/cli/doctor/aws";
import { checkAws } from "../../provider/cli/doctor/aws";
import { checkBundled, checkEngine } from "../../provider/cli/doctor/engine";
import type { Finding } from "../../provider/cli/doctor/finding";
import { checkNode, checkPulumiPackage } from "../../provider/cli/doctor/packages";
import { checkRegion, REGIONS } from "../../provider/cli/doctor/regions";
import { admits } from "../../provider/cli/doctor/versions";
import { realPlatform } from "../../provider/platform";
import { awsRegions } from "../client/aws-regions";
import type { Behaviour, MisbehavingServer } from "../client/misbehaving-server";
import { ok, refuse, silence, startMisbehavingServer } from "../client/misbehaving-server";
import { isWrite } from "../support/counting-proxy";
import { cli } from "./cli";

const directory = mkdtempSync(join(tmpdir(), "doctor-"));
let server: MisbehavingServer;
beforeAll(async () => {
  server = await startMisbehavingServer();
});
afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

function file(name: string, text: string): string {
  const path = join(directory, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const KEYS = { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: SECRET };
/** As AWS words it. */
const NOT_FOUND = refuse(
  400,
  "ResourceNotFoundException",
  "Stream pulumi-kinesis-doctor under account 111122223333 not found.",
);
const denied = (action: string) =>
  refuse(
    400,
    "AccessDeniedException",
    `User: arn:aws:iam::111122223333:user/alice is not authorized to perform: kinesis:${action}`,
  );
const LIMITS = { ShardLimit: 200, OpenShardCount: 7, OnDemandStreamCount: 1, OnDemandStreamCountLimit: 50 };

/** An account in which all may be asked and nothing is there, but for what `operations` says. */
const account =
  (operations: Record<string, Behaviour> = {}): Behaviour =>
  (response, seen, socket) => {
    const usual: Record<string, Behaviour> = {
      DescribeLimits: ok(LIMITS),
      DescribeAccountSettings: ok({}),
      ListStreams: ok({ StreamNames: [], HasMoreStreams: false }),
    };
    (operations[seen.operation] ?? usual[seen.operation] ?? NOT_FOUND)(response, seen, socket);
  };

beforeEach(() => {
  server.script();
  server.otherwise(account());
});

let askedTimes = 0;
async function ask(question: Partial<AwsQuestion> = {}, env: Record<string, string> = KEYS, withinMs = 5_000) {
  // Another key each time, as AWS's rates are kept for all that one asks.
  const key = env.AWS_ACCESS_KEY_ID && { AWS_ACCESS_KEY_ID: `AKIAIOSFODN${askedTimes++}EXAMPLE` };
  const platform = { ...realPlatform, env: { HOME: directory, ...env, ...key } };
  return checkAws({ uses: ["Stream"], region: "eu-west-1", endpoint: server.url, ...question }, platform, withinMs);
}
const of = (findings: readonly Finding[], check: string) => findings.filter((finding) => finding.check === check);

describe("asks AWS", () => {
  test("who calls, by what clock, what is allowed and how much of the quotas is used, and writes nothing", async () => {
    const findings = await ask();
    expect(findings.filter(({ status }) => status === "problem")).toEqual([]);
    expect(of(findings, "region")[0]?.found).toBe("eu-west-1, from --region");
    expect(of(findings, "credentials")[0]?.found).toBe(
      "the keys in the environment (AWS_ACCESS_KEY_ID …MPLE): account 111122223333",
    );
    expect(of(findings, "clock")).toMatchObject([{ status: "ok" }]);
    expect(of(findings, "quotas")[0]?.found).toBe("7 of 200 open shards, 1 of 50 on-demand streams");
    const [allowed, untried] = of(findings, "permissions");
    expect(allowed?.found).toBe(
      "allowed on streams in general: DescribeLimits, DescribeStream, DescribeStreamSummary, ListShards, " +
        "ListStreamConsumers, ListStreams, ListTagsForStream",
    );
    expect(untried).toMatchObject({ status: "unknown", found: expect.stringMatching(/would write: .*CreateStream/) });
    expect(server.seen.filter(({ operation }) => isWrite(operation))).toEqual([]);
  });

  test("for consumers and policies by the ARN of the stream that is named", async () => {
    const uses: AwsQuestion["uses"] = ["StreamConsumer", "ResourcePolicy"];
    const [allowed] = of(await ask({ uses, stream: "orders" }), "permissions");
    expect(allowed?.found).toMatch(/^allowed on stream orders: .*DescribeStreamConsumer, GetResourcePolicy/);
    const asked = server.seen.find(({ operation }) => operation === "ListTagsForResource");
    expect(asked?.body).toMatch(/"arn:aws:kinesis:eu-west-1:111122223333:stream\/orders\/consumer\/[^"]+"/);
  });

  test("an action that is denied on a stream of yours is a problem, with the policy that mends it", async () => {
    server.otherwise(
      account({ ListShards: denied("ListShards"), DescribeStreamSummary: denied("DescribeStreamSummary") }),
    );
    const findings = await ask({ stream: "orders" });
    expect(of(findings, "credentials")[0]?.found).toMatch(/: arn:aws:iam::111122223333:user\/alice$/);
    expect(of(findings, "permissions")).toContainEqual({
      check: "permissions",
      status: "problem",
      found: "denied on stream orders: DescribeStreamSummary, ListShards",
      advice:
        "Allow what `pulumi-kinesis iam-policy --stream orders --region eu-west-1 --account 111122223333 --for Stream` prints.",
    });
  });

  test("one that is denied on a stream that isn't there may be allowed on others: a warning", async () => {
    server.otherwise(account({ ListShards: denied("ListShards") }));
    const [, finding] = of(await ask(), "permissions");
    expect(finding).toMatchObject({ status: "warning", advice: expect.stringMatching(/run doctor with --stream/) });
  });

  test("one that a program can do without is a warning that says what is lost", async () => {
    server.otherwise(account({ DescribeLimits: denied("DescribeLimits") }));
    const findings = await ask({ stream: "orders" });
    expect(findings.filter(({ status }) => status === "problem")).toEqual([]);
    expect(of(findings, "permissions")[1]?.found).toBe(
      "denied: DescribeLimits; a preview doesn't check the shard quota",
    );
    expect(of(findings, "quotas")[0]).toMatchObject({ status: "unknown" });
  });

  test("a quota that is nearly used up is a warning", async () => {
    server.otherwise(account({ DescribeLimits: ok({ ...LIMITS, OpenShardCount: 180 }) }));
    expect(of(await ask(), "quotas")[0]).toMatchObject({
      status: "warning",
      found: expect.stringMatching(/^180 of 200/),
    });
  });

  test("anything that is refused for another reason than permission is no clear answer", async () => {
    server.otherwise(account({ ListShards: refuse(400, "UnknownOperationException") }));
    const findings = of(await ask(), "permissions");
    expect(findings).toContainEqual({
      check: "permissions",
      status: "unknown",
      found: "no clear answer to ListShards",
    });
  });
});

// SigV4 admits five minutes: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
test.each([
  [-30, "ok", /^30 s behind/],
  [120, "warning", /^120 s ahead of/],
  [-200, "warning", /^200 s behind/],
  [600, "problem", /^600 s ahead of/],
])("a clock that is %d seconds off is %s", async (seconds, status, found) => {
  const late: Behaviour = (...answer) => {
    const date = new Date(Date.now() - seconds * 1000).toUTCString();
    refuse(400, "ResourceNotFoundException", "not found", { date })(...answer);
  };
  server.otherwise(account({ DescribeStreamSummary: late }));
  const [clock] = of(await ask(), "clock");
  expect(clock?.status).toBe(status);
  expect(clock?.found.replace(/\d+/, (text) => String(Math.round(Number(text) / 10) * 10))).toMatch(found);
});

describe("what keeps AWS from being asked", () => {
  test("no region", async () => {
    const findings = await ask({ region: undefined as never });
    expect(findings).toEqual([
      {
        check: "region",
        status: "problem",
        found: "No AWS region is set",
        advice: "Give --region, set AWS_REGION, or `region` in your AWS profile.",
      },
      ...["credentials", "permissions", "quotas"].map((check) => ({
        check,
        status: "unknown",
        found: "not asked for",
      })),
    ]);
  });

  test("a profile that isn't there", async () => {
    const [finding] = of(await ask({ profile: "nobody" }), "profile");
    expect(finding).toMatchObject({ status: "problem", found: expect.stringMatching(/"nobody"/) });
  });

  test.each([
    ["UnrecognizedClientException", /Get new credentials/],
    ["ExpiredTokenException", /Get new credentials/],
    ["SubscriptionRequiredException", /Sign the account up/],
  ])("%s", async (code, advice) => {
    server.otherwise(refuse(400, code, "The security token included in the request is invalid."));
    const findings = await ask();
    expect(of(findings, "credentials")[0]).toMatchObject({ status: "problem", advice: expect.stringMatching(advice) });
    expect(of(findings, "permissions")).toEqual([{ check: "permissions", status: "unknown", found: "not asked for" }]);
    expect(new Set(server.seen.map(({ operation }) => operation))).toEqual(new Set(["DescribeStreamSummary"]));
  });

  test("nothing that answers there", async () => {
    const [finding] = of(await ask({ endpoint: "http://127.0.0.1:9" }), "connection");
    expect(finding).toMatchObject({
      status: "problem",
      found: expect.stringMatching(/^nothing answers at 127.0.0.1:9/),
    });
    expect(finding?.advice).toMatch(/^Check the endpoint/);
  });

  test("something that takes the call and never answers: it is given up", async () => {
    server.otherwise(silence);
    expect(of(await ask({}, KEYS, 1_500), "connection")).toEqual([
      {
        check: "connection",
        status: "problem",
        found: "no answer came in time",
        advice: "Check the network, VPN and proxy settings (HTTPS_PROXY, NO_PROXY).",
      },
    ]);
  });
});

test("what isn't AWS's own endpoint is a warning, and one of AWS's others isn't", async () => {
  expect(of(await ask(), "endpoint")[0]).toMatchObject({
    status: "warning",
    found: `${server.url}/, from --endpoint, is not AWS's own: an emulator, or a gateway of your network`,
  });
  const vpce = "https://vpce-1-2.kinesis.eu-west-1.vpce.amazonaws.com";
  // Nobody is asked: without keys there is nothing to sign with.
  const AWS_CONFIG_FILE = file("empty", "");
  const env = { AWS_CONFIG_FILE, AWS_EC2_METADATA_DISABLED: "true", AWS_ENDPOINT_URL_KINESIS: vpce };
  const findings = await ask({ endpoint: undefined as never }, env);
  expect(of(findings, "endpoint")[0]).toMatchObject({
    status: "ok",
    found: `${vpce}/, AWS's, from AWS_ENDPOINT_URL_KINESIS`,
  });
  expect(of(findings, "credentials")[0]).toMatchObject({ status: "problem", found: "No AWS credentials were found" });
});

describe("a region", () => {
  test("that AWS lists is fine, and the lists are the same", () => {
    expect([...REGIONS].sort()).toEqual(awsRegions().sort());
    expect(checkRegion("eu-west-1", "eu-west-1, from --region")).toMatchObject({ status: "ok" });
  });

  test("that it doesn't list is a warning, as it may be new", () => {
    expect(checkRegion("mars-1", "mars-1, from --region")).toEqual({
      check: "region",
      status: "warning",
      found: "mars-1, from --region: no region of AWS that this release knows of",
      advice: "Write one like eu-central-1, unless it is a new one.",
    });
    expect(checkRegion("eu-centrall-1", "").advice).toBe(
      "Write eu-central-1 if that is meant, unless it is a new one.",
    );
  });

  test("is looked at where AWS is called, and an emulator takes any", async () => {
    expect(of(await ask({ region: "mars-1" }), "region")).toMatchObject([{ status: "ok" }]);
    const AWS_CONFIG_FILE = file("no-keys", "");
    // Nobody is asked: without keys there is nothing to sign with.
    const env = { AWS_CONFIG_FILE, AWS_EC2_METADATA_DISABLED: "true" };
    const findings = await ask({ region: "mars-1", endpoint: undefined as never }, env);
    expect(findings.slice(0, 2)).toMatchObject([
      { check: "region", status: "warning" },
      { check: "endpoint", status: "ok" },
    ]);
  });
});

test("says no secret, not even one that AWS quotes", async () => {
  server.otherwise(refuse(400, "InvalidSignatureException", `The signature of ${SECRET} does not match`));
  expect(JSON.stringify(await ask())).not.toContain(SECRET);
  server.otherwise(
    account({ ListShards: refuse(400, "Strange", SECRET), DescribeLimits: refuse(400, "Strange", SECRET) }),
  );
  expect(JSON.stringify(await ask())).not.toContain(SECRET);
});

test.each([
  [">=20.18.1", "20.18.1", true],
  [">=20.18.1", "v22.0.0", true],
  [">=20.18.1", "20.18.0", false],
  [">=20.18.1", "18.20.8", false],
  ["^3.216.0", "v3.216.0", true],
  ["^3.216.0", "v3.300.1-alpha.5", true],
  ["^3.216.0", "v3.215.9", false],
  ["^3.216.0", "v4.0.0", false],
  ["^3.216.0", "dev", undefined],
])("%s admits %s: %s", (range, version, expected) => {
  expect(admits(range, version)).toBe(expected);
});

test("an old Node.js is a problem", () => {
  expect(checkNode("18.20.8")).toMatchObject({ status: "problem" });
  expect(checkNode(process.versions.node)).toMatchObject({ status: "ok" });
});

describe("@pulumi/pulumi as a program finds it", () => {
  const install = (path: string, version: string) =>
    dirname(
      file(`${path}/node_modules/@pulumi/pulumi/package.json`, JSON.stringify({ name: "@pulumi/pulumi", version })),
    );

  test("missing, too old, and right", () => {
    mkdirSync(join(directory, "none"));
    expect(checkPulumiPackage(join(directory, "none"))).toMatchObject({ status: "warning" });
    install("old", "3.100.0");
    expect(checkPulumiPackage(join(directory, "old"))).toMatchObject({
      status: "problem",
      advice: 'npm install "@pulumi/pulumi@^3.216.0"',
    });
    install("right", "3.245.0");
    mkdirSync(join(directory, "right/inside"));
    expect(checkPulumiPackage(join(directory, "right/inside"))).toMatchObject({ status: "ok" });
  });

  test("twice, as a package brings it, or one that is linked", () => {
    const first = install("twice", "3.245.0");
    const second = install("twice/node_modules/other", "3.230.0");
    file("twice/node_modules/other/package.json", "{}");
    const third = install("elsewhere/linked", "3.240.0");
    symlinkSync(join(directory, "elsewhere/linked"), join(directory, "twice/node_modules/linked"));
    const { status, found } = checkPulumiPackage(join(directory, "twice"));
    expect(status).toBe("warning");
    for (const copy of [first, second, third]) expect(found).toContain(copy);
  });
});

/** https://github.com/pulumi/pulumi/blob/v3.245.0/sdk/go/common/workspace/plugins.go, IsPluginBundled */
const BUNDLED = ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

let folders = 0;
/** A folder for the PATH, of programs by their names. */
function folderOf(programs: readonly string[], text = "binary"): string {
  const at = `bin-${folders++}`;
  for (const program of programs) chmodSync(file(`${at}/${program}`, text), 0o755);
  return join(directory, at);
}
/** One with a whole Pulumi, whose `pulumi` is this script. */
const pulumiThat = (script: string) => folderOf(["pulumi", ...BUNDLED], `#!/bin/sh\n${script}\n`);

describe("the engine on the PATH", () => {
  const pulumi = (script: string) => ({ PATH: `${pulumiThat(script)}:/usr/bin:/bin` });

  test.each([
    ["new enough", "echo v3.245.0", "ok", /^pulumi v3.245.0/],
    ["too old", "echo v3.100.0", "problem", /\^3.216.0 is needed/],
    ["failing", "exit 3", "problem", /exit code 3/],
  ])("%s", async (_, script, status, found) => {
    expect(await checkEngine(pulumi(script), 60_000)).toMatchObject({ status, found: expect.stringMatching(found) });
  });

  test("hanging: it is given up", async () => {
    const finding = await checkEngine(pulumi("exec sleep 30"), 500);
    expect(finding).toMatchObject({ status: "problem", found: expect.stringMatching(/no answer within 0.5 s/) });
  });

  test("not there", async () => {
    const finding = await checkEngine({ PATH: join(directory, "nothing") }, 500);
    expect(finding).toMatchObject({ status: "problem", found: "there is no `pulumi` on the PATH" });
  });
});

describe("an engine without the programs of a release", () => {
  const check = (path: string, platform: NodeJS.Platform = "linux") => checkBundled("pulumi v3", path, platform);

  test("is a problem that names what is missing", () => {
    const alone = folderOf(["pulumi"]);
    expect(check(alone)).toMatchObject({
      status: "problem",
      found: `pulumi v3; not beside ${alone}/pulumi and not on the PATH: ${BUNDLED.join(", ")}`,
      advice: expect.stringMatching(/^Install Pulumi whole: https:/),
    });
    expect(check(folderOf(["pulumi", "pulumi-language-nodejs"])).found).toMatch(/PATH: pulumi-resource-pulumi-nodejs$/);
  });

  test("finds them beside the file that a link leads to, or elsewhere on the PATH", () => {
    const whole = folderOf(["pulumi", ...BUNDLED]);
    const link = join(directory, "link");
    mkdirSync(link);
    symlinkSync(join(whole, "pulumi"), join(link, "pulumi"));
    expect(check(link)).toEqual({ check: "engine", status: "ok", found: "pulumi v3" });
    expect(check(`${folderOf(["pulumi"])}:${folderOf(BUNDLED)}`)).toMatchObject({ status: "ok" });
  });

  test("takes no file for them that can't be run", () => {
    const whole = folderOf(["pulumi", ...BUNDLED]);
    chmodSync(join(whole, "pulumi-language-nodejs"), 0o644);
    expect(check(whole)).toMatchObject({ status: "problem" });
  });

  test("that may be another's starter is a warning: a script, and all on Windows", () => {
    expect(check(folderOf(["pulumi"], "#!/bin/sh\n"))).toMatchObject({ status: "warning" });
    expect(check(folderOf(["pulumi.exe"]), "win32")).toMatchObject({ status: "warning" });
    const whole = folderOf(["pulumi.exe", "pulumi-language-nodejs.exe", "pulumi-resource-pulumi-nodejs.cmd"]);
    expect(check(whole, "win32")).toMatchObject({ status: "ok" });
  });
});

describe("at the terminal", () => {
  test("a problem is exit code 1; as JSON for machines", async () => {
    const { code, stdout, stderr } = await cli(["doctor", "--json"]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    const { ok: isOk, checks } = JSON.parse(stdout);
    expect(isOk).toBe(false);
    expect(checks.map(({ check }: Finding) => check)).toEqual(
      expect.arrayContaining(["node", "pulumi-kinesis", "@pulumi/pulumi", "engine", "region"]),
    );
  });

  test("a credential process that hangs is given up, and the command ends", async () => {
    const AWS_CONFIG_FILE = file("config", "[default]\ncredential_process = sleep 30\n");
    const env = { AWS_CONFIG_FILE, AWS_REGION: "eu-west-1" };
    const { code, stdout } = await cli(["doctor", "--endpoint", server.url], env);
    expect(code).toBe(1);
    expect(stdout).toMatch(/problem {2}credentials +AWS's own chain .*\n.*none came in time\n +-> Look for what hangs/);
  });

  test("no problem is exit code 0, and colours are for terminals and who asks for them", async () => {
    const PATH = `${pulumiThat("echo v3.245.0")}:${process.env.PATH}`;
    const env = { ...KEYS, AWS_REGION: "eu-west-1", PATH };
    const plain = await cli(["doctor", "--endpoint", server.url], env);
    expect(plain).toMatchObject({ code: 0, stderr: "" });
    expect(plain.stdout).toMatch(/^ok {7}node {12}\d/);
    expect(plain.stdout).toMatch(/\n\nno problems, 1 warning\n$/);
    expect(plain.stdout).not.toContain("\u001b");
    const coloured = await cli(["doctor", "--endpoint", server.url], { ...env, FORCE_COLOR: "1" });
    expect(coloured.stdout).toContain("\u001b[32mok");
    const bare = await cli(["doctor", "--endpoint", server.url], { ...env, FORCE_COLOR: "1", NO_COLOR: "1" });
    expect(bare.stdout).not.toContain("\u001b");
  });
});
