import { rolldown } from "rolldown";
import type { LabHost } from "../../lab/lab.ts";
import { bundleFolder, bundleOptions, projectFolder } from "../../packaging/programs.ts";

const onHost = "/var/tmp/plan-clock.mjs";
const mostMs = 300_000;

/** Brings the clock of plan-clock/main.ts to the primary. What it returns runs so many passes, and resolves with the milliseconds of each. */
export async function preparePlanClock(primary: LabHost): Promise<(times: number) => Promise<readonly number[]>> {
  const { input, output } = bundleOptions("cowctl", "bench", bundleFolder);
  const clock = { "plan-clock": `${projectFolder}deploy/bench/plan-clock/main.ts` };
  await using bundle = await rolldown({ ...input, input: clock });
  await bundle.write(output);
  await primary.copyIn(`${bundleFolder}/plan-clock.mjs`, onHost, 0o644);
  return async (times) =>
    JSON.parse(await primary.check(["/usr/lib/cowherd/runtime/node", onHost, String(times)], { timeoutMs: mostMs }));
}
