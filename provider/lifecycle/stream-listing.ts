import type { KinesisClient } from "../client";
import { hasErrorCode, ServiceError } from "../errors";
import { CHECK_LOOK } from "./brief-look";

export interface ListedStream {
  readonly name: string;
  readonly createdMs: number;
}

/** What ListStreams answered: every stream after `after`, up to `last`, or to the end of the account where that is undefined. */
interface Page {
  readonly after: string;
  readonly last: string | undefined;
  readonly streams: readonly ListedStream[];
}

/**
 * The streams of an account, as they were when they were first listed in this run. An account has five ListStreams a second,
 * and a program may have hundreds of new streams: each page is asked for once, whoever needs it. What is found has to be
 * looked at before anything is done about it.
 */
export class StreamListing {
  readonly #pages: Page[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  #refusal: unknown;
  #isOutOfReach = false;

  constructor(private readonly client: Pick<KinesisClient, "listStreams">) {}

  /** Whether nothing has answered a look of this run. */
  get isOutOfReach(): boolean {
    return this.#isOutOfReach;
  }

  /** A look at what is there has failed. */
  hasFailed(error: Error): void {
    if (!(error instanceof ServiceError)) this.#isOutOfReach = true;
  }

  /** @throws ServiceError and others of the client's */
  startingWith(prefix: string): Promise<ListedStream[]> {
    // One after the other: the second one mostly finds what the first has asked for.
    const turn = this.#turn.then(() => this.#startingWith(prefix));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #startingWith(prefix: string): Promise<ListedStream[]> {
    const found: ListedStream[] = [];
    for (let position = prefix; ; ) {
      const { streams, last } = this.#pages.find((page) => holds(page, position)) ?? (await this.#ask(position));
      for (const stream of streams.filter(({ name }) => name > position)) {
        if (!stream.name.startsWith(prefix)) return found;
        found.push(stream);
      }
      if (last === undefined || last <= position) return found;
      position = last;
    }
  }

  /** In the order of names, a hundred at most on a page: who asks for more gets no more. */
  async #ask(after: string): Promise<Page> {
    // What IAM does not allow it will not allow the next resource either; anything else may have passed by then.
    if (this.#refusal !== undefined) throw this.#refusal;
    try {
      const { StreamNames, StreamSummaries, HasMoreStreams } = await this.client.listStreams(
        { ExclusiveStartStreamName: after },
        CHECK_LOOK,
      );
      const created = new Map(StreamSummaries?.map((one) => [one.StreamName, one.StreamCreationTimestamp?.getTime()]));
      const streams = StreamNames.map((name) => ({ name, createdMs: created.get(name) ?? 0 }));
      const page = { after, last: HasMoreStreams ? StreamNames.at(-1) : undefined, streams };
      this.#pages.push(page);
      return page;
    } catch (error) {
      if (hasErrorCode(error, "AccessDeniedException")) this.#refusal = error;
      throw error;
    }
  }
}

function holds({ after, last }: Page, position: string): boolean {
  return after <= position && (last === undefined || position < last);
}
