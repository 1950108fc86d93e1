/**
 * The flags of exports(5) that Cowherd knows, by what they decide; the first of each is the
 * default. Only these may be asked for: of the others nobody can tell whether two lines mean
 * the same.
 */
const flags: readonly (readonly [string, string])[] = [
  ["ro", "rw"],
  ["sync", "async"],
  ["wdelay", "no_wdelay"],
  ["hide", "nohide"],
  ["nocrossmnt", "crossmnt"],
  ["secure", "insecure"],
  ["root_squash", "no_root_squash"],
  ["no_all_squash", "all_squash"],
  ["no_subtree_check", "subtree_check"],
  ["secure_locks", "insecure_locks"],
  ["acl", "no_acl"],
];

/** Options with a value that are passed on as they are. */
const valued = /^(fsid=(\d{1,10}|root)|anonuid=\d{1,10}|anongid=\d{1,10}|sec=sys)$/;

const spellings: Readonly<Record<string, string>> = {
  no_auth_nlm: "insecure_locks",
  auth_nlm: "secure_locks",
  "fsid=root": "fsid=0",
};

/** Whether an export may be asked for with this option. */
export function isExportOption(option: string): boolean {
  return flags.some((pair) => pair.includes(option)) || valued.test(option);
}

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
  const effective = new Map(flags.map(([byDefault], decision) => [String(decision), byDefault]));
  for (const option of options.map((text) => spellings[text] ?? text)) {
    const decision = flags.findIndex((pair) => pair.includes(option));
    if (option === "sec=sys") continue; // what there is without it
    effective.set(decision >= 0 ? String(decision) : (option.split("=")[0] ?? option), option);
  }
  return [...effective.values()].toSorted();
}
