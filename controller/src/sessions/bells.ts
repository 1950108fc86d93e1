import { type Bell, createBell } from "./bell.ts";

/** A bell for each watcher, all rung together. */
export type Bells = {
  add(): Bell;
  remove(bell: Bell): void;
  ringAll(): void;
};

export function createBells(): Bells {
  const bells = new Set<Bell>();
  return {
    add() {
      const bell = createBell();
      bells.add(bell);
      return bell;
    },
    remove: (bell) => void bells.delete(bell),
    ringAll() {
      for (const bell of bells) bell.ring();
    },
  };
}
