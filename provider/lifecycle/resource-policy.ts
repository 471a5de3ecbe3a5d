import * as z from "zod";
import { hasErrorCode, InvalidIdError, PolicyConflictError, PolicyTargetGoneError, StreamGoneError } from "../errors";
import { parseConsumerArn, parseStreamArn } from "./arn";
import { findFailures, hasUnknown } from "./check-inputs";
import type { ProviderContext, Session } from "./context";
import type { Identified } from "./identity";
import { identityOf, withIdentityOf } from "./identity";
import { callInLine } from "./observe";
import { findPolicyFault, isPolicy, samePolicy } from "./policy";
import { flag, region, resourceArn, timeouts } from "./properties";
import type { CheckFailure, Diff, Properties, Resource } from "./resource";
import { refuseOtherEndpoint } from "./stream-state";
import type { TimeoutKind } from "./timeouts";
import { deadlineFor } from "./timeouts";

/** The inputs of a ResourcePolicy once they are checked. */
interface ResourcePolicyInputs extends Properties, Identified {
  resourceArn: string;
  /** JSON, as the program writes it. */
  policy: string;
  overwrite?: boolean;
  region?: string;
  __customTimeouts?: unknown;
}

interface ResourcePolicyState extends ResourcePolicyInputs {
  /** The URL through which the policy was last seen: "not found" elsewhere does not mean that it is gone. */
  __endpoint?: string;
}

const policy = z
  .string({
    error: ({ input }) =>
      input === undefined ? "is required" : "must be JSON text: write JSON.stringify({ … }), or pulumi.jsonStringify",
  })
  .superRefine((text, context) => {
    const fault = findPolicyFault(text);
    if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
  });

const resourcePolicySchema = z.object({
  resourceArn,
  policy,
  overwrite: flag.optional(),
  region: region.optional(),
  __customTimeouts: timeouts.optional(),
});

/** The lifecycle of a ResourcePolicy: the one policy that a stream or consumer has. Its id is the ARN of what it is on. */
export function resourcePolicyResource(context: ProviderContext): Resource {
  /** ARN -> which resource of this run wants its policy: a renamed one is created before its old self is deleted. */
  const claims = new Map<string, Identified>();
  /** ARNs whose policy a resource has that was created in this run: what is deleted from now on is what it replaces. */
  const created = new Set<string>();

  const locate = async (arn: string) => {
    const { session, reference } = await context.existing(streamArnOf(arn));
    /** AWS refuses changes while the stream is not ACTIVE. */
    const inLine = (kind: TimeoutKind, inputs: Properties, call: () => Promise<void>) => {
      const deadline = deadlineFor(context.platform, kind, inputs.__customTimeouts);
      const advice = "Run `pulumi up` again.";
      return callInLine({ session, reference, deadline, after: "an earlier change", advice }, call);
    };
    return { session, inLine };
  };

  const put = async (kind: TimeoutKind, arn: string, inputs: ResourcePolicyInputs): Promise<ResourcePolicyState> => {
    const { session, inLine } = await locate(arn);
    try {
      await inLine(kind, inputs, () => session.client.putResourcePolicy({ ResourceARN: arn, Policy: inputs.policy }));
    } catch (error) {
      if (hasErrorCode(error, "ResourceNotFoundException")) throw new PolicyTargetGoneError(arn);
      throw error;
    }
    return { ...inputs, __endpoint: session.endpoint };
  };

  return {
    async check(olds, news) {
      const failures = checkResourcePolicy(news);
      if (failures.length > 0) return { inputs: news, failures };
      const inputs = withIdentityOf(olds, news);
      if (!hasUnknown(news.resourceArn)) claims.set(String(news.resourceArn), inputs);
      return { inputs, failures };
    },

    async diff(_id, olds, news) {
      return diffResourcePolicy(olds as ResourcePolicyState, news as ResourcePolicyInputs);
    },

    async create(properties) {
      const inputs = properties as ResourcePolicyInputs;
      const arn = inputs.resourceArn;
      claims.set(arn, inputs);
      const { session } = await locate(arn);
      const existing = await findPolicy(session, arn);
      const isThere = existing !== undefined && samePolicy(existing, inputs.policy);
      if (existing !== undefined && !isThere && inputs.overwrite !== true) throw new PolicyConflictError(arn);
      const outs = isThere ? { ...inputs, __endpoint: session.endpoint } : await put("create", arn, inputs);
      created.add(arn);
      return { id: arn, outs };
    },

    async read(id, properties) {
      const state = properties as ResourcePolicyState;
      const { session } = await locate(id);
      const observed = await findPolicy(session, id);
      if (observed === undefined) {
        refuseOtherEndpoint(session, state, `the policy of ${id}`);
        return {};
      }
      const { __endpoint: _, ...inputs } = { ...state, resourceArn: id };
      // In AWS's words only where it means something else, and where `ResourcePolicy.get` knows nothing of it but the ARN.
      const { policy } = properties as Partial<ResourcePolicyState>;
      if (policy === undefined || !samePolicy(observed, policy)) inputs.policy = observed;
      return { id, props: { ...inputs, __endpoint: session.endpoint }, inputs };
    },

    async update(id, _olds, news) {
      return { outs: await put("update", id, news as ResourcePolicyInputs) };
    },

    async delete(id, properties) {
      const state = properties as ResourcePolicyState;
      const claimant = claims.get(id);
      if (claimant !== undefined && (created.has(id) || identityOf(claimant) !== identityOf(state))) {
        context.platform.log(
          `${id}: the policy belongs to ${claimant.__logicalName} of this program now; it is not deleted`,
        );
        return;
      }
      const { session, inLine } = await locate(id);
      const observed = await findPolicy(session, id);
      if (observed === undefined) return refuseOtherEndpoint(session, state, `the policy of ${id}`);
      if (!samePolicy(observed, state.policy)) {
        context.platform.log(`${id}: somebody else has set another policy since; it is left alone`);
        return;
      }
      try {
        await inLine("delete", state, () => session.client.deleteResourcePolicy({ ResourceARN: id }));
      } catch (error) {
        // Gone already, or gone with what it was on: what we wanted.
        if (!hasErrorCode(error, "ResourceNotFoundException") && !(error instanceof StreamGoneError)) throw error;
        refuseOtherEndpoint(session, state, `the policy of ${id}`);
      }
    },
  };
}

function checkResourcePolicy(news: Properties): CheckFailure[] {
  const failures = findFailures(resourcePolicySchema, "ResourcePolicy", news);
  if (failures.length === 0 && !hasUnknown([news.region, news.resourceArn]) && news.region !== undefined) {
    const home = parseStreamArn(streamArnOf(String(news.resourceArn)))?.region;
    const reason = `is not the region of resourceArn, ${home}: a policy is where its resource is; leave region out`;
    if (home !== news.region) failures.push({ property: "region", reason });
  }
  return failures;
}

function diffResourcePolicy(olds: ResourcePolicyState, news: ResourcePolicyInputs): Diff {
  if (news.resourceArn !== olds.resourceArn) return { changes: true, replaces: ["resourceArn"] };
  if (hasUnknown(news.policy)) return {};
  // Another way to write the same policy is nothing to do. The other arguments say how, not what.
  return samePolicy(olds.policy, news.policy) ? { changes: false } : {};
}

/** The stream that an ARN is about, a consumer's or its own. @throws InvalidIdError */
function streamArnOf(arn: string): string {
  const streamArn = parseConsumerArn(arn)?.streamArn ?? arn;
  if (!parseStreamArn(streamArn)) throw new InvalidIdError(arn);
  return streamArn;
}

/** The policy that a stream or consumer has; undefined where it has none, and where it is not there itself. */
async function findPolicy(session: Session, ResourceARN: string): Promise<string | undefined> {
  try {
    const { Policy } = await session.client.getResourcePolicy({ ResourceARN });
    return isPolicy(Policy) ? Policy : undefined;
  } catch (error) {
    if (hasErrorCode(error, "ResourceNotFoundException")) return undefined;
    throw error;
  }
}
