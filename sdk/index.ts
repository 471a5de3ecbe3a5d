/**
 * What programs import: the resources and look-ups of Amazon Kinesis Data Streams.
 *
 * @module pulumi-kinesis
 */
export type { GetStreamArgs, GetStreamOutputArgs, GetStreamResult } from "./get-stream";
export { getStream, getStreamOutput } from "./get-stream";
export type {
  GetStreamConsumerArgs,
  GetStreamConsumerOutputArgs,
  GetStreamConsumerResult,
} from "./get-stream-consumer";
export { getStreamConsumer, getStreamConsumerOutput } from "./get-stream-consumer";
export type { GetStreamsArgs, GetStreamsOutputArgs, GetStreamsResult } from "./get-streams";
export { getStreams, getStreamsOutput } from "./get-streams";
export type { ResourcePolicyArgs } from "./resource-policy";
export { ResourcePolicy } from "./resource-policy";
export type { OpenShard, ReshardingArgs, StreamArgs, StreamModeDetailsArgs, StreamTimeoutsArgs } from "./stream";
export { Stream } from "./stream";
export type { StreamConsumerArgs } from "./stream-consumer";
export { StreamConsumer } from "./stream-consumer";
export type { StreamTagsArgs } from "./stream-tags";
export { StreamTags } from "./stream-tags";
