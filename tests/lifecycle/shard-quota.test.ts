import { expect, test } from "@jest/globals";
import { AccessDeniedException } from "../../provider/errors";
import { headRoom, ShardQuota } from "../../provider/lifecycle/shard-quota";

function account(open: number) {
  const limits = { ShardLimit: 50, OpenShardCount: open, OnDemandStreamCount: 0, OnDemandStreamCountLimit: 50 };
  let asked = 0;
  const describeLimits = async () => {
    asked += 1;
    return limits;
  };
  return { client: { describeLimits }, asked: () => asked };
}

test("what each stream will have more is counted for the others, and AWS is asked once", async () => {
  const { client, asked } = account(10);
  const quota = new ShardQuota(client);
  quota.willGrow("orders", 5);
  expect(await quota.roomFor("orders")).toEqual({ limit: 50, open: 10, others: 0 });
  quota.willGrow("bills", 7);
  quota.willGrow("orders", 6);
  quota.willGrow("shrinks", -3);
  const [orders, fresh] = await Promise.all([quota.roomFor("orders"), quota.roomFor("fresh")]);
  expect(orders).toEqual({ limit: 50, open: 10, others: 7 });
  expect(fresh).toEqual({ limit: 50, open: 10, others: 13 });
  expect(headRoom(fresh)).toBe(27);
  expect(asked()).toBe(1);
});

test("a stream that has grown before AWS was asked is in AWS's count, one that grows later is not", async () => {
  const early = new ShardQuota(account(10).client);
  early.willGrow("orders", 5);
  early.hasGrown("orders");
  expect(await early.roomFor("bills")).toEqual({ limit: 50, open: 10, others: 0 });

  const late = new ShardQuota(account(10).client);
  late.willGrow("orders", 5);
  await late.roomFor("bills");
  late.hasGrown("orders");
  expect(await late.roomFor("bills")).toEqual({ limit: 50, open: 10, others: 5 });
});

test("an account that is over its limit has no room", () => {
  expect(headRoom({ limit: 50, open: 60, others: 0 })).toBe(0);
});

test("who may not ask gets AWS's words, once, and no error; a bug stays one", async () => {
  let asked = 0;
  const details = {
    code: "AccessDeniedException",
    awsMessage: "not yours",
    status: 400,
    operation: "DescribeLimits",
    requestId: undefined,
    body: "",
    retryable: false,
    attempts: 1,
  };
  const describeLimits = async () => {
    asked += 1;
    throw new AccessDeniedException(details, "DescribeLimits failed: not yours.");
  };
  const quota = new ShardQuota({ describeLimits });
  expect(await quota.roomFor("orders")).toBe("DescribeLimits failed: not yours.");
  expect(headRoom(await quota.roomFor("orders"))).toBeUndefined();
  expect(asked).toBe(1);

  const broken = new ShardQuota({ describeLimits: () => Promise.reject(new TypeError("a bug")) });
  await expect(broken.roomFor("orders")).rejects.toThrow("a bug");
});
