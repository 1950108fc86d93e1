import { exportFlags } from "@cowherd/proto";
import type { RuleBreach } from "./rule-breach.ts";

/** Whose the shared folder is; each undefined where it is ill-formed. */
export type FolderOwner = {
  readonly name?: string | undefined;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
};

/** Lists why the options of exports(5), each well-formed, are together none of a folder that every node's programs write to. */
export function exportBreaches(options: readonly string[], owner: FolderOwner): readonly RuleBreach[] {
  const problems =
    options.length === 0
      ? ["is empty: name rw at least"]
      : [
          ...contradictions(options),
          ...doubles(options),
          ...(options.includes("rw") ? [] : ["rw is missing, without which no program could write its results there"]),
          ...roots(options),
          ...squashes(options, owner),
        ];
  return problems.map((message) => ({ path: ["shared", "options"], place: "value", message }));
}

function contradictions(options: readonly string[]): readonly string[] {
  return exportFlags
    .filter((flags) => flags.every((flag) => options.includes(flag)))
    .map(([one, other]) => `${one} and ${other} contradict each other`);
}

function doubles(options: readonly string[]): readonly string[] {
  const byKey = Map.groupBy(
    options.filter((option) => option.includes("=")),
    (option) => option.split("=", 1)[0] ?? option,
  );
  return [...byKey]
    .filter(([, same]) => same.length > 1)
    .map(([key, same]) => `${key}= stands twice: ${same.join(" and ")}`);
}

/** NFSv4 shows every path below that root: exports(5), fsid. */
function roots(options: readonly string[]): readonly string[] {
  return options
    .filter((option) => /^fsid=(root|0+)$/.test(option))
    .map(
      (option) =>
        `${option} makes the folder the root of all exports: the others would find it at "/" and not at its path`,
    );
}

/** Whoever writes becomes the anonymous user: where that is not the folder's owner, nobody may write. */
function squashes(options: readonly string[], { name, uid, gid }: FolderOwner): readonly string[] {
  if (!options.includes("all_squash") || uid === undefined || gid === undefined) return [];
  const own = [`anonuid=${uid}`, `anongid=${gid}`];
  if (own.every((option) => options.includes(option))) return [];
  return [`all_squash takes the folder from ${name ?? "its user"}: leave it out, or add ${own.join(" and ")}`];
}
