import { setTimeout as sleep } from "node:timers/promises";
import type { LabHost } from "../lab/lab.ts";

/** Every so many kills the program gets this long in peace: what takes several steps must come through in the end. */
const peaceEvery = 10;
const peaceMs = 4_000;
/** What systemd waits before it starts the unit again (RestartSec), less what a kill takes: nobody need look meanwhile. */
const restartMs = 400;

/**
 * Kills the unit's main process with SIGKILL, each time a new one, at uneven moments: amid its
 * start and amid its work. Returns how many died.
 */
export async function killAgainAndAgain(host: LabHost, unit: string, times: number): Promise<number> {
  let last = "0";
  let killed = 0;
  while (killed < times) {
    const pid = (await host.check(["systemctl", "show", "--property=MainPID", "--value", unit])).trim();
    if (pid === "0" || pid === last) {
      await sleep(50);
      continue;
    }
    await sleep(killed % peaceEvery === peaceEvery - 1 ? peaceMs : (killed * 37) % 800);
    const { exitCode } = await host.run(["kill", "-KILL", pid]);
    if (exitCode === 0) killed += 1;
    last = pid;
    await sleep(restartMs);
  }
  return killed;
}
