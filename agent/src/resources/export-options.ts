import { exportFlags } from "@cowherd/proto";

const spellings: Readonly<Record<string, string>> = {
  no_auth_nlm: "insecure_locks",
  auth_nlm: "secure_locks",
  "fsid=root": "fsid=0",
};

/** Whether two lists of options mean the same: order, repetition and defaults aside. Of two that contradict each other the last counts. */
export function sameOptions(one: readonly string[], other: readonly string[]): boolean {
  return meaning(one).join() === meaning(other).join();
}

/** Whether a live export, of which exportfs names every flag and more that nobody asked for, does what `asked` means. */
export function fulfils(live: readonly string[], asked: readonly string[]): boolean {
  const has = new Set(meaning(live));
  return meaning(asked).every((option) => has.has(option));
}

function meaning(options: readonly string[]): readonly string[] {
  const effective = new Map(exportFlags.map(([byDefault], decision) => [String(decision), byDefault]));
  for (const option of options.map((text) => spellings[text] ?? text)) {
    const decision = exportFlags.findIndex((pair) => pair.includes(option));
    if (option === "sec=sys") continue; // what there is without it
    effective.set(decision >= 0 ? String(decision) : (option.split("=")[0] ?? option), option);
  }
  return [...effective.values()].toSorted();
}
