import { describe, expect, it } from "vitest";
import { createLinuxProcesses } from "./processes.ts";
import { runSession } from "./session-command.ts";

const signal = new AbortController().signal;
const timeoutMs = 20_000;
/** Seconds that no other run of these tests sleeps for, so that each finds its own alone. */
const own = (at: number) => `${process.pid}${at}`;
const patience = { timeout: 10_000 };
const sh = (script: string) => ["/bin/sh", "-c", script] as const;

/** Whether a process with that word in its command line runs. */
async function runs(word: string): Promise<boolean> {
  const { processes } = await createLinuxProcesses().look(process.getuid?.() ?? 0);
  return processes.some(({ argv }) => argv.includes(word));
}

describe.runIf(process.platform === "linux")("a command that may hang", () => {
  it("tells what it wrote and how it ended", async () => {
    const end = await runSession(sh("echo out; echo err >&2; cat; exit 3"), timeoutMs, signal);
    expect(end).toEqual({ exitCode: 3, late: false, stdout: "out\n", stderr: "err\n" });
  });

  it("is asked to end when it is late, and keeps what it wrote until then", async () => {
    const end = await runSession(
      sh(`trap 'echo bye; exit 7' TERM; echo begun; sleep ${own(4601)} & wait`),
      200,
      signal,
    );
    expect(end).toEqual({ exitCode: 7, late: true, stdout: "begun\nbye\n", stderr: "" });
    expect(await runs(own(4601))).toBe(false);
  });

  it("is killed when it does not heed that, with children in groups and sessions of their own", async () => {
    const script = `trap '' TERM; echo begun; setsid sleep ${own(4602)} & setsid sh -c 'sleep ${own(4603)} & wait' & sleep ${own(4604)}`;
    const end = await runSession(sh(script), 200, signal);
    expect(end).toMatchObject({ exitCode: 137, late: true, stdout: "begun\n" });
    await expect
      .poll(async () => (await runs(own(4602))) || (await runs(own(4603))) || (await runs(own(4604))), patience)
      .toBe(false);
  });

  it("leaves nothing of its session behind when it ends by itself", async () => {
    const end = await runSession(sh(`sleep ${own(4605)} >/dev/null 2>&1 & exit 0`), timeoutMs, signal);
    expect(end.exitCode).toBe(0);
    await expect.poll(() => runs(own(4605)), patience).toBe(false);
  });

  it("is killed at once when aborted, and rejects with the reason", async () => {
    const stop = new AbortController();
    const run = runSession(["/bin/sleep", own(4606)], timeoutMs, stop.signal);
    stop.abort(new Error("going down"));
    await expect(run).rejects.toThrow("going down");
    await expect.poll(() => runs(own(4606)), patience).toBe(false);
    await expect(runSession(["/bin/true"], timeoutMs, stop.signal)).rejects.toThrow("going down");
  });

  it("that is not there is named", async () => {
    await expect(runSession(["/absent/tool"], timeoutMs, signal)).rejects.toMatchObject({
      name: "CommandError",
      message: expect.stringContaining("/absent/tool"),
    });
  });

  it("may write more than is kept", async () => {
    const end = await runSession(sh("yes | head -c 1000000"), timeoutMs, signal);
    expect(end.stdout).toHaveLength(64 * 1024);
  });
});
