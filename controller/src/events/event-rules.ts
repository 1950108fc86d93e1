import type { EventsSpec } from "../spec/cluster-spec.ts";
import type { EventRules } from "./grow-log.ts";

/** Tells how much the log keeps, by what the operator asked for. `published` is false where events go nowhere, whatever that was. */
export function eventRulesOf({ broker, keep: { days, count } }: EventsSpec, published: boolean): EventRules {
  return { count, ageMs: days * 24 * 3_600_000, publishing: published && broker.kind !== "off" };
}
