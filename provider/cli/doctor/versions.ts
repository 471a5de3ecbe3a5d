/** Version numbers against the two forms of range that our package.json has: `>=20.18.1` and `^3.216.0`. Pure. */

type Parts = readonly [number, number, number];

function parts(text: string): Parts | undefined {
  const match = /(\d+)\.(\d+)\.(\d+)/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
}

/** Whether the range admits the version; undefined where one of them is no version. Pre-releases count as what they lead to. */
export function admits(range: string, version: string): boolean | undefined {
  const [least, is] = [parts(range), parts(version)];
  if (least === undefined || is === undefined) return undefined;
  const isSameMajor = is[0] === least[0];
  const first = [0, 1, 2].find((at) => is[at] !== least[at]) ?? 0;
  const isEnough = Number(is[first]) >= Number(least[first]);
  return isEnough && (isSameMajor || !range.startsWith("^"));
}
