import { cloudEventOf, type KeptEvent, subjectOf } from "@cowherd/proto";
import { createBell } from "../sessions/bell.ts";
import type { BusMessage, EventBus } from "./event-bus.ts";
import type { EventLog } from "./event-log.ts";
import { retryDelayMs } from "./retry-delay.ts";

/** That events wait which should not: since when, by the wall clock, why, and how many. */
export type PublishingTrouble = { readonly since: number; readonly reason: string; readonly waiting: bigint };

/** Brings what is in the log to the bus. */
export interface Publisher {
  /** Says that the log may have grown. Never waits for anything. */
  wake(): void;
  /** Whether the bus has taken an event at any time. */
  hasPublished(): boolean;
  /** Undefined while everything that there is to publish is published, or on its way for the first time. */
  trouble(): PublishingTrouble | undefined;
  /** Ends what is going on, notes how far it came, and lets go of the bus. */
  stop(): Promise<void>;
}

export type PublisherDeps = {
  readonly cluster: string;
  readonly log: EventLog;
  readonly bus: EventBus;
  /** Milliseconds of the wall clock. */
  readonly now: () => number;
  /** From 0 to less than 1. */
  readonly random: () => number;
  /** Resolves after so many milliseconds, or once `signal` aborts. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Resolves after the time for which it need not be noted how far the bus has come, or once `signal` aborts. */
  readonly noteDelay: (signal: AbortSignal) => Promise<void>;
  /** Resolves after the time in which others may join the first event after a silence, or once `signal` aborts. */
  readonly gatherDelay: (signal: AbortSignal) => Promise<void>;
  /** Aborts after so many milliseconds. */
  readonly deadline: (ms: number) => AbortSignal;
  /** Called when the trouble became another one. */
  readonly changed: () => void;
};

const mostMessages = 64;
const mostCharacters = 512 * 1024;
const publishMs = 30_000;

/**
 * Starts to publish.
 *
 * Invariants: one batch is under way at a time, and nothing else of the log is in memory; an
 * event counts as published after the bus has it and all before it, and not earlier; whatever
 * the bus does, a try ends, and another one follows after a pause.
 *
 * How far the bus has come is noted in the log a little later, for many batches at once: each
 * note costs the disk what a commit costs. Who is cut off in between publishes those again.
 */
export function startPublisher(deps: PublisherDeps): Publisher {
  const { cluster, log, bus, now, random, pause, noteDelay, gatherDelay, deadline, changed } = deps;
  const stopping = new AbortController();
  const bell = createBell();
  let trouble: Omit<PublishingTrouble, "waiting"> | undefined;
  let reached = log.published();
  let noting: Promise<void> | undefined;

  function noteSoon(): void {
    noting ??= noteDelay(stopping.signal).then(() => {
      noting = undefined;
      try {
        log.markPublished(reached);
      } catch {
        // The store is unwell, which every commit says louder; the next batch is noted with this one.
      }
    });
  }

  function tell(reason: string | undefined): void {
    if (reason === trouble?.reason) return;
    trouble = reason === undefined ? undefined : { since: trouble?.since ?? now(), reason };
    changed();
  }

  /** Publishes what comes next. Tells how many events are published now that were not, and what went wrong. */
  async function publishSome(): Promise<{ readonly published: number; readonly failure: string | undefined }> {
    try {
      const batch = log.read(reached, mostMessages);
      if (batch.length === 0) return { published: 0, failure: undefined };
      const signal = AbortSignal.any([stopping.signal, deadline(publishMs)]);
      const { stored, failure } = await bus.publish(messagesOf(cluster, batch), signal);
      const last = batch[stored - 1];
      if (last !== undefined) {
        reached = last.sequence;
        noteSoon();
      }
      return { published: stored, failure };
    } catch (error) {
      // The log is the store's: where that fails, the controller has more to say than this.
      return { published: 0, failure: error instanceof Error ? error.message : String(error) };
    }
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      const { published, failure } = await publishSome();
      if (stopping.signal.aborted) break;
      if (failure !== undefined) {
        tell(failure);
        failures = published > 0 ? 0 : failures + 1;
        await pause(retryDelayMs(failures, random()), stopping.signal);
      } else {
        failures = 0;
        tell(undefined);
        if (published > 0) continue;
        await bell.rung();
        await gatherDelay(stopping.signal);
      }
    }
  }

  const running = run();

  return {
    wake: () => bell.ring(),
    hasPublished: () => reached > 0n,
    trouble: () => trouble && { ...trouble, waiting: log.last() - reached },
    async stop() {
      stopping.abort();
      bell.ring();
      await running;
      await noting;
      await bus.close();
    },
  };
}

/** As many as go together; one at least, however long it is. */
function messagesOf(cluster: string, batch: readonly KeptEvent[]): readonly BusMessage[] {
  const messages: BusMessage[] = [];
  let characters = 0;
  for (const kept of batch) {
    const body = cloudEventOf(cluster, kept);
    characters += body.length;
    if (messages.length > 0 && characters > mostCharacters) break;
    messages.push({ subject: subjectOf(cluster, kept.event), id: kept.id, body });
  }
  return messages;
}
