/** The running time of a controller: how long controllers of its cluster have run, in milliseconds. */
export type RunningTime = () => number;

/**
 * Goes on from `from`, by a clock that only goes forwards. To be asked at short intervals: a
 * gap of more than `pauseMs` is a pause of the machine and does not count.
 */
export function createRunningTime(from: number, monotonic: () => number, pauseMs: number): RunningTime {
  let [time, askedAt] = [from, monotonic()];
  return () => {
    const now = monotonic();
    const gap = now - askedAt;
    askedAt = now;
    if (gap <= pauseMs) time += gap;
    return time;
  };
}
