/** One shard over all hash keys. */
export const wholeKeySpace = [{ startingHashKey: "0", endingHashKey: String((1n << 128n) - 1n) }];
