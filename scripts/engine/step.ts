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

/** Tries each in turn and logs its sentence; undefined if none worked. */
export async function firstThatWorks(steps: readonly EngineStep[], log: Log): Promise<EngineBinary | undefined> {
  for (const step of steps) {
    const attempt = await step.attempt();
    log(attempt.sentence);
    if (attempt.worked) return { source: step.source, pulumi: attempt.pulumi, version: attempt.version };
  }
  return undefined;
}
