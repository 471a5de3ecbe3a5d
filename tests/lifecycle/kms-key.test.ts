import { expect, test } from "@jest/globals";
import { isSameKey, maybeSameKey } from "../../provider/lifecycle/kms-key";

const id = "1234abcd-12ab-34cd-56ef-1234567890ab";
const arn = (resource: string, region = "eu-west-1") => `arn:aws:kms:${region}:123456789012:${resource}`;

test.each([
  [id, id, "same"],
  [id, arn(`key/${id}`), "same"],
  [arn(`key/${id}`), arn(`key/${id}`), "same"],
  [`key/${id}`, id, "same"],
  ["alias/orders", "alias/orders", "same"],
  ["alias/orders", arn("alias/orders"), "same"],
  ["alias/aws/kinesis", arn("alias/aws/kinesis"), "same"],
  ["mrk-1234abcd12ab34cd56ef1234567890ab", arn("key/mrk-1234abcd12ab34cd56ef1234567890ab"), "same"],
  ["alias/orders", id, "unknown"],
  ["alias/orders", arn(`key/${id}`), "unknown"],
  [arn("alias/orders"), arn(`key/${id}`), "unknown"],
  ["alias/orders", "alias/bills", "other"],
  [id, id.replace("1", "2"), "other"],
  [arn(`key/${id}`), arn(`key/${id}`, "us-east-1"), "other"],
  [arn("alias/orders"), arn("alias/orders", "us-east-1"), "other"],
])("%s and %s: %s", (left, right, verdict) => {
  for (const [a, b] of [
    [left, right],
    [right, left],
  ] as const) {
    expect(isSameKey(a, b)).toBe(verdict === "same");
    expect(maybeSameKey(a, b)).toBe(verdict !== "other");
  }
});
