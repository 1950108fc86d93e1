/**
 * The flags of exports(5) that may be asked for, by what they decide; the first of each is
 * what holds where none is named.
 */
export const exportFlags: readonly (readonly [byDefault: string, other: string])[] = [
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

/** Says why a text cannot be an option of an export, in words that follow it; undefined for one that can. */
export function exportOptionProblem(option: string): string | undefined {
  if (exportFlags.some((flags) => flags.includes(option)) || valued.test(option)) return undefined;
  return `is no option of exports(5) that is known here: there are ${exportFlags.flat().join(", ")}, and fsid=, anonuid=, anongid= with a number`;
}
