import { splitHostfile } from "./hostfile-lines.ts";

/** A node of a hostfile, as someone wrote it. `slots` is undefined where none are said, or no number. */
export type WrittenEntry = { readonly node: string; readonly slots: number | undefined };

const mostChanges = 8;
const longestName = 63;

/** Reads which nodes a hostfile names, and with how many slots, whoever wrote it. */
export function writtenEntries(text: string): readonly WrittenEntry[] {
  return splitHostfile(text).flatMap(({ host, settings }) => {
    if (host === undefined) return [];
    const slots = settings.find(({ key }) => key.text === "slots")?.value?.text ?? "";
    return [{ node: host.text, slots: /^\d{1,9}$/.test(slots) ? Number(slots) : undefined }];
  });
}

/**
 * Says in words what became of a hostfile's entries: "+node9 slots=4, -secondary1, primary 2 -> 3 slots".
 *
 * Empty where they are the same. Of very many changes it names a few and the number of the rest.
 */
export function describeHostfileChanges(before: readonly WrittenEntry[], after: readonly WrittenEntry[]): string {
  const [was, is] = [slotsByNode(before), slotsByNode(after)];
  const changes = [
    ...[...is].flatMap(([node, slots]) => (was.has(node) ? [] : [`+${cut(node)}${slotsText(slots)}`])),
    ...[...was.keys()].flatMap((node) => (is.has(node) ? [] : [`-${cut(node)}`])),
    ...[...is].flatMap(([node, slots]) => slotsChange(node, was.has(node) ? was.get(node) : slots, slots)),
    ...after.flatMap(({ node }, at) =>
      after.findIndex((other) => other.node === node) < at ? [`${cut(node)} twice`] : [],
    ),
  ];
  const more = changes.length - mostChanges;
  if (more > 0) return `${changes.slice(0, mostChanges).join(", ")} and ${more} more`;
  return changes.length === 0 && !sameOrder(before, after) ? "another order" : changes.join(", ");
}

function slotsByNode(entries: readonly WrittenEntry[]): ReadonlyMap<string, number | undefined> {
  return new Map(entries.map(({ node, slots }) => [node, slots]));
}

function slotsText(slots: number | undefined): string {
  return slots === undefined ? "" : ` slots=${slots}`;
}

function slotsChange(node: string, from: number | undefined, to: number | undefined): readonly string[] {
  return from === to ? [] : [`${cut(node)} ${from ?? "no"} -> ${to ?? "no"} slots`];
}

function sameOrder(before: readonly WrittenEntry[], after: readonly WrittenEntry[]): boolean {
  return before.length === after.length && before.every(({ node }, at) => node === after[at]?.node);
}

function cut(node: string): string {
  return node.length > longestName ? `${node.slice(0, longestName)}…` : node;
}
