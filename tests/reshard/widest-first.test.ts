import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { widestFirst } from "../../provider/reshard/widest-first";

const even = (shards: number) => Array.from({ length: shards + 1 }, (_, at) => BigInt(at));

test("one shard into eight: halves, quarters, eighths", () => {
  expect(widestFirst(even(8), [{ below: 0, above: 8 }])).toEqual([4, 2, 6, 1, 3, 5, 7]);
});

test("the widest of several shards is split first", () => {
  expect(
    widestFirst(
      [0n, 1n, 2n, 10n, 20n],
      [
        { below: 0, above: 2 },
        { below: 2, above: 4 },
      ],
    ),
  ).toEqual([3, 1]);
});

test("every cut comes once, each splits the widest shard with a cut to add, and no other cut is nearer its middle", () => {
  const cuts = fc
    .uniqueArray(fc.bigInt({ min: 1n, max: (1n << 128n) - 1n }), { minLength: 1, maxLength: 40 })
    .map((inside) => [0n, ...inside.sort((a, b) => (a < b ? -1 : 1)), 1n << 128n]);
  fc.assert(
    fc.property(cuts, (keys) => {
      const order = widestFirst(keys, [{ below: 0, above: keys.length - 1 }]);
      expect([...order].sort((a, b) => a - b)).toEqual(keys.slice(1, -1).map((_, at) => at + 1));
      const there = [0, keys.length - 1];
      const width = (below: number, above: number) => Number((keys[above] as bigint) - (keys[below] as bigint));
      for (const place of order) {
        const shards = there.slice(1).map((above, at) => ({ below: there[at] as number, above }));
        const splittable = shards.filter(({ below, above }) => above - below > 1);
        const widest = Math.max(...splittable.map(({ below, above }) => width(below, above)));
        const split = splittable.find(({ below, above }) => below < place && place < above);
        if (!split) throw new Error("a cut outside of all shards");
        expect(width(split.below, split.above)).toBe(widest);
        const off = (at: number) => {
          const twice = 2n * (keys[at] as bigint) - (keys[split.below] as bigint) - (keys[split.above] as bigint);
          return twice < 0n ? -twice : twice;
        };
        for (let at = split.below + 1; at < split.above; at++) expect(off(at) + 1n >= off(place)).toBe(true);
        there.push(place);
        there.sort((a, b) => a - b);
      }
    }),
  );
});
