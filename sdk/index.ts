export type { OpenShard, ReshardingArgs, StreamArgs } from "./stream";
export { Stream } from "./stream";
export type { StreamTagsArgs } from "./stream-tags";
export { StreamTags } from "./stream-tags";
