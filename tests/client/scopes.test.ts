import { describe, expect, test } from "@jest/globals";
import { Scopes } from "../../provider/client/scopes";
import { fakePlatform } from "./fake-platform";

const MINUTE_MS = 60_000;

describe("what a call counts against", () => {
  const scopes = new Scopes(fakePlatform());

  test("the stream, however it is named", () => {
    const stream = { stream: "orders", counts: "orders" };
    expect(scopes.of({ StreamName: "orders" })).toEqual(stream);
    expect(scopes.of({ StreamARN: "arn:aws:kinesis:eu-west-1:111122223333:stream/orders" })).toEqual(stream);
    expect(scopes.of({ ConsumerARN: "arn:aws:kinesis:eu-west-1:111122223333:stream/orders/consumer/c:1" })).toEqual(
      stream,
    );
    expect(scopes.of({ StreamId: "abcdefghij0123456789-abc" })).toEqual({
      stream: "abcdefghij0123456789-abc",
      counts: "abcdefghij0123456789-abc",
    });
  });

  test("the shard, of its own stream", () => {
    const of = (input: object) => scopes.of({ ...input, ShardId: "shardId-0" }).counts;
    const all = [of({ StreamName: "a" }), of({ StreamName: "b" }), of({ StreamId: "c" }), of({ StreamId: "d" })];
    expect(new Set(all).size).toBe(4);
  });

  test("nothing but the account", () => {
    expect(scopes.of({})).toEqual({ stream: "", counts: "" });
  });
});

describe("tokens stand for what they were given out for", () => {
  test("pages of ListShards are their stream's", () => {
    const scopes = new Scopes(fakePlatform());
    const first = { StreamName: "orders" };
    const scope = scopes.of(first);
    scopes.remember(scope, first, { Shards: [], NextToken: "page-2" });
    const second = { NextToken: "page-2" };
    expect(scopes.of(second)).toEqual(scope);
    scopes.remember(scopes.of(second), second, { Shards: [], NextToken: "page-3" });
    expect(scopes.of({ NextToken: "page-3" })).toEqual(scope);
  });

  test("iterators are their shard's, until they expire", () => {
    const clock = fakePlatform();
    const scopes = new Scopes(clock);
    const asked = { StreamName: "orders", ShardId: "shardId-0" };
    const scope = scopes.of(asked);
    scopes.remember(scope, asked, { ShardIterator: "first" });
    expect(scopes.of({ ShardIterator: "first" })).toEqual(scope);
    scopes.remember(scopes.of({ ShardIterator: "first" }), { ShardIterator: "first" }, { NextShardIterator: "second" });
    expect(scopes.of({ ShardIterator: "second" })).toEqual(scope);
    // One is remembered for each reader of a shard, not one for each read.
    expect(scopes.of({ ShardIterator: "first" }).counts).toBe("first");
    clock.advance(6 * MINUTE_MS);
    for (let count = 0; count < 1_100; count++) scopes.remember(scope, asked, { ShardIterator: `other ${count}` });
    expect(scopes.of({ ShardIterator: "second" }).counts).toBe("second");
  });

  test("one from elsewhere stands for itself, and for those that follow it", () => {
    const scopes = new Scopes(fakePlatform());
    const foreign = { ShardIterator: "foreign" };
    scopes.remember(scopes.of(foreign), foreign, { NextShardIterator: "next" });
    expect(scopes.of({ ShardIterator: "next" })).toEqual(scopes.of(foreign));
    expect(scopes.of({ ShardIterator: "another" })).not.toEqual(scopes.of(foreign));
  });
});
