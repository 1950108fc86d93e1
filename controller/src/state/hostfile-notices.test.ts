import { describe, expect, it } from "vitest";
import { clusterSpec, empty, enrolled, given, names } from "./cluster.fixture.ts";
import type { HostfilePin } from "./cluster-state.ts";
import { hostfileNotices } from "./hostfile-notices.ts";
import { initialState } from "./initial-state.ts";

const now = 1_700_000_000_000;
const admit = (node: string) => [...enrolled(node), { type: "node-admitted", node } as const];
const admitted = given(empty(), ...names.flatMap(admit));
const pinned = (...nodes: readonly string[]) => {
  const pin: HostfilePin = {
    entries: nodes.map((node) => ({ node, slots: 1 })),
    origin: { type: "generation", generation: 12n },
  };
  return { type: "hostfile-pinned", pin } as const;
};

describe("while the hostfile is pinned", () => {
  it.each([
    [
      ["primary", "secondary1", "secondary2"],
      "the hostfile is pinned to generation 12: secondary10 is ready and not listed; `cowctl hostfile unpin` ends it",
    ],
    [
      ["primary", "secondary1"],
      "the hostfile is pinned to generation 12: secondary2, secondary10 are ready and not listed; `cowctl hostfile unpin` ends it",
    ],
    [names, "the hostfile is pinned to generation 12; `cowctl hostfile unpin` ends it"],
  ])("it is told who is left out: %j", (nodes, notice) => {
    expect(hostfileNotices(given(admitted, pinned(...nodes)), now)).toEqual([notice]);
  });

  it("it is told that nobody of it is fit, and of an edit that it was one", () => {
    const pin = { entries: [{ node: "secondary1", slots: 1 }], origin: { type: "edit" } } as const;
    const state = given(empty(), ...admit("primary"), { type: "hostfile-pinned", pin });
    expect(hostfileNotices(state, now)).toEqual([
      "the hostfile is pinned to an edit by hand that was adopted: primary is ready and not listed; no node of it is fit, so the last hostfile stays; `cowctl hostfile unpin` ends it",
    ]);
  });

  it("a few of very many are named", () => {
    const spec = clusterSpec(["primary", ...Array.from({ length: 9 }, (_, n) => `secondary${n + 1}`)]);
    const many = given(initialState(spec, 1n), ...[...spec.nodes.keys()].flatMap(admit), pinned("primary"));
    expect(hostfileNotices(many, now)[0]).toContain("secondary5 and 4 more are ready");
  });
});

describe("an edit by hand", () => {
  const edited = given(admitted, { type: "hostfile-edited", edit: { at: now, words: "+node9 slots=4, -secondary1" } });

  it.each([
    [-60_000, "just now"],
    [59_999, "just now"],
    [60_000, "1 min ago"],
    [59 * 60_000, "59 min ago"],
    [60 * 60_000, "1 h ago"],
    [24 * 60 * 60_000, "24 h ago"],
  ])("is told of with its age: %d ms", (passed, age) => {
    expect(hostfileNotices(edited, now + passed)).toEqual([
      `/home/mpihpc/.cluster_hostfile was edited by hand ${age}, which was taken back: +node9 slots=4, -secondary1; the edit is in /home/mpihpc/.cluster_hostfile.edited, and \`cowctl hostfile adopt\` makes it hold`,
    ]);
  });

  it("is forgotten after a day", () => {
    expect(hostfileNotices(edited, now + 24 * 60 * 60_000 + 1)).toEqual([]);
  });
});

it("there is nothing to tell of a hostfile that follows the nodes", () => {
  expect(hostfileNotices(admitted, now)).toEqual([]);
});
