import { expect, it } from "vitest";
import type { Host } from "../host/host.ts";
import type { Resource } from "./resource.ts";

const signal = new AbortController().signal;

/** One case: a host that is out of sync, and, where the host holds what is not ours, how that looks. */
export type ResourceCase<Spec> = {
  readonly spec: Spec;
  readonly host: () => Host;
  /** Reads what the resource does not own: equal before and after. */
  readonly foreign?: (host: Host) => Promise<unknown>;
};

/**
 * The promises that every resource keeps: each case starts out of sync, reading and
 * planning change nothing, one apply leaves nothing to do, repeating each change does no
 * harm, and what is not ours is kept.
 */
export function resourceContract<Spec, Observed, Change>(
  resource: Resource<Spec, Observed, Change>,
  cases: Readonly<Record<string, ResourceCase<Spec>>>,
): void {
  for (const [name, { spec, host: createHost, foreign = async () => undefined }] of Object.entries(cases)) {
    it(name, async () => {
      const host = createHost();
      const foreignBefore = await foreign(host);
      const before = await resource.read(spec, host, signal);
      const changes = resource.plan(spec, before);
      expect(changes).not.toHaveLength(0);
      expect(await resource.read(spec, host, signal)).toEqual(before);

      for (const change of changes) {
        expect(resource.describe(change)).toMatch(/^\S.*\S$/);
        await resource.apply(change, host, signal);
      }
      const after = await resource.read(spec, host, signal);
      expect(resource.plan(spec, after)).toEqual([]);
      expect(await foreign(host)).toEqual(foreignBefore);
      expect(resource.watches(spec)).not.toHaveLength(0);
    });

    it(`${name}, also when each change is made twice`, async () => {
      const host = createHost();
      const changes = resource.plan(spec, await resource.read(spec, host, signal));
      for (const change of changes) {
        await resource.apply(change, host, signal);
        await resource.apply(change, host, signal);
      }
      expect(resource.plan(spec, await resource.read(spec, host, signal))).toEqual([]);
    });
  }
}
