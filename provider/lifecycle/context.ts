import { KinesisClient } from "../client";
import { ConfigurationError, InvalidIdError, isPresentable, KinesisError } from "../errors";
import type { Platform } from "../platform";
import type { StreamReference } from "./arn";
import { parseStreamArn } from "./arn";
import { Identities } from "./identity";
import type { ObservedStream } from "./observe";
import type { Settings, StackConfig } from "./settings";
import { readSettings } from "./settings";
import { ShardQuota } from "./shard-quota";
import { StreamListing } from "./stream-listing";
import type { StreamPlace } from "./stream-owners";
import { placeKey, StreamOwners } from "./stream-owners";
import { TagClaims } from "./tag-claims";

/**
 * An account that others keep busy refuses most calls for minutes, and an update that gives up half-way is worse than a slow
 * one. As many attempts as pulumi-aws and Terraform make by default; CreateStream says its own time.
 */
const PATIENT = { maxAttempts: 25, deadlineMs: 600_000 } as const;

/** Where a resource's calls go: one region of one account, behind one endpoint. */
export interface Session {
  readonly client: KinesisClient;
  readonly platform: Platform;
  readonly region: string;
  /** The URL that is called. */
  readonly endpoint: string;
  readonly tagClaims: TagClaims;
  readonly shardQuota: ShardQuota;
  readonly streams: StreamListing;
}

/** What all sessions of a region have in common: a stream's name is unique in one, and a quota is one region's. */
type Shared = Pick<Session, "tagClaims" | "shardQuota" | "streams">;

/**
 * What all resources of a process share: the stack's settings and a client for each region. The engine serves every
 * dynamic resource of a stack from one process, so connections and rate limits hold for the whole stack.
 */
export class ProviderContext {
  #settings: Settings | KinesisError = { defaultTags: {} };
  readonly #sessions = new Map<string, Promise<Session>>();
  readonly #announced = new Set<string>();
  readonly identities = new Identities();
  readonly streamOwners = new StreamOwners();
  readonly #inState = new Set<string>();
  readonly #inProgram = new Set<string>();
  readonly #justRead = new Map<string, ObservedStream>();
  readonly #justAbsent = new Set<string>();
  /** By region. */
  readonly #shared = new Map<string, Shared>();

  constructor(readonly platform: Platform) {}

  /**
   * Takes the stack's configuration. It must be stored before anything is awaited: Pulumi caches a provider before its
   * `configure` has ended, and a parallel call would else run with another account. A bad setting is thrown by every
   * use and not here, because Pulumi would go on unconfigured with the next resource.
   */
  configure(config: StackConfig | undefined, projectName?: string): void {
    try {
      this.#settings = readSettings(config, projectName);
    } catch (error) {
      if (!(error instanceof KinesisError)) throw error;
      this.#settings = error;
    }
  }

  get settings(): Settings {
    if (this.#settings instanceof KinesisError) throw this.#settings;
    return this.#settings;
  }

  /** The session for `region`; left out, for the region that the settings or AWS's own environment name. */
  session(region: string | undefined): Promise<Session> {
    const key = region ?? "";
    const known = this.#sessions.get(key);
    if (known) return known;
    const opening = this.#open(region);
    this.#sessions.set(key, opening);
    // A failure (no region, no credentials yet) must not be remembered: the next call may find them.
    opening.catch(() => this.#sessions.delete(key));
    return opening;
  }

  /**
   * An existing stream is called by its ARN and in the ARN's region, whatever the settings say now.
   * @throws InvalidIdError
   */
  async existing(arn: string): Promise<{ session: Session; reference: StreamReference }> {
    const parts = parseStreamArn(arn);
    if (!parts) throw new InvalidIdError(arn);
    const reference: StreamReference = { StreamName: parts.name };
    if (parts.account !== "") reference.StreamARN = arn;
    return { session: await this.session(parts.region), reference };
  }

  /** Keeps what a refresh has just read for the diff with which the engine settles it. */
  rememberRead(stream: ObservedStream): void {
    this.#justRead.set(stream.arn, stream);
  }

  /** What was read by the refresh that this diff belongs to; once, as by the next diff it is old. */
  takeRead(arn: string): ObservedStream | undefined {
    const stream = this.#justRead.get(arn);
    this.#justRead.delete(arn);
    return stream;
  }

  /** Keeps, for the create that follows, that the check of its inputs has found no stream of the name. */
  rememberAbsent(place: StreamPlace): void {
    this.#justAbsent.add(placeKey(place));
  }

  /** Once, as by the next create it is old. */
  takeAbsent(place: StreamPlace): boolean {
    return this.#justAbsent.delete(placeKey(place));
  }

  /** Remembers a stream that a resource of this stack has in the state already. */
  rememberInState(place: StreamPlace): void {
    this.#inState.add(placeKey(place));
  }

  /** Whether the stream is a resource's of this stack already, so that no create may take it for one left behind. */
  isInState(place: StreamPlace): boolean {
    return this.#inState.has(placeKey(place));
  }

  /** Remembers a stream that a Stream of the program has or is going to have. */
  rememberInProgram(place: StreamPlace): void {
    this.#inProgram.add(placeKey(place));
  }

  /** For how many new StreamTags it is still looked whether their stream is there: five seconds of AWS's ten DescribeStream. */
  tagLooksLeft = 50;

  /** Whether a Stream of the program, as far as they are checked by now, has or is going to have the stream. */
  isInProgram(place: StreamPlace): boolean {
    return this.#inProgram.has(placeKey(place));
  }

  /**
   * Says that a resource was not looked for, as there is no region for one: the create ends with it, and a preview that says nothing
   * looks as if all were well.
   */
  announceUnchecked(name: string, error: unknown): undefined {
    if (!isPresentable(error)) throw error;
    this.announce(error.message, `${name}: nothing was checked against AWS: ${error.message}`);
    return undefined;
  }

  /**
   * Prints what is going to happen, once for each `key`: the engine asks for the same diff at preview and again when it
   * acts. What others of the stack do may change the text meanwhile, and is no news.
   */
  announce(key: string, text: string): void {
    if (this.#announced.has(key)) return;
    this.#announced.add(key);
    this.platform.log(text);
  }

  async #open(region: string | undefined): Promise<Session> {
    const { defaultTags: _, ...settings } = this.settings;
    const options = { ...settings, ...PATIENT, ...(region === undefined ? {} : { region }) };
    const client = new KinesisClient(options, this.platform);
    try {
      const [named, endpoint] = [await client.region(), await client.endpoint()];
      if (isReadOnTheWay(endpoint)) {
        this.announce(
          `http ${endpoint}`,
          `The endpoint ${endpoint} is an http:// one on another machine: whoever is on the way can read and change what is ` +
            "sent, session tokens included. Use https://, or an emulator on this machine.",
        );
      }
      const shared = this.#shared.get(named) ?? {
        tagClaims: new TagClaims(),
        shardQuota: new ShardQuota(client),
        streams: new StreamListing(client),
      };
      this.#shared.set(named, shared);
      return { client, platform: this.platform, region: named, endpoint, ...shared };
    } catch (error) {
      if (!(error instanceof ConfigurationError) || !error.message.startsWith("No AWS region")) throw error;
      throw new ConfigurationError(
        "region",
        "No AWS region is set: run `pulumi config set kinesis:region <region>`, or set AWS_REGION.",
        { cause: error },
      );
    }
  }
}

/** Whether a URL leads off this machine without TLS. */
function isReadOnTheWay(endpoint: string): boolean {
  const { protocol, hostname } = new URL(endpoint);
  return protocol === "http:" && !/^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
