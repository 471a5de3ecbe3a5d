import type { DescribeLimitsOutput, KinesisClient } from "../../client";
import { isPresentable } from "../../errors";
import type { Finding } from "./finding";
import { ok, unknown, warning } from "./finding";

/** From so much of a quota on it is told as something to see to. */
const NEARLY = 0.9;

const RAISE = "Ask AWS to raise it (Service Quotas, Amazon Kinesis Data Streams), or close what nobody needs.";

/** How much of the account's quotas is used in the region. */
export async function checkQuotas(client: KinesisClient, limits: Promise<DescribeLimitsOutput>): Promise<Finding[]> {
  return Promise.all([
    asked("quotas", async () => {
      const { OpenShardCount, ShardLimit, OnDemandStreamCount, OnDemandStreamCountLimit } = await limits;
      const found =
        `${OpenShardCount} of ${ShardLimit} open shards, ` +
        `${OnDemandStreamCount} of ${OnDemandStreamCountLimit} on-demand streams`;
      const isNear = OpenShardCount >= ShardLimit * NEARLY || OnDemandStreamCount >= OnDemandStreamCountLimit * NEARLY;
      return isNear ? warning("quotas", found, RAISE) : ok("quotas", found);
    }),
    asked("commitment", async () => {
      const { MinimumThroughputBillingCommitment: commitment } = await client.describeAccountSettings();
      return ok("commitment", `minimum throughput billing commitment: ${commitment?.Status ?? "none"}`);
    }),
  ]);
}

/** Neither is needed to manage streams. */
async function asked(check: string, ask: () => Promise<Finding>): Promise<Finding> {
  try {
    return await ask();
  } catch (error) {
    if (!isPresentable(error)) throw error;
    return unknown(check, error.message);
  }
}
