import { setTimeout as sleep } from "node:timers/promises";
import { type Spread, spreadOf } from "../spread.ts";
import type { Converged, PlayedCluster } from "./played-cluster.ts";

/** How the broker is while a cluster converges. "off" is a cluster without one: what the others are compared with. */
export const moods = ["off", "up", "down", "frozen", "black hole"] as const;
export type Mood = (typeof moods)[number];

/** How long it took to converge, and the processor's share of it; and the same over what it took without a broker in the same round. */
export type MoodReport = {
  readonly mood: Mood;
  readonly wallMs: Spread;
  readonly cpuMs: Spread;
  readonly wallRatio: Spread;
  readonly cpuRatio: Spread;
};

const warmUp = 3;

/**
 * Lets the same cluster converge again and again with brokers in each mood, in turns, so that
 * what else the machine does falls on all of them alike. `measuring` is called after the first
 * rounds, which are not counted.
 */
export async function benchPublishing(
  clusters: Readonly<Record<Mood, PlayedCluster>>,
  rounds: number,
  measuring: () => void,
): Promise<readonly MoodReport[]> {
  const measured = new Map<Mood, Converged[]>(moods.map((mood) => [mood, []]));
  for (let round = 0; round < rounds + warmUp; round += 1) {
    if (round === warmUp) measuring();
    for (const mood of turned(moods, round)) {
      const converged = await clusters[mood].converge();
      if (round >= warmUp) measured.get(mood)?.push(converged);
      await sleep(300); // what this one publishes falls on no other
    }
  }
  const off = measured.get("off") ?? [];
  return moods.map((mood) => {
    const own = measured.get(mood) ?? [];
    const ratio = (of: (converged: Converged) => number) =>
      spreadOf(own.flatMap((one, round) => (off[round] === undefined ? [] : [of(one) / of(off[round])])));
    return {
      mood,
      wallMs: spreadOf(own.map(({ wallMs }) => wallMs)),
      cpuMs: spreadOf(own.map(({ cpuMs }) => cpuMs)),
      wallRatio: ratio(({ wallMs }) => wallMs),
      cpuRatio: ratio(({ cpuMs }) => cpuMs),
    };
  });
}

function turned<T>(items: readonly T[], by: number): readonly T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}
