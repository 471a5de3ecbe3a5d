import { isPresentable, PartialStateError } from "../errors";
import type { ProviderContext } from "./context";
import type { StackConfig } from "./settings";
import { readState } from "./state-shape";

/** Properties of a resource as the engine passes them: our arguments, and hidden ones whose names begin with `__`. */
export type Properties = Record<string, unknown>;

export interface CheckFailure {
  property: string;
  reason: string;
}

/** What Pulumi's dynamic provider calls; see @pulumi/pulumi/cmd/dynamic-provider for the contract as it really is. */
export interface Resource {
  check(olds: Properties, news: Properties): Promise<{ inputs: Properties; failures: CheckFailure[] }>;
  diff(id: string, olds: Properties, news: Properties): Promise<Diff>;
  create(inputs: Properties): Promise<{ id: string; outs: Properties }>;
  read(id: string, props: Properties): Promise<{ id?: string; props?: Properties; inputs?: Properties }>;
  update(id: string, olds: Properties, news: Properties): Promise<{ outs: Properties }>;
  delete(id: string, props: Properties): Promise<void>;
}

export interface Diff {
  /**
   * Left out, the engine compares the inputs itself and shows only the keys that changed; `true` shows all of them, so
   * it is for a replacement and for drift that the inputs don't show.
   */
  changes?: boolean;
  replaces?: string[];
}

/** A resource as `provider/index.ts` exports it: configured by the engine, and failing in sentences. */
export type Provider = Resource & { configure(request: ConfigureRequest): Promise<void> };

/** Pulumi wraps the stack's configuration; the whole of it, with its namespaces, is in `rawConfig`. */
export interface ConfigureRequest {
  config: { rawConfig?: StackConfig; projectName?: string };
}

/** @internal Left out of the declarations: its context would lead them to the types of zod, which need TypeScript 5. */
export function toProvider(context: ProviderContext, resource: Resource): Provider {
  return {
    async configure({ config }) {
      context.configure(config.rawConfig, config.projectName);
    },
    check: (olds, news) => presented(withState(String(news.__urn), olds, (state) => resource.check(state, news))),
    diff: (id, olds, news) => presented(withState(id, olds, (state) => resource.diff(id, state, news))),
    create: (inputs) =>
      sealedError(presented(resource.create(inputs).then(({ id, outs }) => ({ id, outs: sealed(outs) })))),
    read: (id, props) =>
      presented(
        withState(id, props, (state) => resource.read(id, state)).then((found) =>
          found.props ? { ...found, props: sealed(found.props) } : found,
        ),
      ),
    update: (id, olds, news) =>
      sealedError(
        presented(
          withState(id, olds, (state) => resource.update(id, state, news)).then(({ outs }) => ({ outs: sealed(outs) })),
        ),
      ),
    delete: (id, props) => presented(withState(id, props, (state) => resource.delete(id, state))),
  };
}

const withState = async <T>(id: string, state: Properties, work: (state: Properties) => Promise<T>): Promise<T> =>
  work(readState(id, state));

/** How Pulumi marks a secret on the wire. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/**
 * Pulumi makes an output secret that has the name of a secret input. What a hidden output holds of one has another name:
 * `__kmsKey` is encrypted in every state, since we are not told what is secret. We get it back as it was.
 */
function sealed(state: Properties): Properties {
  return state.__kmsKey === undefined ? state : { ...state, __kmsKey: { [SIGNATURE]: SECRET, value: state.__kmsKey } };
}

async function sealedError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof PartialStateError)) throw error;
    throw withoutStack(new PartialStateError(error.id, sealed(error.properties), error.cause));
  }
}

/** Pulumi prints the stack of what check, diff, read and delete throw. Ours are sentences for a person; a bug keeps its stack. */
export async function presented<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isPresentable(error) ? withoutStack(error) : error;
  }
}

function withoutStack(error: Error): Error {
  error.stack = "";
  return error;
}
