import { expect, test } from "@jest/globals";
import { TagClaims, tagOwner } from "../../provider/lifecycle/tag-claims";

const stream = tagOwner("Stream", { __logicalName: "orders", __urn: "urn:orders" });
const billing = tagOwner("StreamTags", { __logicalName: "billing", __urn: "urn:billing" });

test("two resources that want one key are both named, whichever comes first", () => {
  for (const [first, second] of [
    [stream, billing],
    [billing, stream],
  ] as const) {
    const claims = new TagClaims();
    claims.claim("s", first, { team: "a", cost: "1" });
    expect(() => claims.claim("s", second, { team: "a", cost: "1", own: "x" })).toThrow(
      `${second.name} and ${first.name} of this program both have the tags team, cost of stream s: each would undo what the ` +
        "other one sets. Leave each key to one of them.",
    );
  }
});

test("a key that moved is claimed by its new owner only, in whichever order they are checked", () => {
  for (const order of [
    [stream, billing],
    [billing, stream],
  ]) {
    const claims = new TagClaims();
    const wanted = new Map([
      [stream, {}],
      [billing, { team: "a" }],
    ]);
    for (const owner of order) claims.claim("s", owner, wanted.get(owner));
    expect(claims.isAnothers("s", stream, "team")).toBe(true);
    expect(claims.isAnothers("s", billing, "team")).toBe(false);
  }
});

test("a claim replaces the owner's one before, and other streams are other matters", () => {
  const claims = new TagClaims();
  claims.claim("s", stream, { team: "a" });
  claims.claim("other", billing, { team: "b" });
  claims.claim("s", stream, { region: "x" });
  claims.claim("s", billing, { team: "b" });
  expect(claims.isAnothers("s", stream, "team")).toBe(true);
});
