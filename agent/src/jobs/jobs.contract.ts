import { expect, it } from "vitest";
import type { Job, Jobs } from "./jobs.ts";

const signal = new AbortController().signal;

/** Makes a job that writes a text and ends with a code after so many seconds. */
export type ScriptedJob = (id: string, script: { text: string; exitCode: number; seconds: number }) => Job;

/** What every Jobs does. `restart` gives a second Jobs over the same world, as a restarted agent has it. */
export function jobsContract(
  create: () => Promise<{ readonly jobs: Jobs; restart(): Jobs; readonly scripted: ScriptedJob }>,
): void {
  it("tells how a job ended and what it wrote", async () => {
    const { jobs, scripted } = await create();
    const job = scripted("greet", { text: "hello", exitCode: 3, seconds: 0 });
    expect(await jobs.run(job, signal)).toEqual({ exitCode: 3, output: "hello\n" });
  });

  it("frees the id once the end was told", async () => {
    const { jobs, scripted } = await create();
    await jobs.run(scripted("again", { text: "first", exitCode: 0, seconds: 0 }), signal);
    const second = await jobs.run(scripted("again", { text: "second", exitCode: 0, seconds: 0 }), signal);
    expect(second.output).toBe("second\n");
  });

  it("joins a job that runs, does not repeat it, and says where it is another than the one asked for", async () => {
    const { jobs, restart, scripted } = await create();
    const agent = new AbortController();
    const waiting = jobs.run(scripted("slow", { text: "once", exitCode: 0, seconds: 0.2 }), agent.signal);
    setTimeout(() => agent.abort(), 100);
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
    const other = scripted("slow", { text: "twice", exitCode: 1, seconds: 0 });
    expect(await restart().run(other, signal)).toEqual({ exitCode: 0, output: "once\n", stale: true });
  });

  it("has nothing to say against the end of the very job that was joined", async () => {
    const { jobs, restart, scripted } = await create();
    const job = scripted("same", { text: "once", exitCode: 1, seconds: 0.2 });
    const agent = new AbortController();
    const waiting = jobs.run(job, agent.signal);
    setTimeout(() => agent.abort(), 100);
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
    expect(await restart().run(job, signal)).toEqual({ exitCode: 1, output: "once\n" });
  });

  it("tells of a job that ended while nobody waited, and that it had ended", async () => {
    const { jobs, restart, scripted } = await create();
    const agent = new AbortController();
    const job = scripted("unseen", { text: "done", exitCode: 0, seconds: 0.1 });
    const waiting = jobs.run(job, agent.signal);
    setTimeout(() => agent.abort(), 50);
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await restart().run(job, signal)).toEqual({ exitCode: 0, output: "done\n", stale: true });
  });

  it("tells what a job has written while it goes on, also to who joins it later", async () => {
    const { jobs, restart, scripted } = await create();
    const job = scripted("talk", { text: "half way", exitCode: 0, seconds: 1.5 });
    const heard: string[] = [];
    const first = new AbortController();
    await expect(
      jobs.run(job, first.signal, (output) => {
        heard.push(output);
        first.abort();
      }),
    ).rejects.toMatchObject({ name: "AbortError" });
    await restart().run(job, signal, (output) => heard.push(output));
    expect(heard).toEqual(["half way\n", "half way\n"]);
  });

  it("starts nothing for somebody who left", async () => {
    const { jobs, scripted } = await create();
    const job = scripted("never", { text: "x", exitCode: 0, seconds: 0 });
    await expect(jobs.run(job, AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
  });
}
