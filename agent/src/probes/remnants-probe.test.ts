import { describe, expect, it } from "vitest";
import { createMemoryProcesses, type MemoryProcessesSeed } from "../host/memory-processes.ts";
import type { Process } from "../host/processes.ts";
import { createManualClock } from "../manual-clock.ts";
import { findRemnants } from "./remnants-probe.ts";

const user = { name: "mpihpc", uid: 7777, gid: 7777, home: "/home/mpihpc", shell: "/bin/bash" };
const signal = new AbortController().signal;
const orted: Process = {
  pid: 100,
  parent: 1,
  program: "orted",
  uid: 7777,
  startedAt: 5,
  ageMs: 60_000,
  argv: ["orted", "-mca", "orte_hnp_uri", "1.0;tcp://10.0.2.15,192.168.56.10:5000"],
  isRank: false,
};
const rank: Process = { ...orted, pid: 101, parent: 100, program: "a.out", argv: ["a.out"], isRank: true };

function stand(seed: MemoryProcessesSeed, listening: readonly string[] = []) {
  const processes = createMemoryProcesses(seed);
  const clock = createManualClock();
  const asked: string[] = [];
  const deps = {
    processes,
    clock,
    account: async (name: string) => (name === user.name ? user : undefined),
    async connects(address: string, port: number) {
      asked.push(`${address}:${port}`);
      return listening.includes(`${address}:${port}`);
    },
  };
  const ask = (end: boolean, over = signal) => findRemnants({ kind: "remnants", user: user.name, end }, deps, over);
  return { processes, clock, asked, ask };
}

describe("the probe for remnants", () => {
  it("names a daemon and its ranks whose launcher refuses, and leaves them alone", async () => {
    const { processes, clock, ask, asked } = stand({ processes: [orted, rank] });
    const found = ask(false);
    await clock.pass(1_000);
    expect(await found).toMatch(/^orted \(pid 100, .*\), a\.out \(pid 101, .*\) are left over/);
    expect(processes.ended).toEqual([]);
    expect(asked).toEqual(["10.0.2.15:5000", "192.168.56.10:5000", "10.0.2.15:5000", "192.168.56.10:5000"]);
  });

  it("neither names nor ends a job whose launcher answers at any of its addresses", async () => {
    const { processes, ask } = stand({ processes: [orted, rank] }, ["192.168.56.10:5000"]);
    expect(await ask(true)).toBeUndefined();
    expect(processes.ended).toEqual([]);
  });

  it("does not take the end of a job for what it left", async () => {
    const { processes, clock, ask } = stand({ processes: [orted, rank] });
    const found = ask(true);
    await clock.pass(900);
    processes.replace([{ ...orted, startedAt: 6 }]); // another job's, on the same number
    await clock.pass(200);
    expect(await found).toBeUndefined();
    expect(processes.ended).toEqual([]);
  });

  it("ends what is left over, with force only what does not heed, and holds then", async () => {
    const { processes, clock, ask } = stand({ processes: [orted, rank], stubborn: [101] });
    const found = ask(true);
    await clock.pass(1_000);
    expect(processes.ended).toEqual([{ pid: 100, signal: "SIGTERM" }]);
    await clock.pass(4_900);
    expect(processes.ended).toHaveLength(1);
    await clock.pass(200);
    expect(await found).toBeUndefined();
    expect(processes.ended).toEqual([
      { pid: 100, signal: "SIGTERM" },
      { pid: 101, signal: "SIGKILL" },
    ]);
  });

  it("looks no further once it is aborted", async () => {
    const { clock, ask, processes } = stand({ processes: [orted] });
    const stop = new AbortController();
    const found = ask(true, stop.signal);
    await clock.pass(500);
    stop.abort(new Error("the session ended"));
    await expect(found).rejects.toThrow("the session ended");
    expect(processes.ended).toEqual([]);
  });

  it("finds nothing of a user that is not there", async () => {
    const { ask } = stand({ processes: [{ ...orted, uid: 1000 }] });
    expect(await ask(false)).toBeUndefined();
  });
});
