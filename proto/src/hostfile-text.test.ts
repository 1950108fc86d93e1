import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  claimedGeneration,
  type HostfileForm,
  hostfileDigest,
  hostfileMark,
  parseHostfileForm,
  renderHostfile,
} from "./hostfile-text.ts";
import { nodeNameProblem } from "./node-name.ts";

const entries = [
  { node: "primary", slots: 2 },
  { node: "secondary10", slots: 4 },
];
const forms = ["open-mpi", "hydra"] as const satisfies readonly HostfileForm[];

type Entries = readonly { readonly node: string; readonly slots: number }[];

/** The words of the lexers of Open MPI 4.1 and PRRTE 3 that are no host there. */
const grammar = `boards cores cores-per-socket cores_per_socket count count-max count_max cpu cpu-max cpu-set
cpu_max cpu_set max-count max-cpu max-slots max_count max_cpu max_slots port rank slot slots slots-max slots_max sockets
sockets-per-board sockets_per_board user-name user_name username`.split(/\s+/);

/**
 * Reads as Open MPI's lexer does, by the longest match, and refuses whatever it would refuse
 * or take for something else than it looks like.
 */
function readOpenMpi(text: string): Entries {
  let rest = text;
  const take = (pattern: RegExp): string | undefined => {
    const [found] = pattern.exec(rest) ?? [];
    rest = rest.slice(found?.length ?? 0);
    return found;
  };
  const read: { node: string; slots: number }[] = [];
  while (rest !== "") {
    if (take(/^(?:#.*)?\n/) !== undefined) continue; // a comment is one only with its newline
    const node = take(/^[A-Za-z0-9_-]+/);
    if (node === undefined) throw new SyntaxError(`no host at ${JSON.stringify(rest)}`);
    if (grammar.includes(node)) throw new SyntaxError(`${node} is a word of the grammar`);
    if (/^[0-9]+$/.test(node)) throw new SyntaxError(`${node} is a number`);
    const slots = take(/^ slots=[0-9]+(?=\n)/);
    if (slots === undefined) throw new SyntaxError(`no slots at ${JSON.stringify(rest)}`);
    const count = Number(slots.slice(" slots=".length));
    if (count < 1 || count > 2 ** 31 - 1) throw new SyntaxError(`${count} is out of a C integer`);
    if (read.some((other) => other.node === node)) throw new SyntaxError(`${node} is defined twice`);
    read.push({ node, slots: count });
  }
  return read;
}

/** Reads as Hydra does: what begins with "#" is passed over, a word in the line is split at its colons. */
function readHydra(text: string): Entries {
  return text.split("\n").flatMap((line) => {
    if (line === "" || line.startsWith("#")) return [];
    const [node = "", slots = "", ...more] = line.split(":");
    if (more.length > 0 || !/^[1-9][0-9]*$/.test(slots)) throw new SyntaxError(`a line such as ${line}`);
    return [{ node, slots: Number(slots) }];
  });
}

const readers: Readonly<Record<HostfileForm, (text: string) => Entries>> = {
  "open-mpi": readOpenMpi,
  hydra: readHydra,
};

/** Names that cluster.yaml takes, among them whatever comes near to the grammar. */
const accepted = fc
  .oneof(
    fc.stringMatching(/^[a-z0-9-]{1,12}$/),
    fc.constantFrom(...grammar, "localhost", "0x1f", "1e3", "secondary1", "secondary01"),
    fc.tuple(fc.constantFrom(...grammar), fc.constantFrom("1", "-1", "s")).map((parts) => parts.join("")),
    fc.string({ unit: "binary", maxLength: 8 }),
  )
  .filter((name) => nodeNameProblem(name) === undefined);
const contents = fc.uniqueArray(fc.record({ node: accepted, slots: fc.integer({ min: 1, max: 65_536 }) }), {
  minLength: 1,
  maxLength: 40,
  selector: ({ node }) => node,
});
const generations = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n });

describe("a hostfile", () => {
  it("is written as mpirun reads it", () => {
    expect(renderHostfile({ generation: 7n, entries })).toBe(
      "# Managed by Cowherd, generation 7; edits are replaced.\nprimary slots=2\nsecondary10 slots=4\n",
    );
  });

  it("H17, H18, H19: is written with a colon for Hydra, and with a word for Open MPI, never both", () => {
    const hydra = renderHostfile({ generation: 7n, entries }, "hydra");
    expect(hydra).toBe("# Managed by Cowherd, generation 7; edits are replaced.\nprimary:2\nsecondary10:4\n");
    expect(() => readHydra(renderHostfile({ generation: 7n, entries }))).toThrow(SyntaxError);
    expect(() => readOpenMpi(hydra)).toThrow(SyntaxError);
  });

  it.each(forms)(
    "H6, H10, H21, H22, H23, H24, H27: of every spec that is taken says the same to a reader of %s",
    (form) => {
      fc.assert(
        fc.property(contents, generations, (some, generation) => {
          expect(readers[form](renderHostfile({ generation, entries: some }, form))).toEqual(some);
        }),
      );
    },
  );

  it.each(forms)(
    "H1, H2, H3, H5: in the form %s is printable ASCII, and every line ends with a line feed alone",
    (form) => {
      fc.assert(
        fc.property(contents, generations, (some, generation) => {
          expect(renderHostfile({ generation, entries: some }, form)).toMatch(/^(?:[ -~]+\n)+$/);
        }),
      );
    },
  );

  it.each(forms)(
    "H4: in the form %s has one comment, alone in the first line, by which it is known as Cowherd's",
    (form) => {
      const [first = "", ...lines] = renderHostfile({ generation: 7n, entries }, form).split("\n");
      expect(first.startsWith(hostfileMark)).toBe(true);
      expect(lines.join("")).not.toContain("#");
    },
  );

  it("H13, H14, H15, H16, H25, H34: has whole slots in plain digits on every line, the greatest too", () => {
    const some = [{ node: "a", slots: 65_536 }];
    expect(renderHostfile({ generation: 2n ** 64n - 1n, entries: some })).toMatch(/\na slots=65536\n$/);
  });

  it.each(forms)(
    "H32: in the form %s, cut short by a write, is told from a whole one by its end alone, so it is never written in place",
    (form) => {
      const cut = renderHostfile({ generation: 7n, entries: [{ node: "a", slots: 12 }] }, form).slice(0, -2);
      expect(readers[form](`${cut}\n`)).toEqual([{ node: "a", slots: 1 }]);
    },
  );
});

it("names the generation of a text that it wrote, and of no other", () => {
  expect(claimedGeneration(renderHostfile({ generation: 7n, entries: [] }))).toBe(7n);
  for (const text of [
    "",
    "primary slots=2\n",
    "\n# Managed by Cowherd, generation 7; …",
    "# Managed by Cowherd, generation x;",
  ]) {
    expect(claimedGeneration(text)).toBeUndefined();
  }
});

it("tells texts apart by their digest", () => {
  expect(hostfileDigest("a\n")).toMatch(/^[0-9a-f]{64}$/);
  expect(hostfileDigest("a\n")).not.toBe(hostfileDigest("a"));
});

it.each([
  [undefined, "open-mpi"],
  ["open-mpi", "open-mpi"],
  ["hydra", "hydra"],
  ["", undefined],
  ["Hydra", undefined],
  ["slurm", undefined],
])("knows a form by its name: %j", (text, form) => {
  expect(parseHostfileForm(text)).toBe(form);
});
