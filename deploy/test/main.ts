import { parseArgs } from "node:util";
import { startVitest } from "vitest/node";
import { installPrerequisites, whyUnfit } from "../lab/prerequisites.ts";
import { type Omission, tally, type Verdict } from "./tally.ts";

/**
 * Runs the tests: the pure ones everywhere, then those on booted hosts where the machine
 * can boot hosts; with `--vms` those on virtual machines too, which take longer than all
 * others together where they are emulated. Other arguments narrow the run to test files whose
 * path contains one of them.
 */
const usage = `usage: npm test -- [--vms] [PART-OF-A-PATH]...

  --vms  run the tests on virtual machines too; slow where there is no KVM

example: npm test -- hostfile
`;
const { values, positionals: filters } = readArguments();
const withVms = values.vms;

function readArguments() {
  try {
    const flag = { type: "boolean", default: false } as const;
    const read = parseArgs({ options: { vms: flag, help: flag }, allowPositionals: true });
    if (!read.values.help) return read;
    process.stdout.write(usage);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(64);
  }
}

const { CI } = process.env;

type Ended = { readonly verdicts: readonly Verdict[]; readonly brokenFiles: number };

/** A test on hosts may take minutes, so each has its line when it ends; of the others the file is enough. */
async function run(project: "pure" | "hosts" | "vms"): Promise<Ended> {
  const reporters = [project === "pure" ? "default" : "verbose"];
  const vitest = await startVitest("test", filters, { watch: false, project, reporters, passWithNoTests: true });
  const files = vitest.state.getTestModules();
  const verdicts = files.flatMap((file) =>
    Array.from(file.children.allTests(), (test): Verdict => ({ name: test.fullName, state: test.result().state })),
  );
  const broken = files.filter((file) => file.errors().length > 0).length + vitest.state.getUnhandledErrors().length;
  await vitest.close();
  return { verdicts, brokenFiles: broken };
}

const unfit = await whyUnfit();
const omissions: readonly Omission[] = unfit === undefined ? [] : [{ what: "tests on booted hosts", why: unfit }];
if (unfit === undefined) {
  for (const kind of withVms ? (["nspawn", "vm"] as const) : (["nspawn"] as const)) {
    await installPrerequisites((line) => process.stderr.write(`${line}\n`), kind);
  }
}
const runs = [await run("pure")];
if (unfit === undefined) runs.push(await run("hosts"));
if (unfit === undefined && withVms) runs.push(await run("vms"));

const { good, text } = tally(
  runs.flatMap(({ verdicts }) => verdicts),
  omissions,
  { strict: CI === "true", brokenFiles: runs.reduce((sum, { brokenFiles }) => sum + brokenFiles, 0) },
);
process.stdout.write(`\n${text}`);
process.exitCode = good ? 0 : 1;
