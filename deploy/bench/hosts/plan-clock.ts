import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { rolldown } from "rolldown";
import type { LabHost } from "../../lab/lab.ts";
import { bundleOptions, projectFolder } from "../../packaging/programs.ts";

const onHost = "/var/tmp/plan-clock.mjs";
const mostMs = 300_000;

/** Brings the clock of plan-clock/main.ts to the primary. What it returns runs so many passes, and resolves with the milliseconds of each. */
export async function preparePlanClock(primary: LabHost): Promise<(times: number) => Promise<readonly number[]>> {
  const folder = await mkdtemp(`${tmpdir()}/cowherd-clock-`);
  try {
    await primary.copyIn(await bundleClock(folder), onHost, 0o644);
  } finally {
    await rm(folder, { recursive: true });
  }
  return async (times) =>
    JSON.parse(await primary.check(["/usr/lib/cowherd/runtime/node", onHost, String(times)], { timeoutMs: mostMs }));
}

/** Makes one file of the clock's program, as the product's are made. Returns its path. */
export async function bundleClock(folder: string): Promise<string> {
  const { input, output } = bundleOptions("cowctl", "bench", folder);
  await using bundle = await rolldown({
    ...input,
    input: { "plan-clock": `${projectFolder}deploy/bench/plan-clock/main.ts` },
  });
  await bundle.write(output);
  return `${folder}/plan-clock.mjs`;
}
