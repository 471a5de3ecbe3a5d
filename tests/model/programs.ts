/** What fast-check draws: programs of a stack, and what happens to it and to its streams between one `up` and the next. */
import * as fc from "fast-check";
import type { Declared } from "../support/engine-imitation";

export const KEYS = ["k1", "k2", "k3"] as const;
export type Key = (typeof KEYS)[number];
export const LOGICAL_NAMES = ["a", "b"] as const;
export type LogicalName = (typeof LOGICAL_NAMES)[number];

/** A tag, and which resource has it: the stream itself, or one of two StreamTags. */
export interface TagSpec {
  readonly owner: "stream" | "first" | "second";
  readonly value: "1" | "2";
}

export interface StreamSpec {
  /** The name argument: `a-x`; left out for "auto", which keeps the one that there is. */
  readonly name: "auto" | "x" | "y";
  /** 0: in ON_DEMAND mode. */
  readonly shards: number;
  readonly retention: 24 | 48;
  readonly metrics: boolean;
  readonly tags: Readonly<Partial<Record<Key, TagSpec>>>;
  readonly consumer: boolean;
}

/** A program: the streams of a stack with what belongs to them. */
export type Spec = Readonly<Partial<Record<LogicalName, StreamSpec>>>;

export interface Kill {
  /** So many calls of the run are answered; at the next one it is killed. */
  readonly at: number;
  readonly when: "before" | "after";
}

export const MEDDLINGS = [
  "a tag of theirs",
  "our tag removed",
  "our tag changed",
  "a split",
  "retention",
  "deleted",
  "re-created",
] as const;
export type Meddling = (typeof MEDDLINGS)[number];

export type Step =
  | {
      readonly do: "up";
      /** Undefined: the one that there was. */
      readonly program?: Spec | undefined;
      readonly refresh?: boolean;
      readonly oneByOne?: boolean;
      readonly kill?: Kill | undefined;
    }
  | { readonly do: "refresh" }
  | { readonly do: "meddle"; readonly stream: LogicalName; readonly how: Meddling }
  | { readonly do: "destroy"; readonly kill?: Kill | undefined };

export interface Story {
  /** What the provider's own chance is drawn from. */
  readonly seed: number;
  readonly steps: readonly Step[];
}

const tag = fc.record<TagSpec>({
  owner: fc.constantFrom("stream", "first", "second"),
  value: fc.constantFrom("1", "2"),
});
const stream = fc.record<StreamSpec>({
  name: fc.constantFrom("auto", "x", "x", "y"),
  shards: fc.constantFrom(1, 2, 3, 4, 2, 3, 0),
  retention: fc.constantFrom(24, 48),
  metrics: fc.boolean(),
  tags: fc.record({ k1: tag, k2: tag, k3: tag }, { requiredKeys: [], noNullPrototype: true }),
  consumer: fc.boolean(),
});
const spec: fc.Arbitrary<Spec> = fc.record({ a: stream, b: stream }, { requiredKeys: ["a"], noNullPrototype: true });
const kill = fc.option(fc.record<Kill>({ at: fc.nat({ max: 25 }), when: fc.constantFrom("before", "after") }), {
  nil: undefined,
  freq: 2,
});
const firstUp: fc.Arbitrary<Step> = fc.record({ do: fc.constant("up" as const), program: spec, kill });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("up" as const),
      program: spec,
      refresh: fc.boolean(),
      oneByOne: fc.boolean(),
      kill,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("up" as const), refresh: fc.boolean(), oneByOne: fc.boolean(), kill }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("meddle" as const),
      stream: fc.constantFrom(...LOGICAL_NAMES),
      how: fc.constantFrom(...MEDDLINGS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("refresh" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("destroy" as const), kill }) },
);

/** An `up`, and what comes after it. */
export const stories = (mostSteps: number): fc.Arbitrary<Story> =>
  fc.record({
    seed: fc.nat(),
    steps: fc
      .tuple(firstUp, fc.array(step, { minLength: 1, maxLength: mostSteps - 1, size: "max" }))
      .map(([first, others]) => [first, ...others]),
  });

const tagsOf = ({ tags }: StreamSpec, owner: TagSpec["owner"]) =>
  Object.fromEntries(KEYS.flatMap((key) => (tags[key]?.owner === owner ? [[key, tags[key].value]] : [])));

export const consumerName = (streamName: unknown, account: string) => `r-${streamName}-${account}`;

/** The program as the engine gets it. A consumer has a name that no other stream has one of: the emulator mixes them up. */
export function declaredBy(spec: Spec, account: string): Declared[] {
  return LOGICAL_NAMES.flatMap((name) => {
    const stream = spec[name];
    if (stream === undefined) return [];
    const { shards, retention, metrics } = stream;
    const declared: Declared[] = [
      {
        kind: "Stream",
        name,
        args: {
          ...(stream.name === "auto" ? {} : { name: `${name}-${stream.name}` }),
          ...(shards === 0 ? { streamModeDetails: { streamMode: "ON_DEMAND" } } : { shardCount: shards }),
          retentionPeriod: retention,
          shardLevelMetrics: metrics ? ["IncomingBytes"] : [],
          tags: tagsOf(stream, "stream"),
        },
      },
    ];
    for (const owner of ["first", "second"] as const) {
      const tags = tagsOf(stream, owner);
      if (Object.keys(tags).length === 0) continue;
      declared.push({
        kind: "StreamTags",
        name: `${name} ${owner}`,
        args: (of) => ({ streamArn: of(name).arn, tags }),
      });
    }
    if (stream.consumer) {
      declared.push({
        kind: "StreamConsumer",
        name: `${name} consumer`,
        args: (of) => ({ streamArn: of(name).arn, name: consumerName(of(name).name, account) }),
      });
    }
    return declared;
  });
}
