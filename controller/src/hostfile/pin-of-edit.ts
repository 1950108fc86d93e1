import { type HostfileLine, type HostfileWord, splitHostfile } from "@cowherd/proto";
import type { SpecProblem } from "../spec/cluster-spec.ts";
import { quote } from "../spec/printable.ts";
import type { ClusterState, HostfileEntry, HostfilePin } from "../state/cluster-state.ts";
import { InvalidHostfileError } from "./pin-problem.ts";

type Limits = { readonly spec: ClusterState["spec"]; readonly seen: ReadonlySet<string> };
type Found = { readonly entries: readonly HostfileEntry[]; readonly problems: readonly SpecProblem[] };

/**
 * Makes the pin that holds the hostfile to what somebody wrote by hand: which nodes, in which
 * order, with how many slots.
 *
 * Only what the hostfile itself could say is taken: nodes of the spec, each once, with
 * `slots=N` within maxSlots. Throws InvalidHostfileError with every problem of the text
 * otherwise, and for one that names nobody.
 */
export function pinOfEdit({ spec }: Pick<ClusterState, "spec">, text: string): HostfilePin {
  const { entries, problems } = splitHostfile(text).reduce<Found>(
    (found, line) => {
      const seen = new Set(found.entries.map(({ node }) => node));
      const { entries: more, problems: wrong } = readLine(line, { spec, seen });
      return { entries: [...found.entries, ...more], problems: [...found.problems, ...wrong] };
    },
    { entries: [], problems: [] },
  );
  if (problems.length > 0) throw new InvalidHostfileError(problems);
  if (entries.length === 0)
    throw new InvalidHostfileError([{ line: 1, column: 1, path: "", message: "it names no node" }]);
  return { entries, origin: { type: "edit" } };
}

function readLine({ line, host, settings }: HostfileLine, { spec, seen }: Limits): Found {
  if (host === undefined) return { entries: [], problems: [] };
  const at = ({ column }: HostfileWord, message: string): SpecProblem => ({ line, column, path: "", message });
  const [first, ...others] = settings;
  const known = spec.nodes.has(host.text);
  const slots = slotsIn(first?.value?.text ?? "", spec.maxSlots);
  const problems = [
    ...(known ? [] : [at(host, `no node ${quote(host.text)} in the cluster spec: "cowctl apply" adds one`)]),
    ...(seen.has(host.text) ? [at(host, `${quote(host.text)} is there twice`)] : []),
    ...(first === undefined ? [at(host, `${quote(host.text)} has no slots: write slots=N`)] : []),
    ...(first !== undefined && (first.key.text !== "slots" || first.value === undefined)
      ? [at(first.key, `${quote(first.key.text)} cannot be adopted: slots=N alone can`)]
      : []),
    ...(first?.key.text === "slots" && first.value !== undefined && slots === undefined
      ? [at(first.value, `${quote(first.value.text)} is no number of slots from 1 to ${spec.maxSlots} (maxSlots)`)]
      : []),
    ...others.map(({ key }) => at(key, `${quote(key.text)} cannot be adopted: slots=N alone can`)),
  ];
  return { entries: slots === undefined ? [] : [{ node: host.text, slots }], problems };
}

function slotsIn(text: string, most: number): number | undefined {
  const slots = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return slots >= 1 && slots <= most ? slots : undefined;
}
