/** One way to get an engine. Each says in one sentence how it went; the first that works wins. */
export interface EngineStep {
  readonly source: EngineSource;
  attempt(): Promise<Attempt>;
}

export type EngineSource = "PATH" | "cache" | "download" | "go build";

export type Attempt =
  | { readonly worked: true; readonly pulumi: string; readonly version: string; readonly sentence: string }
  | { readonly worked: false; readonly sentence: string };

export interface EngineBinary {
  readonly source: EngineSource;
  readonly pulumi: string;
  readonly version: string;
}

export type Log = (line: string) => void;

/** Thrown when no step worked. Its message is all a person needs; the steps' own sentences were logged before. */
export class NoEngineError extends Error {
  override readonly name = "NoEngineError";
}

export async function firstThatWorks(steps: readonly EngineStep[], log: Log): Promise<EngineBinary> {
  for (const step of steps) {
    const attempt = await step.attempt();
    log(attempt.sentence);
    if (attempt.worked) return { source: step.source, pulumi: attempt.pulumi, version: attempt.version };
  }
  throw new NoEngineError(
    "There is no Pulumi engine and none could be fetched or built (each reason is above). " +
      "Install Pulumi from https://www.pulumi.com/docs/install/ or Go from https://go.dev/dl/, then run this again.",
  );
}
