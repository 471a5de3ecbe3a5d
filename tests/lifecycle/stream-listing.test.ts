import { beforeEach, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { StreamListing } from "../../provider/lifecycle/stream-listing";

let asked: (string | undefined)[];
beforeEach(() => {
  asked = [];
});

/** An account with these streams, listed as Kinesis does: in the order of their names, after the one that is named. */
const account = (names: readonly string[], pageSize = 100) =>
  new StreamListing({
    listStreams: async ({ ExclusiveStartStreamName: after = "" } = {}) => {
      asked.push(after);
      const rest = names.filter((name) => name > after).sort();
      return { StreamNames: rest.slice(0, pageSize), HasMoreStreams: rest.length > pageSize };
    },
  });

test("what begins with a prefix is found behind more streams than a page has", async () => {
  const names = [...Array.from({ length: 150 }, (_, n) => `many-0${n}-other`), "many-fffffff", "zebra", "man"];
  const found = await account(names).startingWith("many-");
  expect(found).toHaveLength(151);
  expect(found.at(-1)?.name).toBe("many-fffffff");
  expect(asked).toHaveLength(2);
});

test("two hundred resources that look at the same time ask for a page once", async () => {
  const listing = account(["a", "orders-7-1234567", "z"]);
  const looks = Array.from({ length: 200 }, (_, n) => listing.startingWith(`orders-${n}-`));
  expect((await Promise.all(looks)).flat().map(({ name }) => name)).toEqual(["orders-7-1234567"]);
  expect(asked).toEqual(["orders-0-"]);
});

test("finds exactly the streams that there are, whatever was asked before and however small the pages", async () => {
  const name = fc.stringMatching(/^[-.0_aZz]{1,4}$/);
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(name, { maxLength: 20 }),
      fc.array(name, { minLength: 1, maxLength: 10 }),
      fc.integer({ min: 1, max: 4 }),
      async (names, queries, pageSize) => {
        const listing = account(names, pageSize);
        for (const query of queries) {
          const found = await listing.startingWith(query);
          expect(found.map((one) => one.name)).toEqual(
            names.filter((one) => one.startsWith(query) && one !== query).sort(),
          );
        }
      },
    ),
  );
});

test("a listing that IAM does not allow is asked for once; one that failed otherwise again", async () => {
  const failing = (code: string) => {
    let calls = 0;
    const listing = new StreamListing({
      listStreams: async () => {
        calls++;
        throw Object.assign(new Error(code), { code });
      },
    });
    return async () => {
      for (let times = 0; times < 3; times++) await expect(listing.startingWith("orders-")).rejects.toThrow(code);
      return calls;
    };
  };
  expect(await failing("AccessDeniedException")()).toBe(1);
  expect(await failing("InternalFailureException")()).toBe(3);
});
