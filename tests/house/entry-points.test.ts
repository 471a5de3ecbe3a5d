import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import * as client from "../../provider/client";
import * as provider from "../../provider/index";
import * as reshard from "../../provider/reshard";
import * as sdk from "../../sdk";

const root = join(__dirname, "..", "..");
const manifest = require("../../package.json") as {
  bin: Record<string, string>;
  exports: Record<string, string | { types: string; default: string }>;
};

/** What programs, scripts and states outside this repository may name. A name here is removed with a major version only. */
test("the entry points export these values and no others", () => {
  expect(Object.keys(sdk).sort()).toEqual([
    "ResourcePolicy",
    "Stream",
    "StreamConsumer",
    "StreamTags",
    "getStream",
    "getStreamConsumer",
    "getStreamConsumerOutput",
    "getStreamOutput",
    "getStreams",
    "getStreamsOutput",
  ]);
  expect(Object.keys(provider).sort()).toEqual(["lookUps", "resourcePolicy", "stream", "streamConsumer", "streamTags"]);
  expect(
    Object.keys(client)
      .filter((name) => !/(Exception|OptInRequired)$/.test(name))
      .sort(),
  ).toEqual([
    "ConfigurationError",
    "DeadlineError",
    "InputError",
    "KinesisClient",
    "KinesisError",
    "OutcomeUnknownError",
    "ResponseError",
    "ServiceError",
    "TransportError",
  ]);
  expect(Object.keys(reshard).sort()).toEqual([
    "KEY_SPACE",
    "MOST_SHARDS",
    "ReshardError",
    "applyStep",
    "carryLoads",
    "describePlan",
    "describeStep",
    "findCheaperTarget",
    "isAdmissible",
    "parseHashKey",
    "planReshard",
    "renderPlanSvg",
    "sortRanges",
    "tiles",
  ]);
});

test("every path that package.json names is there once the package is built", () => {
  const paths = Object.values(manifest.exports).flatMap((entry) =>
    typeof entry === "string" ? entry : Object.values(entry),
  );
  const missing = [...paths, ...Object.values(manifest.bin)].filter((path) => !existsSync(join(root, path)));
  expect(missing).toEqual([]);
});
