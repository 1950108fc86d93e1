import { describeHostfileChanges } from "@cowherd/proto";
import type { HostfileGeneration } from "../link/operator-link.ts";
import { renderTable } from "./table.ts";
import { formatTime } from "./time.ts";

/** A generation with what it changed. `-o json` prints it as it is, so its names are part of the interface. */
export type HistoryRow = HostfileGeneration & {
  readonly nodes: number;
  readonly slots: number;
  /** In words; undefined for the oldest that is kept. */
  readonly change: string | undefined;
};

/** Tells what each generation changed, newest first. `kept` is oldest first. Pure. */
export function hostfileHistory(kept: readonly HostfileGeneration[]): readonly HistoryRow[] {
  return kept
    .map((one, at): HistoryRow => {
      const before = kept[at - 1];
      const slots = one.entries.reduce((sum, entry) => sum + entry.slots, 0);
      const change = before === undefined ? undefined : describeHostfileChanges(before.entries, one.entries);
      return { ...one, nodes: one.entries.length, slots, change };
    })
    .toReversed();
}

/** Renders generations, one a line. Pure. */
export function renderHistory(history: readonly HistoryRow[]): string {
  return renderTable(
    ["GENERATION", "TIME", "NODES", "SLOTS", "CHANGE"],
    history.map(({ generation, publishedAt, nodes, slots, change }) => [
      `${generation}`,
      publishedAt === undefined ? "-" : formatTime(publishedAt),
      `${nodes}`,
      `${slots}`,
      change ?? "",
    ]),
  );
}
