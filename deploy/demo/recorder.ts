import type { Evidence, Step } from "./timeline.ts";

/** Runs steps one after another and keeps how each went. */
export interface Recorder {
  /** The steps so far, the failed one included. */
  readonly steps: readonly Step[];
  /**
   * Announces a step, runs it and times it.
   *
   * What `run` passes to `keep` is evidence: it is printed at once, and stays in the record
   * also if the step fails later. A failure is recorded and thrown on.
   */
  step<Result>(name: string, run: (keep: (evidence: Evidence) => void) => Promise<Result>): Promise<Result>;
}

/** Creates a recorder that prints with `print`, a text with its line ends at a time. `now` is in milliseconds. */
export function createRecorder(print: (text: string) => void, now: () => number): Recorder {
  const steps: Step[] = [];
  return {
    steps,
    async step(name, run) {
      print(`\n==> ${name}\n`);
      const startedAt = now();
      let evidence: Evidence = {};
      const keep = (more: Evidence) => {
        evidence = { ...evidence, ...more };
        for (const [label, value] of Object.entries(more)) print(formatEvidence(label, value));
      };
      const record = (ok: boolean) => steps.push({ name, seconds: (now() - startedAt) / 1000, ok, evidence });
      try {
        const result = await run(keep);
        record(true);
        return result;
      } catch (error) {
        evidence = { ...evidence, error: error instanceof Error ? error.message : String(error) };
        record(false);
        throw error;
      }
    },
  };
}

function formatEvidence(label: string, value: string | number): string {
  if (typeof value === "number") return `    ${label}: ${value.toFixed(1)}\n`;
  const lines = value.trimEnd().split("\n");
  return lines.length === 1
    ? `    ${label}: ${value.trimEnd()}\n`
    : `    ${label}:\n${lines.map((line) => (line === "" ? "\n" : `      ${line}\n`)).join("")}`;
}
