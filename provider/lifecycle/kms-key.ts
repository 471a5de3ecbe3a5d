/**
 * KMS keys by their meaning. One key has many names, `alias/orders`, its ARN, a key id, the key's ARN, and DescribeStream
 * gives back either what was sent or an ARN: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id
 */
const KMS_ARN = /^arn:[a-z0-9-]+:kms:([a-z0-9-]+):(\d{12}):(.+)$/;

interface Key {
  /** Account and region, known only from an ARN. */
  place: string | undefined;
  /** `alias/…`, or the id of a key. */
  name: string;
}

function parse(text: string): Key {
  const [, region, account, resource = text] = KMS_ARN.exec(text) ?? [];
  return {
    place: region === undefined ? undefined : `${account}/${region}`,
    name: resource.replace(/^key\//, ""),
  };
}

const isAlias = ({ name }: Key) => name.startsWith("alias/");

/** Whether two texts certainly name the same key. One without account and region is of the stream's own. */
export function isSameKey(left: string, right: string): boolean {
  const [a, b] = [parse(left), parse(right)];
  const samePlace = a.place === undefined || b.place === undefined || a.place === b.place;
  return samePlace && a.name === b.name;
}

/** Whether they may name the same key: which key an alias stands for, only KMS knows, and we don't ask it. */
export function maybeSameKey(left: string, right: string): boolean {
  return isSameKey(left, right) || isAlias(parse(left)) !== isAlias(parse(right));
}
