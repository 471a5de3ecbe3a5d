import { expect, test } from "@jest/globals";
import { Identities } from "../../provider/lifecycle/identity";
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
        "other one sets. Leave each key to one of them; the stack's default tags (kinesis:defaultTags) are tags of every Stream.",
    );
  }
});

test("a key that moved is left to its new owner, in whichever order they are checked", () => {
  for (const order of [
    [stream, billing],
    [billing, stream],
  ]) {
    const claims = new TagClaims();
    const wanted = new Map([
      [stream, {}],
      [billing, { team: "a" }],
    ]);
    for (const owner of order) claims.claim("s", owner, wanted.get(owner), owner === stream ? { team: "a" } : {});
    expect(claims.isTaken("s", stream, "team", "a")).toBe(true);
    // The new owner wants another value: what is there is the old owner's still.
    expect(claims.isTaken("s", stream, "team", "old")).toBe(false);
    expect(claims.isTaken("s", billing, "team", "a")).toBe(false);
    expect([claims.isGivenUp("s", "team"), claims.isGivenUp("s", "cost"), claims.isGivenUp("t", "team")]).toEqual([
      true,
      false,
      false,
    ]);
  }
});

test("a claim replaces the owner's one before, and other streams are other matters", () => {
  const claims = new TagClaims();
  claims.claim("s", stream, { team: "a" });
  claims.claim("other", billing, { team: "b" });
  claims.claim("s", stream, { region: "x" });
  claims.claim("s", billing, { team: "b" });
  expect(claims.isTaken("s", stream, "team", "b")).toBe(true);
});

test("what a created resource has is not removed with the one that it replaces", () => {
  const claims = new TagClaims();
  claims.claim("s", billing, { team: "a" });
  expect(claims.isTaken("s", billing, "team", "a")).toBe(false);
  claims.isCreated("s", billing);
  expect(claims.isTaken("s", billing, "team", "a")).toBe(true);
});

test("a resource under an alias that is replaced is checked twice, under two identities, and is one", () => {
  const identities = new Identities();
  const [written, inState] = [
    { __logicalName: "new", __urn: "urn:new" },
    { __logicalName: "old", __urn: "urn:old" },
  ];
  const claims = new TagClaims();
  for (const [checked, isInState] of [
    [inState, true],
    [written, false],
  ] as const) {
    claims.forget(identities.ofChecked(written, checked, isInState));
    claims.claim("s", tagOwner("StreamTags", checked), { team: "a" });
  }
});
