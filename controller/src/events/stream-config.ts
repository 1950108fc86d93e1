import type { StreamPlan } from "./event-bus.ts";

/** What of a stream's configuration is ours. The fields of JetStream; times in nanoseconds. */
export type StreamFields = {
  readonly subjects: string[];
  readonly max_age: number;
  readonly max_bytes: number;
  readonly duplicate_window: number;
  readonly num_replicas: number;
};

/** For so long the broker knows an id again: longer than any try to publish lasts, and most outages of a broker. */
const duplicateMinutes = 30;

const minute = 60_000_000_000;

/** Writes the plan in JetStream's words. */
export function streamFields({ subjects, days, megabytes, replicas }: StreamPlan): StreamFields {
  return {
    subjects: [subjects],
    max_age: days * 24 * 60 * minute,
    max_bytes: megabytes * 2 ** 20,
    duplicate_window: duplicateMinutes * minute,
    num_replicas: replicas,
  };
}

/** Tells whether a stream that stands is as it should be. What is not ours may be anything. */
export function isAsPlanned(standing: StreamFields, wanted: StreamFields): boolean {
  return (
    standing.subjects.join(" ") === wanted.subjects.join(" ") &&
    standing.max_age === wanted.max_age &&
    standing.max_bytes === wanted.max_bytes &&
    standing.duplicate_window === wanted.duplicate_window &&
    standing.num_replicas === wanted.num_replicas
  );
}
