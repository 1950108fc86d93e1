/** Keeps this thread busy for so many milliseconds, in a file of its own. */
export function spin(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
