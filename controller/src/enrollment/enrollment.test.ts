import { expect, it } from "vitest";
import { atOnce } from "../hostfile/pace.ts";
import { createAuthority, openAuthority } from "../identity/certificate-authority.ts";
import { createLoop } from "../reconcile/loop.ts";
import { newMachineKey } from "../rpc/fake-machine.ts";
import { empty, enrolled, given, machine, nodeOf } from "../state/cluster.fixture.ts";
import type { ClusterEvent } from "../state/cluster-state.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import { CertificateRevokedError, createEnrollment } from "./enrollment.ts";

const now = Date.parse("2026-01-02T03:04:05Z");
const caller = { node: "secondary1", certificate: "certificate of secondary1" };

async function joined() {
  const state = given(empty(), ...enrolled("secondary1"));
  const loop = createLoop(
    { state, tokens: new Map(), operators: new Map() },
    {
      store: createMemoryStore(),
      runningTime: () => 0,
      now: () => now,
      randomBytes: (length) => new Uint8Array(length),
      pace: atOnce,
      tell: () => {},
    },
  );
  const authority = await openAuthority(await createAuthority("lab", new Date(now)));
  return { loop, enrollment: createEnrollment({ loop, authority, now: () => now }) };
}

const removed: ClusterEvent = { type: "node-removed", node: "secondary1" };
const replaced: ClusterEvent = {
  type: "node-enrolled",
  node: "secondary1",
  certificate: "certificate of another machine",
  facts: machine("secondary1"),
};

it("renews for the machine whose certificate is in force", async () => {
  const { loop, enrollment } = await joined();
  await enrollment.renew(caller, (await newMachineKey()).csr);
  expect(nodeOf(loop.record().state, "secondary1").certificates).toEqual([
    caller.certificate,
    expect.stringMatching(/^[0-9a-f]{64}$/),
  ]);
});

it.each([
  ["removed", [removed]],
  ["replaced", [replaced]],
  ["removed and joined by another", [removed, replaced]],
])("renews nothing for a machine that is %s meanwhile", async (_how, events) => {
  const { loop, enrollment } = await joined();
  const renewal = enrollment.renew(caller, (await newMachineKey()).csr);
  const { after } = loop.commit({ events });
  await expect(renewal).rejects.toThrow(CertificateRevokedError);
  expect(loop.record()).toBe(after);
});
