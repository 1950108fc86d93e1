import { describe, expect, it } from "vitest";
import type { EventBroker, Listening } from "./event-broker.ts";

/** A machine on which the broker's files are as they should be, and whose broker does not run yet. */
export type EventBrokerStand = {
  readonly broker: EventBroker;
  readonly at: Listening;
  readonly program: string;
  readonly configuration: string;
  readonly as: { readonly uid: number; readonly gid: number };
};

const signal = new AbortController().signal;

/** What every EventBroker must do. */
export function eventBrokerContract(name: string, createStand: () => Promise<EventBrokerStand>): void {
  describe(`${name} event broker`, () => {
    it("tells which version its program is", async () => {
      const { broker, program, as } = await createStand();
      expect(await broker.version(program, as, signal)).toMatch(/^\d+\.\d+\.\d+$/);
    });

    it("runs from its start on, and with each boot, and takes a configuration that is in order", async () => {
      const { broker, at, program, configuration, as } = await createStand();
      await broker.judge(program, configuration, as, signal);
      await broker.start(at, signal);
      const { enabled, run } = await broker.look();
      expect(enabled).toBe(true);
      expect(run).toMatch(/./);
    });

    it("tells one start from another, and reading anew from a start", async () => {
      const { broker, at } = await createStand();
      await broker.start(at, signal);
      const first = await broker.look();
      await broker.reload(signal);
      expect(await broker.look()).toEqual(first);
      await broker.start(at, signal);
      expect((await broker.look()).run).not.toBe(first.run);
    });

    it("ends for good, also when it has ended", async () => {
      const { broker, at } = await createStand();
      await broker.start(at, signal);
      await broker.stop(signal);
      expect(await broker.look()).toEqual({ enabled: false, run: undefined });
      await broker.stop(signal);
    });
  });
}
