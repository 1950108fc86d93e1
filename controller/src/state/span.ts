const steps = [
  { unit: "h", ms: 3_600_000 },
  { unit: "min", ms: 60_000 },
] as const;

/** Writes a span of time for people, such as "40 s", "12 min" or "3 h": rounded up, and never zero. */
export function formatSpan(ms: number): string {
  const step = steps.find((candidate) => ms >= 2 * candidate.ms) ?? { unit: "s", ms: 1000 };
  return `${Math.max(1, Math.ceil(ms / step.ms))} ${step.unit}`;
}
