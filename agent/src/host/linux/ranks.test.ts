import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { createLinuxRanks } from "./ranks.ts";

const uid = process.geteuid?.() ?? -1;

it("counts the ranks of one user alone, and is not confused by what else is there", async () => {
  const proc = await mkdtemp(`${tmpdir()}/proc-`);
  try {
    for (const [pid, environment] of [
      ["100", "PMI_RANK=0\0"],
      ["200", "PATH=/bin\0"],
      ["300", undefined], // gone, or a zombie
      ["self", "PMI_RANK=0\0"],
    ] as const) {
      await mkdir(`${proc}/${pid}`);
      if (environment !== undefined) await writeFile(`${proc}/${pid}/environ`, environment);
    }
    await writeFile(`${proc}/uptime`, "1 1\n");
    const ranks = createLinuxRanks(proc);
    expect(await ranks.count(uid)).toBe(1);
    expect(await ranks.count(uid + 1)).toBe(0);
  } finally {
    await rm(proc, { recursive: true });
  }
});

it.runIf(process.platform === "linux")("finds processes that really run, until they end", async () => {
  const ranks = createLinuxRanks();
  const before = await ranks.count(uid);
  const start = (env: Record<string, string>) => spawn("sleep", ["60"], { env: { PATH: "/usr/bin:/bin", ...env } });
  const children: readonly ChildProcess[] = [
    start({ OMPI_COMM_WORLD_RANK: "0" }),
    start({ PMIX_RANK: "1" }),
    start({ HOME: "/" }),
  ];
  try {
    await Promise.all(children.map((child) => once(child, "spawn")));
    expect(await ranks.count(uid)).toBe(before + 2);
  } finally {
    const ended = children.map((child) => once(child, "exit"));
    for (const child of children) child.kill("SIGKILL");
    await Promise.all(ended);
  }
  expect(await ranks.count(uid)).toBe(before);
});
