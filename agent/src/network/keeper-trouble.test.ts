import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { change, createMachine, newPath, newText, old, oldPath, restText, signal } from "./keeper.fixture.ts";

describe("a change of the network that cannot be taken back whole", () => {
  /** A machine on which nothing is reached, and whose paths in the set can be neither replaced nor removed once the change is applied. */
  function createStiffMachine(paths: readonly string[]) {
    const machine = createMachine();
    machine.reach(() => false);
    const stiff = new Set<string>();
    const stiffen = (more: readonly string[]) => {
      for (const path of more) stiff.add(path);
    };
    const applied: string[] = [];
    const { replace, remove, apply } = machine.netplan;
    const refuse = (path: string) => {
      if (stiff.has(path)) throw new Error(`EPERM: operation not permitted, open '${path}'`);
    };
    machine.netplan.replace = async (path, file) => {
      refuse(path);
      return replace(path, file);
    };
    machine.netplan.remove = async (path) => {
      refuse(path);
      return remove(path);
    };
    machine.netplan.apply = async (...words) => {
      applied.push(words[0]);
      if (applied.length === 1) stiffen(paths);
      return apply(...words);
    };
    return { ...machine, applied, stiffen, soften: () => stiff.clear() };
  }

  const turns = async (count: number) => {
    for (let turn = 0; turn < count; turn += 1) await setImmediate();
  };

  it("E12: puts the other files back, applies them, and tells whoever waits what is in the way", async () => {
    const machine = createStiffMachine([oldPath]);
    const { keeper, kill } = machine.startAgent();
    const trouble = {
      name: "NetworkUnsettledError",
      message: expect.stringMatching(
        /^the controller was not reached .* within 60 s; \/etc\/netplan\/50-cloud-init.yaml is not as it was: EPERM.*at most 5 min apart$/,
      ),
    };
    await expect(keeper.change(change(), signal)).rejects.toMatchObject(trouble);
    expect(await machine.stands()).toMatchObject({ own: undefined, other: restText });
    expect((await machine.journal.read()).pending).toMatchObject({
      phase: "reverting",
      unrestored: [expect.stringContaining("EPERM")],
    });
    await expect(keeper.settle(signal)).rejects.toMatchObject(trouble);
    await expect(keeper.read()).rejects.toMatchObject(trouble);
    await expect(keeper.change(change(), signal)).rejects.toMatchObject(trouble);
    expect(machine.applied).toEqual(["a1-new", "a1-old"]);
    kill();
  });

  it.each([[[oldPath]], [[newPath, oldPath, `${oldPath}.before-cowherd`]]])(
    "E12: is over at once where %j could not be written in the first place",
    async (paths) => {
      const machine = createStiffMachine([]);
      machine.stiffen(paths);
      const { keeper } = machine.startAgent();
      await expect(keeper.change(change(), signal)).rejects.toMatchObject({
        name: "NetworkRevertedError",
        message: expect.stringMatching(/^EPERM: .*; the old configuration is back$/),
      });
      expect(await machine.stands()).toEqual({ ...old, pending: undefined, end: "reverted" });
      await keeper.settle(signal);
      expect(machine.applied).toEqual([]);
    },
  );

  it("E12: tries further with growing pauses, applies nothing twice, and ends once it can", async () => {
    const machine = createStiffMachine([oldPath]);
    const { keeper } = machine.startAgent();
    await expect(keeper.change(change(), signal)).rejects.toMatchObject({ name: "NetworkUnsettledError" });
    const tries = () => machine.log.texts.filter((text) => text.includes("not settled yet")).length;
    const startedAt = machine.uptime();
    while (machine.uptime() - startedAt < 3_600_000) await turns(1);
    expect(tries()).toBeLessThanOrEqual(7 + 3_600 / 300 + 1); // six pauses up to 96 s, and five minutes each from there
    expect(tries()).toBeGreaterThan(12);
    expect(machine.applied).toEqual(["a1-new", "a1-old"]);
    machine.soften();
    await turns(20);
    expect(await machine.stands()).toEqual({ ...old, pending: undefined, end: "reverted" });
    expect((await keeper.read()).last?.reason).toContain("the old configuration is back");
    await keeper.settle(signal);
  });

  it("E12: is taken up by the next agent, which tells the same", async () => {
    const machine = createStiffMachine([newPath, oldPath]);
    const dying = machine.startAgent();
    await expect(dying.keeper.change(change(), signal)).rejects.toThrow(/90-cowherd.yaml .*; .*50-cloud-init.yaml /);
    dying.kill();
    machine.cutPower(1_000);
    const { keeper, kill } = machine.startAgent();
    await expect(keeper.settle(signal)).rejects.toMatchObject({ name: "NetworkUnsettledError" });
    expect((await machine.stands()).own).toBe(newText);
    kill();
  });

  it("E12: comes back also where the disk takes no record, and is written down once it does", async () => {
    const machine = createStiffMachine([]);
    const { write } = machine.journal;
    let isFull = false;
    machine.journal.write = async (record) => {
      if (isFull) throw new Error("ENOSPC: no space left on device");
      return write(record);
    };
    machine.reach(() => {
      isFull = true;
      return false;
    });
    const { keeper } = machine.startAgent();
    await expect(keeper.change(change(), signal)).rejects.toThrow(
      /the old configuration is back; that cannot be written down: ENOSPC/,
    );
    expect(await machine.stands()).toMatchObject(old);
    await turns(100);
    expect(machine.applied).toEqual(["a1-new", "a1-old"]);
    isFull = false;
    await turns(20);
    expect(await machine.stands()).toEqual({ ...old, pending: undefined, end: "reverted" });
  });
});
