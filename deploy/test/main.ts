import { startVitest } from "vitest/node";
import { installPrerequisites, whyUnfit } from "../lab/prerequisites.ts";
import { type Omission, tally, type Verdict } from "./tally.ts";

/**
 * Runs the tests: the pure ones everywhere, those on booted hosts where the machine can
 * boot hosts. Arguments narrow the run to test files whose path contains one of them.
 */
const filters = process.argv.slice(2);
const { CI } = process.env;
const unfit = await whyUnfit();
if (unfit === undefined) await installPrerequisites((line) => process.stderr.write(`${line}\n`));
const omissions: readonly Omission[] = unfit === undefined ? [] : [{ what: "tests on booted hosts", why: unfit }];

const vitest = await startVitest("test", filters, {
  watch: false,
  project: unfit === undefined ? ["pure", "hosts"] : ["pure"],
});
const files = vitest.state.getTestModules();
const verdicts = files.flatMap((file) =>
  Array.from(file.children.allTests(), (test): Verdict => ({ name: test.fullName, state: test.result().state })),
);
const brokenFiles = files.filter((file) => file.errors().length > 0).length;
const unhandled = vitest.state.getUnhandledErrors().length;
await vitest.close();

const { good, text } = tally(verdicts, omissions, {
  strict: CI === "true",
  brokenFiles: brokenFiles + unhandled,
});
process.stdout.write(`\n${text}`);
process.exitCode = good ? 0 : 1;
