import { describe, expect, it } from "vitest";
import type { Process, Processes } from "./processes.ts";

/** A machine that runs a rank of user `uid`, whose command line begins with `argv`, and a plain process beside it. */
export type ProcessesStand = {
  readonly processes: Processes;
  readonly uid: number;
  readonly rank: number;
  readonly plain: number;
  readonly argv: readonly string[];
};

/** What every Processes must do. */
export function processesContract(name: string, createStand: () => Promise<ProcessesStand>): void {
  const find = async ({ processes, uid }: ProcessesStand, pid: number, of = uid): Promise<Process | undefined> =>
    (await processes.look(of)).processes.find((process) => process.pid === pid);

  describe(`${name} processes`, () => {
    it("tell a rank from a plain process, with its command line", async () => {
      const stand = await createStand();
      expect(await find(stand, stand.rank)).toMatchObject({ uid: stand.uid, isRank: true, argv: stand.argv });
      expect(await find(stand, stand.plain)).toMatchObject({ uid: stand.uid, isRank: false });
    });

    it("tell of other users' processes no more than that they are there", async () => {
      const stand = await createStand();
      expect(await find(stand, stand.rank, stand.uid + 1)).toMatchObject({ argv: [], isRank: false });
    });

    it("take a signal for the process that was seen, and not for another one of its number", async () => {
      const stand = await createStand();
      const rank = await find(stand, stand.rank);
      if (rank === undefined) throw new TypeError("the stand has no rank");
      const another = { ...rank, startedAt: rank.startedAt + 1 };
      stand.processes.signal(another, "SIGKILL");
      expect(stand.processes.lives(rank)).toBe(true);
      expect(stand.processes.lives(another)).toBe(false);
      stand.processes.signal(rank, "SIGTERM");
      await expect.poll(() => stand.processes.lives(rank), { timeout: 10_000 }).toBe(false);
      stand.processes.signal(rank, "SIGKILL"); // harmless
      expect(stand.processes.lives({ pid: stand.plain, startedAt: -1 })).toBe(false);
    });
  });
}
