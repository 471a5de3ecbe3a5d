/**
 * Signature Version 4 for one endpoint, through @smithy/signature-v4 over node:crypto; the clock is an argument.
 * Tests compare the signatures with those of an implementation that shares no code with smithy.
 */
import { createHash, createHmac, hash } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Credentials } from "./credentials";
import { CONTENT_TYPE, target, USER_AGENT } from "./protocol";

export interface SignedRequest {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

export type Sign = (operation: string, body: string, credentials: Credentials, nowMs: number) => Promise<SignedRequest>;

type Bytes = string | ArrayBuffer | ArrayBufferView;
const asBytes = (data: Bytes) =>
  typeof data === "string"
    ? data
    : ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data);

/** What SignatureV4 asks of a hash function; `secret` makes it an HMAC. Most of what it hashes comes in one piece. */
class NodeSha256 {
  readonly #secret: Uint8Array | string | undefined;
  #pieces: (Uint8Array | string)[] = [];
  constructor(secret?: Bytes) {
    this.#secret = secret === undefined ? undefined : asBytes(secret);
  }
  update(data: Bytes): void {
    this.#pieces.push(asBytes(data));
  }
  digest(): Promise<Uint8Array> {
    const [piece = "", ...more] = this.#pieces;
    if (this.#secret === undefined && more.length === 0) return Promise.resolve(hash("sha256", piece, "buffer"));
    const hashed = this.#secret === undefined ? createHash("sha256") : createHmac("sha256", this.#secret);
    for (const one of this.#pieces) hashed.update(one);
    return Promise.resolve(hashed.digest());
  }
  reset(): void {
    this.#pieces = [];
  }
}

export function signerFor(endpoint: URL, region: string, service = "kinesis"): Sign {
  // One signer for each set of credentials: sharing one would sign calls in parallel with each other's keys. They are
  // told apart by identity: credentials.ts hands out copies that nobody changes.
  const signers = new WeakMap<Credentials, SignatureV4>();
  const signerWith = (credentials: Credentials): SignatureV4 => {
    let signer = signers.get(credentials);
    if (!signer) {
      const { accessKeyId, secretAccessKey, sessionToken } = credentials;
      signer = new SignatureV4({
        region,
        service,
        credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) },
        sha256: NodeSha256,
        // The body's hash as a header: S3 alone needs it.
        applyChecksum: false,
      });
      signers.set(credentials, signer);
    }
    return signer;
  };
  return async (operation, text, credentials, nowMs) => {
    const body = Buffer.from(text, "utf8");
    const request = {
      method: "POST",
      protocol: endpoint.protocol,
      hostname: endpoint.hostname,
      path: endpoint.pathname,
      query: {},
      headers: { host: endpoint.host, "content-type": CONTENT_TYPE, "x-amz-target": target(operation) },
      body,
    };
    const signed = await signerWith(credentials).sign(request, { signingDate: new Date(nowMs) });
    return { path: endpoint.pathname, headers: { ...signed.headers, "user-agent": USER_AGENT }, body };
  };
}
