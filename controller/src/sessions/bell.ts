/** Wakes one waiter. Rings that nobody waited for count as one. */
export type Bell = {
  ring(): void;
  /** Resolves at the next ring, or at once when it rang since the last time. */
  rung(): Promise<void>;
};

export function createBell(): Bell {
  let next = Promise.withResolvers<void>();
  return {
    ring: () => next.resolve(),
    async rung() {
      await next.promise;
      next = Promise.withResolvers();
    },
  };
}
