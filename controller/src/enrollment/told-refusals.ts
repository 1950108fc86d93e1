const mostAnHour = 20;
const hourMs = 3_600_000;

/**
 * Tells whether observers should hear of one more refusal now; each time that it says yes
 * counts. `now` is in milliseconds.
 *
 * Whoever reaches the door can be refused as often as they like, and must not push what
 * matters out of the log.
 */
export function createRefusalBound(now: () => number): () => boolean {
  let told: readonly number[] = [];
  return () => {
    told = told.filter((at) => Math.abs(now() - at) < hourMs);
    if (told.length >= mostAnHour) return false;
    told = [...told, now()];
    return true;
  };
}
