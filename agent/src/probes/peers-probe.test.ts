import { describe, expect, it } from "vitest";
import { findUnknownPeers } from "./peers-probe.ts";

const signal = new AbortController().signal;
const names: Readonly<Record<string, readonly string[]>> = {
  secondary1: ["192.168.56.11"],
  secondary2: ["127.0.1.1", "192.168.56.12"],
  secondary3: [],
};

function ask(wanted: Readonly<Record<string, string>>): Promise<string | undefined> {
  const peers = Object.entries(wanted).map(([name, address]) => ({ name, address }));
  const resolve = async (asked: readonly string[]) =>
    asked.flatMap((name) => (names[name] === undefined ? [] : [{ name, addresses: names[name] }]));
  return findUnknownPeers({ kind: "peers", peers }, resolve, signal);
}

describe("the probe for peers", () => {
  it("holds where every name resolves to its address first, and where there is none", async () => {
    expect(await ask({ secondary1: "192.168.56.11" })).toBeUndefined();
    expect(await ask({})).toBeUndefined();
  });

  it("E4, E5: names the peer and what its name gives instead", async () => {
    expect(await ask({ secondary1: "192.168.56.11", secondary2: "192.168.56.12" })).toBe(
      "secondary2 resolves to 127.0.1.1, and is to be 192.168.56.12",
    );
    expect(await ask({ secondary3: "192.168.56.13" })).toBe("secondary3 does not resolve, and is to be 192.168.56.13");
  });

  it("says which name a silent name server held up", async () => {
    expect(await ask({ secondary9: "192.168.56.19" })).toBe("secondary9 was not resolved in time");
  });

  it("takes no name that is none, and names no more than a few", async () => {
    expect(await ask({ "-x": "192.168.56.1" })).toMatch(/host name/);
    const many = Object.fromEntries([1, 2, 3, 4, 5].map((at) => [`far${at}`, "192.168.56.9"]));
    expect(await ask(many)).toBe(
      "far1 was not resolved in time; far2 was not resolved in time; far3 was not resolved in time (and 2 more)",
    );
  });
});
