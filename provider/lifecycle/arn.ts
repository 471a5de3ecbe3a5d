/** The parts of a stream's ARN, `arn:<partition>:kinesis:<region>:<account>:stream/<name>`. */
export interface StreamArn {
  partition: string;
  region: string;
  /** Twelve digits; empty in the id of a stream whose ARN we have never been told, see `provisionalArn`. */
  account: string;
  name: string;
}

const STREAM_ARN = /^arn:([a-z0-9-]+):kinesis:([a-z0-9-]+):(\d{12}|):stream\/([a-zA-Z0-9_.-]{1,128})$/;

/** The parts of `arn`, or undefined when it is not the ARN of a stream. */
export function parseStreamArn(arn: string): StreamArn | undefined {
  const match = STREAM_ARN.exec(arn);
  if (!match) return undefined;
  const [, partition = "", region = "", account = "", name = ""] = match;
  return { partition, region, account, name };
}

/**
 * An id for a stream that CreateStream has accepted and no DescribeStream has shown yet. The engine must save the
 * stream under some id or it is orphaned; without an account it is called by its name, and the next refresh puts the
 * ARN that AWS gives in its place.
 */
export function provisionalArn(region: string, name: string): string {
  return `arn:aws:kinesis:${region}::stream/${name}`;
}

/** How an API call names a stream. Both keys are allowed together; the ARN makes AWS refuse a wrong account. */
export interface StreamReference {
  StreamName: string;
  StreamARN?: string;
}

/** The parts of a consumer's ARN, `<ARN of its stream>/consumer/<name>:<when it was registered>`. */
export interface ConsumerArn {
  streamArn: string;
  region: string;
  streamName: string;
  /** Unique among the consumers of the stream. */
  name: string;
}

const CONSUMER_ARN = /^(.*)\/consumer\/([a-zA-Z0-9_.-]{1,128}):\d+$/;

/** The parts of `arn`, or undefined when it is not the ARN of a consumer. */
export function parseConsumerArn(arn: string): ConsumerArn | undefined {
  const [, streamArn = "", name = ""] = CONSUMER_ARN.exec(arn) ?? [];
  const stream = parseStreamArn(streamArn);
  return stream && { streamArn, region: stream.region, streamName: stream.name, name };
}
