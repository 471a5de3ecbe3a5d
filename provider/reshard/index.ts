/**
 * Plans splits and merges of a Kinesis stream's shards, and tells and draws the plans. Pure: no calls, no clock.
 *
 * @module pulumi-kinesis/reshard
 */
export type { MergeStep, ReshardStep, SplitStep, StepShard } from "./apply";
export { applyStep, carryLoads } from "./apply";
export type { Balance } from "./balance";
export type { CheaperTarget, DescribeOptions } from "./describe";
export { describePlan, describeStep, findCheaperTarget } from "./describe";
export type { ReshardErrorCode } from "./errors";
export { ReshardError } from "./errors";
export type { HashKeyRange, ShardRange } from "./keyspace";
export { KEY_SPACE, parseHashKey, sortRanges, tiles } from "./keyspace";
export type { PictureOptions } from "./picture";
export { renderPlanSvg } from "./picture";
export type { ReshardPlan, ReshardRequest } from "./plan";
export { isAdmissible, planReshard } from "./plan";
export type { ReshardTarget, Tolerance } from "./target";
export { MOST_SHARDS } from "./target";
