import type { Malformed } from "./malformed";
import { SECRET } from "./malformed";

/** Words of a language or a library's inside, which tell a person nothing. */
const INTERNAL =
  /\bzod\b|undefined is not|is not a function|Cannot (read|convert|mix|destructure)|call stack|\bat \S+ \(|\bat \/|\[object|node_modules|invalid_type|unrecognized_keys|ZodError|TypeError|RangeError/i;
/** A person reads it on a screen. */
const MOST_CHARACTERS = 2_500;

/** What is wrong with a text that tells of a malformed input. */
export function faultsOfText(text: string, { path, names }: Malformed): string[] {
  const faults: string[] = [];
  if (text.length > MOST_CHARACTERS) faults.push(`the message has ${text.length} characters`);
  if (INTERNAL.test(text)) faults.push(`it has internal words: ${text.slice(0, 300)}`);
  if (text.includes(SECRET)) faults.push(`it quotes the input: ${text.slice(0, 300)}`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they would move the cursor, or end the line
  if (/[\u0000-\u001f\u007f]/.test(text))
    faults.push(`control characters are in it: ${JSON.stringify(text).slice(0, 300)}`);
  if (path !== "" && !text.includes(path)) faults.push(`it does not name ${path}: ${text.slice(0, 300)}`);
  if (names && !names.test(text)) faults.push(`it does not name ${names}: ${text.slice(0, 300)}`);
  return faults;
}

/** What is wrong with the error that refuses a malformed input. */
export function faultsOf(error: unknown, malformed: Malformed): string[] {
  if (!(error instanceof Error)) return ["it was accepted"];
  const { code, message, issues } = error as Error & { code?: string; issues?: { path: string; problem: string }[] };
  if (code !== "ERR_KINESIS_INPUT") return [`${error.name} ${code}: ${message.slice(0, 300)}`];
  const faults = faultsOfText(message, malformed);
  if (!issues?.some(({ path }) => path.startsWith(malformed.path)))
    faults.push(`no issue is about ${malformed.path}: ${message.slice(0, 300)}`);
  return faults;
}
