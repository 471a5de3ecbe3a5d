import { expect, test } from "@jest/globals";
import * as aws4 from "aws4";
import * as fc from "fast-check";
import { signerFor } from "../../provider/client/signing";

const text = fc.string({ unit: "binary", maxLength: 300 });
const word = fc.stringMatching(/^[A-Za-z0-9+/=]{16,60}$/);

test("signatures equal those of aws4 over random requests", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        body: text,
        operation: fc.constantFrom("CreateStream", "PutRecords", "ListStreams"),
        accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,20}$/),
        secretAccessKey: word,
        sessionToken: fc.option(word, { nil: undefined }),
        region: fc.constantFrom("us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1"),
        // From a skewed clock far back to one far ahead.
        nowMs: fc.integer({ min: Date.UTC(2001, 0, 1), max: Date.UTC(2060, 0, 1) }),
        origin: fc.constantFrom("https://kinesis.us-east-1.amazonaws.com", "http://localhost:4567", "https://h:444"),
        path: fc.constantFrom("/", "/a", "/a/b/", "/with%20space", "/a.b~c"),
      }),
      async ({ body, operation, region, nowMs, origin, path, ...given }) => {
        const { sessionToken, ...keys } = given;
        const credentials = sessionToken === undefined ? keys : { ...keys, sessionToken };
        const endpoint = new URL(path, origin);
        const signed = await signerFor(endpoint, region)(operation, body, credentials, nowMs);
        const date = new Date(nowMs).toISOString().replace(/[-:]|\.\d{3}/g, "");
        const theirs = aws4.sign(
          {
            service: "kinesis",
            region,
            method: "POST",
            path: endpoint.pathname,
            body: Buffer.from(body, "utf8"),
            headers: {
              "X-Amz-Target": `Kinesis_20131202.${operation}`,
              "Content-Type": "application/x-amz-json-1.1",
              Host: endpoint.host,
              "X-Amz-Date": date,
              // aws4 signs a length that it sets itself; ours is set by the HTTP client after signing.
              "Content-Length": "",
            },
            extraHeadersToIgnore: { "content-length": true },
          } as never,
          credentials,
        );
        expect(signed.headers.authorization).toBe((theirs.headers as Record<string, string>).Authorization);
        expect(signed.headers["x-amz-date"]).toBe(date);
        expect(signed.headers["x-amz-security-token"]).toBe(sessionToken);
        expect(signed.body.toString("utf8")).toBe(Buffer.from(body, "utf8").toString("utf8"));
      },
    ),
    { numRuns: 300 },
  );
});

test("calls in parallel with different credentials don't mix them up", async () => {
  const sign = signerFor(new URL("https://kinesis.eu-west-1.amazonaws.com/"), "eu-west-1");
  const keys = Array.from({ length: 20 }, (_, index) => ({
    accessKeyId: `AKIA${index}`,
    secretAccessKey: `s${index}`,
  }));
  const together = await Promise.all(keys.map((key) => sign("ListStreams", "{}", key, 0)));
  for (const [index, key] of keys.entries()) {
    const alone = await sign("ListStreams", "{}", { ...key }, 0);
    expect(together[index]?.headers.authorization).toBe(alone.headers.authorization);
  }
});
