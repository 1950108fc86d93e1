import type { HookRequest, KeptEvent } from "@cowherd/proto";
import type { HookSpec } from "../spec/cluster-spec.ts";
import { hookTriggers } from "../spec/hook-triggers.ts";

/** What the primary was asked for, and when by the clock that only goes forwards. `problem` says why it was not asked. */
export type OpenHook = {
  readonly request: HookRequest;
  readonly event: KeptEvent;
  readonly askedAt: number;
  readonly problem: string | undefined;
};

/**
 * The events of one hook that wait, oldest first, and the one that is under way.
 *
 * Invariants: no more than `mostWaiting` wait; where more come, the oldest are skipped and
 * counted, since the newest say how things are.
 */
export type Lane = {
  /** Says for which events it is from now on; what waits and is none of them any more is dropped. */
  takes(hook: HookSpec): void;
  hook(): HookSpec;
  /** Takes an event that is newer than all that it has seen. */
  see(event: KeptEvent): void;
  /** Takes for seen what nobody can read any more. */
  pass(sequence: bigint): void;
  seen(): bigint;
  /** The event whose turn is next; undefined while none waits. */
  next(): KeptEvent | undefined;
  /** Notes what is under way. */
  start(open: OpenHook): void;
  open(): OpenHook | undefined;
  /** Notes that the end of what was under way is stored, and that so many were skipped. */
  finish(skipped: number): void;
  /** How many were skipped that are not stored yet, and the newest of them. */
  skipped(): { readonly count: number; readonly last: bigint };
  waiting(): number;
};

const mostWaiting = 100;

/** Makes a lane for the events after `done`. */
export function createLane(done: bigint): Lane {
  let spec: HookSpec | undefined;
  let queue: KeptEvent[] = [];
  let seen = done;
  let open: OpenHook | undefined;
  let skipped = { count: 0, last: 0n };
  const isMine = ({ event }: KeptEvent) => spec?.on.some((word) => hookTriggers(word).includes(event.type)) ?? false;

  return {
    takes(hook) {
      if (spec === hook) return;
      spec = hook;
      queue = queue.filter(isMine);
    },
    hook() {
      if (spec === undefined) throw new TypeError("a lane is of a hook");
      return spec;
    },
    see(event) {
      if (event.sequence <= seen) return;
      seen = event.sequence;
      if (!isMine(event)) return;
      queue.push(event);
      const [oldest] = queue;
      if (queue.length <= mostWaiting || oldest === undefined) return;
      queue.shift();
      skipped = { count: skipped.count + 1, last: oldest.sequence };
    },
    pass(sequence) {
      if (sequence > seen) seen = sequence;
    },
    seen: () => seen,
    next: () => queue[0],
    start(started) {
      if (open === undefined) queue.shift();
      open = started;
    },
    open: () => open,
    finish(stored) {
      open = undefined;
      skipped = { ...skipped, count: skipped.count - stored }; // more may have come meanwhile
    },
    skipped: () => skipped,
    waiting: () => queue.length + (open === undefined ? 0 : 1),
  };
}
