import { z } from "zod";
import { quote } from "./printable.ts";

/** Makes a schema of texts, with the reason why one will not do in the caller's words. */
export function textThat(expected: string, problemOf: (text: string) => string | undefined) {
  return z.string(isMissingOr(expected)).check(({ value, issues }) => {
    const message = problemOf(value);
    if (message !== undefined) issues.push({ code: "custom", message, input: value });
  });
}

/** As textThat, for a problem in words that follow the text. */
export function textWithout(problemOf: (text: string) => string | undefined, expected: string) {
  return textThat(expected, (text) => {
    const problem = problemOf(text);
    return problem === undefined ? undefined : `${quote(text)} ${problem}`;
  });
}

/** Says of a value of another type what was expected; and that it is missing, where it is. */
export function isMissingOr(expected: string) {
  return {
    error: ({ input }: { readonly input?: unknown }) =>
      `${input === undefined ? "is missing: " : ""}expected ${expected}`,
  };
}

export function wholeNumber(from: number, to: number) {
  const expected = `a whole number from ${from} to ${to}`;
  return z.int(isMissingOr(expected)).min(from, `expected ${expected}`).max(to, `expected ${expected}`);
}

/** A list in which nothing stands twice; `keyOf` brings different spellings of one thing into one form. */
export function listOf<Item extends z.ZodType<string>>(
  item: Item,
  expected: string,
  longest: number,
  keyOf: (text: string) => string = (text) => text,
) {
  return z
    .array(item, isMissingOr(expected))
    .max(longest, `has more than ${longest} items`)
    .check(({ value, issues }) => {
      const keys = value.map(keyOf);
      for (const [index, text] of value.entries()) {
        if (keys.indexOf(keys[index] ?? "") < index) {
          issues.push({ code: "custom", message: `${quote(text)} stands twice`, input: text, path: [index] });
        }
      }
    });
}

/** Lets zod speak for itself about unknown keys, which are translated one by one. */
export function mappingError(example: string) {
  return ({ code }: { readonly code: string }) => (code === "invalid_type" ? `expected ${example}` : undefined);
}

/** What some part of the manual is switched off with; YAML 1.1 reads it as false. */
const off: ReadonlySet<unknown> = new Set(["off", false]);
const on: ReadonlySet<unknown> = new Set(["on", true]);

/** On or off, in any of the words that YAML has had for them. */
export const switchField = z.unknown().transform((value, { issues }): boolean => {
  if (on.has(value) || off.has(value)) return on.has(value);
  issues.push({ code: "custom", message: "expected on or off", input: value });
  return z.NEVER;
});

/** Makes a schema of an optional field that may be switched off. */
export function offOr<Fields extends z.ZodType>(fields: Fields) {
  const switchedOff = z.unknown().transform((): "off" => "off");
  return chosenBy((value) => off.has(value), switchedOff, fields).optional();
}

/** Makes a schema of a switch that a text of another kind also switches on. */
export function switchOr<Text extends z.ZodType>(text: Text) {
  const isText = (value: unknown) => typeof value === "string" && !on.has(value) && !off.has(value);
  return chosenBy(isText, text, switchField);
}

/** Makes a schema of a mapping that may be written in short, as a text alone. */
export function textOr<Short extends z.ZodType, Fields extends z.ZodType>(short: Short, fields: Fields) {
  return chosenBy((value) => typeof value === "string", short, fields);
}

/**
 * Lets one of two schemas speak, by the look of the value. A union would tell of every
 * problem that the value is neither of two things; this one tells what is wrong with it.
 */
function chosenBy<One extends z.ZodType, Other extends z.ZodType>(
  isOne: (value: unknown) => boolean,
  one: One,
  other: Other,
) {
  return z.unknown().transform((value, { issues }): z.output<One> | z.output<Other> => {
    const parsed = (isOne(value) ? one : other).safeParse(value);
    if (parsed.success) return parsed.data;
    for (const { path, message, ...issue } of parsed.error.issues) {
      const found = { path: [...path], message, input: undefined };
      if (issue.code === "unrecognized_keys") issues.push({ ...found, code: issue.code, keys: issue.keys });
      else issues.push({ ...found, code: "custom" });
    }
    return z.NEVER;
  });
}
