import { expect, test } from "@jest/globals";
import { UNKNOWN } from "../../provider/lifecycle/check-inputs";
import { ProviderContext } from "../../provider/lifecycle/context";
import { resourcePolicyResource } from "../../provider/lifecycle/resource-policy";
import { realPlatform } from "../../provider/platform";

const resource = resourcePolicyResource(new ProviderContext(realPlatform));
const resourceArn = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders";
const policy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "kinesis:PutRecord", Resource: resourceArn }],
});

test.each([
  [{ policy }, "resourceArn", /is required/],
  [{ policy, resourceArn: "orders" }, "resourceArn", /must be the ARN of a stream.*or of a consumer/],
  [{ resourceArn }, "policy", /is required/],
  [{ resourceArn, policy: { Statement: [] } }, "policy", /must be JSON text: write JSON.stringify/],
  [{ resourceArn, policy: "{" }, "policy", /must be JSON: /],
  [{ resourceArn, policy, overwrite: "yes" }, "overwrite", /true or false/],
  [{ resourceArn, policy, region: "us-east-1" }, "region", /is not the region of resourceArn, eu-west-1/],
  [{ resourceArn, policy, arn: "x" }, "arn", /is not an argument of ResourcePolicy; these are/],
  [{ resourceArn, policy, overWrite: true }, "overWrite", /did you mean overwrite\?/],
])("%j fails on one property before any call", async (news, property, reason) => {
  const { failures } = await resource.check({}, { __logicalName: "p", ...news });
  expect(failures).toEqual([{ property, reason: expect.stringMatching(reason) }]);
});

test.each([resourceArn, `${resourceArn}/consumer/reporting:1700000000`, UNKNOWN])(
  "%s may have a policy",
  async (arn) => {
    expect((await resource.check({}, { __logicalName: "p", resourceArn: arn, policy })).failures).toEqual([]);
  },
);

test.each([
  ["the same policy in another writing", { resourceArn, policy: ` ${policy}` }, { changes: false }],
  ["another policy", { resourceArn, policy: policy.replace("Allow", "Deny") }, {}],
  ["a policy that is not known yet", { resourceArn, policy: UNKNOWN }, {}],
  ["another resource", { resourceArn: `${resourceArn}2`, policy }, { changes: true, replaces: ["resourceArn"] }],
])("%s", async (_, news, diff) => {
  expect(await resource.diff(resourceArn, { resourceArn, policy }, news)).toEqual(diff);
});
