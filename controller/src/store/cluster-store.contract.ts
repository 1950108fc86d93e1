import { expect, it } from "vitest";
import { mostGenerations } from "../hostfile/generations.ts";
import { machineFacts } from "../rpc/fake-machine.ts";
import { parseClusterSpec } from "../spec/parse-cluster-spec.ts";
import { initialState } from "../state/initial-state.ts";
import { parseFacts } from "../state/parse-facts.ts";
import { reduce } from "../state/reduce.ts";
import type { TokenRecord } from "../tokens/token-record.ts";
import type { ClusterRecord, ClusterStore } from "./cluster-store.ts";

const spec = parseClusterSpec(`name: lab
nodes:
  primary: { address: 192.168.56.10, role: primary }
  secondary1: { address: 192.168.56.11 }
`);
const empty: ClusterRecord = { state: initialState(spec, 5n), tokens: new Map(), operators: new Map() };

function withNode(record: ClusterRecord, node: string): ClusterRecord {
  const facts = parseFacts(machineFacts("192.168.56.11", 1), { maxSlots: 64, per: "vcores", user: "mpihpc" });
  return {
    ...record,
    state: reduce(record.state, { type: "node-enrolled", node, certificate: "ab".repeat(32), facts }),
  };
}

/** What every ClusterStore must do. `reopen` gives another one on what the first has committed. */
export function clusterStoreContract(open: () => { store: ClusterStore; reopen: () => ClusterStore }): void {
  it("holds nothing before the first commit", () => {
    expect(open().store.load()).toBeUndefined();
  });

  it("loads what was committed, all of it", () => {
    const { store, reopen } = open();
    const token: TokenRecord = {
      id: "1",
      node: "primary",
      secretHash: "cd",
      expiresAt: 1_700_000_000_000,
      spentBy: undefined,
    };
    const record: ClusterRecord = {
      ...withNode(empty, "secondary1"),
      tokens: new Map([
        ["1", token],
        ["2", { ...token, id: "2", spentBy: "ef" }],
      ]),
      operators: new Map([["ada", { name: "ada", certificate: "01" }]]),
    };
    store.commit(record);
    expect(reopen().load()).toEqual(record);
  });

  it("forgets what the next commit does not hold", () => {
    const { store, reopen } = open();
    const full = withNode(empty, "secondary1");
    store.commit({ ...full, operators: new Map([["ada", { name: "ada", certificate: "01" }]]) });
    store.commit(empty);
    expect(reopen().load()).toEqual(empty);
  });

  it("keeps the last hostfiles in their order, and forgets the older ones", () => {
    const { store, reopen } = open();
    const numbers = Array.from({ length: mostGenerations + 12 }, (_, at) => BigInt(at + 1));
    const publish = (record: ClusterRecord, generation: bigint): ClusterRecord => {
      const hostfile = { generation, entries: [{ node: "primary", slots: Number(generation) }] };
      return {
        ...record,
        state: reduce(record.state, { type: "hostfile-published", hostfile, at: 1_700_000_000_000 }),
      };
    };
    const early = numbers.slice(0, 20).reduce(publish, empty);
    store.commit(early);
    const late = numbers.slice(20).reduce(publish, early);
    store.commit(late);
    const loaded = reopen().load();
    expect(loaded).toEqual(late);
    expect([...(loaded?.state.generations.keys() ?? [])]).toEqual(numbers.slice(12));
  });

  it("goes on from what it loaded", () => {
    const { store, reopen } = open();
    store.commit(empty);
    const second = reopen();
    const loaded = second.load() ?? empty;
    second.commit(withNode(loaded, "primary"));
    expect([...(reopen().load()?.state.nodes.keys() ?? [])]).toEqual(["primary"]);
  });
}
