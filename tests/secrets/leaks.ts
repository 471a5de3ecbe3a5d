/** Finds secrets in what others may read: plain, in base64, in a URL, and as JSON escapes them. */

/** Twenty letters of a text in each way in which it may be written, so that a piece of it is found as well. */
export function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const base64 = [0, 1, 2].map((shift) => {
    // Where it begins in what is encoded decides on its letters; those at both ends hold bytes of others.
    const encoded = Buffer.from(`${"x".repeat(shift)}${secret}`).toString("base64");
    return encoded.slice(4, -4);
  });
  const all = [secret, json, json.replaceAll("/", "\\/"), encodeURIComponent(secret), ...base64];
  return [...new Set(all)];
}

export interface Place {
  readonly name: string;
  readonly text: string;
}

/** `where: which secret, the line that it is in`, for each line of each place that holds a secret in any form. */
export function leaksIn(places: readonly Place[], secrets: Readonly<Record<string, string>>): string[] {
  const forms = Object.entries(secrets).flatMap(([name, secret]) => formsOf(secret).map((form) => ({ name, form })));
  return places.flatMap(({ name: place, text }) =>
    forms
      .filter(({ form }) => text.includes(form))
      .flatMap(({ name, form }) =>
        text
          .split("\n")
          .filter((line) => line.includes(form))
          .map((line) => {
            const at = line.indexOf(form);
            return `${place}: ${name}: ${line.slice(Math.max(0, at - 160), at + form.length + 20)}`;
          }),
      ),
  );
}
