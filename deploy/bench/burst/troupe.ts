import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Membership } from "../../../agent/src/journal/membership.ts";
import type { Machine } from "./machine.ts";

/** Played agents, the primary's first: it plays from the start, the others once they are told. */
export type Troupe = {
  readonly members: readonly [Member, ...Member[]];
  /** How long the primary's takes over a launch. Milliseconds. */
  readonly launchMs: number;
};

export type Member = { readonly machine: Machine; readonly membership: Membership };

/** The primary's agent wrote another hostfile, of so many lines. */
export type TroupeNews = { readonly lines: number };

/** A troupe on its stage. Disposing of it cuts every connection. */
export type PlayingTroupe = AsyncDisposable & {
  /** The lines of each hostfile that was written, in order. */
  readonly written: readonly number[];
  /** Lets all others play as well, all at once. */
  enter(): void;
  /** Rejects with the first fault of a played agent; never resolves. */
  readonly failed: Promise<never>;
};

/** Lets a troupe play in a thread of its own, over real connections. */
export function startTroupe(troupe: Troupe): PlayingTroupe {
  const worker = new Worker(new URL("main.ts", import.meta.url), { workerData: troupe });
  const written: number[] = [];
  worker.on("message", ({ lines }: TroupeNews) => written.push(lines));
  const failed = once(worker, "error").then(([error]) => {
    throw error;
  });
  failed.catch(() => {}); // whoever waits for it hears of it
  return {
    written,
    failed,
    enter: () => worker.postMessage("enter"),
    [Symbol.asyncDispose]: async () => void (await worker.terminate()),
  };
}
