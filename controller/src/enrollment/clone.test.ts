import { describe, expect, it } from "vitest";
import { empty, enrolled, given, machine } from "../state/cluster.fixture.ts";
import { refuseClone, refuseOtherMachine } from "./clone.ts";

const card = (last: number, mac: string) => [{ name: "enp0s8", mac, addresses: [`192.168.56.${last}/24`] }];
const first = machine("secondary1", { machineId: "a1", interfaces: card(11, "52:54:00:00:00:01") });
const state = given(empty(), ...enrolled("secondary1", first));

describe("a clone", () => {
  it("is known by its machine-id", () => {
    expect(() => refuseClone(state, "secondary2", machine("secondary2", { machineId: "a1" }))).toThrow(
      /^machineId: is that of secondary1; a cloned machine needs its own/,
    );
  });

  it("is known by the MAC of its card in the cluster's network", () => {
    const facts = machine("secondary2", { machineId: "b2", interfaces: card(12, "52:54:00:00:00:01") });
    expect(() => refuseClone(state, "secondary2", facts)).toThrow(/^interfaces: the MAC 52:54:00:00:00:01 is that of/);
  });

  it("is no machine for lack of a machine-id and a MAC", () => {
    const bare = machine("secondary1", { machineId: "", interfaces: card(11, "") });
    const facts = machine("secondary2", { machineId: "", interfaces: card(12, "") });
    expect(() => refuseClone(given(empty(), ...enrolled("secondary1", bare)), "secondary2", facts)).not.toThrow();
  });
});

describe("a machine that speaks with a node's key", () => {
  it("is refused with another machine-id than the node's", () => {
    expect(() => refuseOtherMachine(state, "secondary1", { ...first, machineId: "b2" })).toThrow(
      "machineId: another machine speaks with this node's key; join it with its own token",
    );
  });

  it("is the node with the node's machine-id, or where either is unknown", () => {
    const unknown = given(empty(), ...enrolled("secondary1", { ...first, machineId: "" }));
    expect(() => refuseOtherMachine(state, "secondary1", first)).not.toThrow();
    expect(() => refuseOtherMachine(state, "secondary1", { ...first, machineId: "" })).not.toThrow();
    expect(() => refuseOtherMachine(unknown, "secondary1", first)).not.toThrow();
    expect(() => refuseOtherMachine(empty(), "secondary1", first)).not.toThrow();
  });
});
