import { describe, expect, it } from "vitest";
import { isAbandoned, parseHostState, parseLabState } from "./lab-state.ts";
import { identifyProcess, readBootId } from "./machine/process-identity.ts";

const rootFileSystem = "/cache/rootfs";

describe("the state of a lab", () => {
  it("survives the way to the disk and back", () => {
    const owned = { kind: "nspawn", bootId: "b", rootFileSystem, owner: { pid: 7, startTime: "99" } };
    expect(parseLabState(JSON.stringify(owned))).toEqual(owned);
    const kept = { kind: "vm", bootId: "b", rootFileSystem };
    expect(parseLabState(JSON.stringify(kept))).toEqual(kept);
  });

  it("is one of containers if it is from before there were others", () => {
    expect(parseLabState('{"bootId":"b","rootFileSystem":"/r"}')).toMatchObject({ kind: "nspawn" });
  });

  it.each([
    "null",
    "{}",
    '{"bootId":1,"rootFileSystem":"/r"}',
    '{"kind":"other","bootId":"b","rootFileSystem":"/r"}',
    '{"bootId":"b","rootFileSystem":"/r","owner":{"pid":7}}',
  ])("is nothing if it reads %s", (json) => expect(parseLabState(json)).toBeUndefined());
});

describe("the state of a host", () => {
  it("survives the way to the disk and back", () => {
    const host = { address: "192.168.56.11", cpus: 2 };
    expect(parseHostState(JSON.stringify(host))).toEqual(host);
    expect(parseHostState('{"address":"192.168.56.11"}')).toEqual({ address: "192.168.56.11" });
    const vm = { address: "192.168.56.11", memoryMiB: 2048 };
    expect(parseHostState(JSON.stringify(vm))).toEqual(vm);
  });

  it("is nothing without an address", () => {
    expect(parseHostState('{"cpus":2}')).toBeUndefined();
  });
});

describe.runIf(process.platform === "linux")("an abandoned lab", () => {
  it("is not one whose owner lives", async () => {
    const owner = await identifyProcess(process.pid);
    expect(
      await isAbandoned({ kind: "nspawn", bootId: await readBootId(), rootFileSystem, ...(owner && { owner }) }),
    ).toBe(false);
  });

  it("is not one that is kept", async () => {
    expect(await isAbandoned({ kind: "nspawn", bootId: await readBootId(), rootFileSystem })).toBe(false);
  });

  it("is one whose owner's number went to another process", async () => {
    const owner = { pid: process.pid, startTime: "1" };
    expect(await isAbandoned({ kind: "nspawn", bootId: await readBootId(), rootFileSystem, owner })).toBe(true);
  });

  it("is one from before the machine started anew, kept or not", async () => {
    expect(await isAbandoned({ kind: "nspawn", bootId: "another", rootFileSystem })).toBe(true);
  });

  it("is one that was cut short before it had a state", async () => {
    expect(await isAbandoned(undefined)).toBe(true);
  });
});
