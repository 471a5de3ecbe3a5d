import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import type { Tags } from "../../provider/lifecycle/tags";
import { ownedTags, planTagChanges, refuseTooManyTags } from "../../provider/lifecycle/tags";

describe("tag changes", () => {
  test.each<[string, Tags, Tags, Tags, ReturnType<typeof planTagChanges>]>([
    ["nothing to do", { a: "1" }, { a: "1" }, { a: "1" }, { set: {}, remove: [] }],
    ["a new tag", {}, {}, { a: "1" }, { set: { a: "1" }, remove: [] }],
    ["another value", { a: "1" }, { a: "1" }, { a: "2" }, { set: { a: "2" }, remove: [] }],
    ["a tag no longer wanted", { a: "1" }, { a: "1" }, {}, { set: {}, remove: ["a"] }],
    ["somebody else's tag", { b: "1" }, {}, {}, { set: {}, remove: [] }],
    ["an owned tag that is gone already", {}, { a: "1" }, {}, { set: {}, remove: [] }],
    ["a tag somebody removed behind our back", {}, { a: "1" }, { a: "1" }, { set: { a: "1" }, remove: [] }],
    [
      "a key that JavaScript's objects have too",
      {},
      {},
      { constructor: "1" },
      { set: { constructor: "1" }, remove: [] },
    ],
  ])("%s", (_, observed, owned, desired, expected) => {
    expect(planTagChanges(observed, owned, desired)).toEqual(expected);
  });

  test("that AWS has no room for are refused with the keys and the limit; what is removed makes room, AWS's own take none", () => {
    const tags = (count: number): Tags => Object.fromEntries([...Array(count).keys()].map((n) => [`k${n}`, "v"]));
    const attempt = (observed: Tags, owned: Tags, desired: Tags) => () =>
      refuseTooManyTags("stream orders", observed, planTagChanges(observed, owned, desired));
    expect(attempt(tags(49), {}, { a: "1", b: "2" })).toThrow(
      "stream orders has 49 tags that stay, and AWS allows 50: there is no room for b, and",
    );
    expect(attempt(tags(50), {}, { k1: "other" })).not.toThrow();
    expect(attempt(tags(50), { k1: "v" }, { a: "1" })).not.toThrow();
    expect(attempt({ ...tags(49), "aws:cloudformation:stack-name": "s" }, {}, { a: "1" })).not.toThrow();
  });

  test("make the owned keys what is desired and leave all others alone", () => {
    const tags = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.constantFrom("1", "2"));
    fc.assert(
      fc.property(tags, tags, tags, (observed, owned, desired) => {
        const { set, remove } = planTagChanges(observed, owned, desired);
        const after = { ...observed, ...set };
        for (const key of remove) delete after[key];
        expect(ownedTags(after, { ...owned, ...desired })).toEqual(desired);
        const foreign = (all: Tags) => Object.entries(all).filter(([key]) => !(key in owned) && !(key in desired));
        expect(foreign(after)).toEqual(foreign(observed));
      }),
    );
  });
});
