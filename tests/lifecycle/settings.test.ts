import { describe, expect, test } from "@jest/globals";
import { ProviderContext } from "../../provider/lifecycle/context";
import { readSettings } from "../../provider/lifecycle/settings";
import { realPlatform } from "../../provider/platform";

describe("settings", () => {
  test("are read as kinesis:… before aws:…", () => {
    const config = { "aws:region": "us-east-1", "kinesis:region": "eu-west-1", "aws:profile": "data" };
    expect(readSettings(config)).toEqual({ region: "eu-west-1", profile: "data", defaultTags: {} });
  });

  test.each([
    [
      { "kinesis:profile": "prod", "aws:accessKey": "A", "aws:secretKey": "B" },
      { profile: "prod", defaultTags: {} },
    ],
    [
      { "kinesis:accessKey": "A", "kinesis:secretKey": "B", "aws:token": "T", "aws:profile": "p" },
      { credentials: { accessKeyId: "A", secretAccessKey: "B" }, defaultTags: {} },
    ],
    [
      { "kinesis:region": "eu-west-1", "aws:accessKey": "A", "aws:secretKey": "B", "aws:token": "T" },
      {
        region: "eu-west-1",
        credentials: { accessKeyId: "A", secretAccessKey: "B", sessionToken: "T" },
        defaultTags: {},
      },
    ],
  ])("that say who calls come from one namespace: %j", (config, settings) => {
    expect(readSettings(config)).toEqual(settings);
  });

  test("take the Kinesis endpoint from pulumi-aws's list of endpoints", () => {
    const endpoints = JSON.stringify([{ s3: "http://localhost:1" }, { kinesis: "http://localhost:2" }]);
    expect(readSettings({ "aws:endpoints": endpoints }).endpoint).toBe("http://localhost:2");
  });

  test("take default tags from pulumi-aws", () => {
    expect(readSettings({ "aws:defaultTags": '{"tags":{"team":"data"}}' }).defaultTags).toEqual({ team: "data" });
  });

  test("of other namespaces are none of ours", () => {
    expect(readSettings({ "app:region": "x", "aws:skipMetadataApiCheck": "true" })).toEqual({ defaultTags: {} });
  });

  test.each([
    ["kinesis:regoin", "x", /kinesis:regoin is not a setting of pulumi-kinesis/],
    ["aws:assumeRole", '{"roleArn":"r"}', /aws:assumeRole is set.*profile/],
    ["aws:assumeRoles", '[{"roleArn":"r"}]', /aws:assumeRoles is set/],
    ["aws:allowedAccountIds", '["123456789012"]', /aws:allowedAccountIds is set/],
    ["aws:forbiddenAccountIds", '["123456789012"]', /aws:forbiddenAccountIds is set/],
    ["aws:accessKey", "AKIA", /accessKey and secretKey belong together/],
    ["kinesis:defaultTags", "not json", /kinesis:defaultTags must be JSON/],
    ["kinesis:defaultTags", '{"tags":{"a":1}}', /defaultTags must look like/],
    ["kinesis:defaultTags", '{"team":"data"}', /defaultTags must look like \{"tags": /],
    ["kinesis:defaultTags", '{"tag":{"team":"data"}}', /defaultTags must look like \{"tags": /],
  ])("%s that could lead to another account or mean nothing is refused by name", (key, value, message) => {
    expect(() => readSettings({ [key]: value })).toThrow(message);
  });
});

test("a refused setting fails every use, not only the first: Pulumi goes on after a failed configure", async () => {
  const context = new ProviderContext(realPlatform);
  context.configure({ "aws:assumeRole": '{"roleArn":"r"}' });
  expect(() => context.settings).toThrow(/aws:assumeRole/);
  await expect(context.session("us-east-1")).rejects.toThrow(/aws:assumeRole/);
  await expect(context.session("us-east-1")).rejects.toThrow(/aws:assumeRole/);
});
