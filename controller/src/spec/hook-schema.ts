import { hookNameProblem, hookUserProblem, longestHookSeconds } from "@cowherd/proto";
import { z } from "zod";
import { hookTriggers } from "./hook-triggers.ts";
import { nearest } from "./nearest.ts";
import { quote } from "./printable.ts";
import { isMissingOr, listOf, mappingError, textThat, textWithout, wholeNumber } from "./schema-parts.ts";

const mostHooks = 16;
const known = hookTriggers("*");

const trigger = textThat("an event such as node.unreachable, or many such as node.*", (text) => {
  if (hookTriggers(text).length > 0) return undefined;
  if (text === "hook.failed" || text === "hook.*")
    return `${quote(text)} runs no hook: one that fails would run itself`;
  const meant = nearest(text, known);
  const hint = meant === undefined ? `known are ${known.join(", ")}` : `did you mean ${meant}?`;
  return `${quote(text)} is no event: ${hint}`;
});

/** Of one of the operator's programs that run on the primary at events. */
export const hookFields = z.strictObject(
  {
    run: textWithout(hookNameProblem, "the name of a file in /etc/cowherd/hooks"),
    on: listOf(trigger, "a list of events such as [node.unreachable]", 64).check(({ value, issues }) => {
      if (value.length === 0) issues.push({ code: "custom", message: "is empty: name an event", input: value });
    }),
    seconds: wholeNumber(1, longestHookSeconds).default(30),
    user: textWithout(hookUserProblem, "the name of a user on the primary").optional(),
  },
  { error: mappingError("a mapping such as { run: notify, on: [node.unreachable] }") },
);

/** A program stands once: where it was up to is kept by its name. */
export const hooksField = z
  .array(hookFields, isMissingOr("a list such as [{ run: notify, on: [node.unreachable] }]"))
  .max(mostHooks, `has more than ${mostHooks} hooks`)
  .check(({ value, issues }) => {
    const names = value.map(({ run }) => run);
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) === index) continue;
      const message = `${quote(name)} stands twice: name all its events in one place`;
      issues.push({ code: "custom", message, input: name, path: [index, "run"] });
    }
  })
  .default([]);
