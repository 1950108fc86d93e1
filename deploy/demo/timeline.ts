/** What a step left behind for whoever does not believe it, such as the hostfile's text. */
export type Evidence = Readonly<Record<string, string | number>>;

/** One step of the demo, as it went. */
export type Step = {
  readonly name: string;
  readonly seconds: number;
  readonly ok: boolean;
  readonly evidence: Evidence;
};

/** Formats the steps as one line each, with a bar for the time that it took. */
export function formatTimeline(steps: readonly Step[]): string {
  const total = steps.reduce((sum, { seconds }) => sum + seconds, 0);
  const lines = [...steps, { name: "all", seconds: total, ok: steps.every(({ ok }) => ok) }].map(
    ({ name, seconds, ok }) => {
      const bar = "=".repeat(total === 0 ? 0 : Math.round((seconds / total) * 30));
      return `${ok ? " ok " : "FAIL"} ${seconds.toFixed(1).padStart(7)} s  ${bar.padEnd(31)}${name}`;
    },
  );
  return `${lines.join("\n")}\n`;
}
