import { afterEach, expect, it } from "vitest";
import { toNumber } from "../network/subnet.ts";
import { type LoopbackController, startLoopbackController } from "./loopback-controller.ts";
import { createTestAuthority } from "./test-authority.ts";
import { createTlsReach } from "./tls-reach.ts";

const signal = new AbortController().signal;
const loopback = { device: "lo", destination: toNumber("127.0.0.0"), mask: toNumber("255.0.0.0"), metric: 0 };
let controller: LoopbackController | undefined;

afterEach(() => controller?.stop());

async function reaches(
  from: { address: string; device: string },
  { carrier = [from.device], ...change }: { authority?: string; address?: string; carrier?: readonly string[] } = {},
) {
  const authority = await createTestAuthority();
  controller = await startLoopbackController(authority);
  const membership = { address: "127.0.0.1", agentPort: controller.port, authority: authority.certificate, ...change };
  const hasCarrier = async (device: string) => carrier.includes(device);
  return createTlsReach({ membership, routes: async () => [loopback], hasCarrier }).reach(from, signal);
}

it("reaches the controller from the declared address", async () => {
  expect(await reaches({ address: "127.0.0.9/8", device: "lo" })).toBe(true);
});

it("reaches it from anywhere where it is not in the cluster's network", async () => {
  expect(await reaches({ address: "192.168.56.11/24", device: "ens3" })).toBe(true);
});

it("reaches nobody who is not the controller", async () => {
  const { certificate } = await createTestAuthority();
  expect(await reaches({ address: "127.0.0.9/8", device: "lo" }, { authority: certificate })).toBe(false);
});

it("E1: counts no way through another interface", async () => {
  expect(await reaches({ address: "127.0.0.9/8", device: "ens3" }, { address: "127.0.0.2" })).toBe(false);
});

it("reaches nobody from an address that the machine does not hold", async () => {
  expect(await reaches({ address: "192.0.2.1/0", device: "lo" })).toBe(false);
});

it("E12: takes a primary that reaches itself for cut off where the cable is in another interface", async () => {
  expect(await reaches({ address: "127.0.0.1/8", device: "lo" }, { carrier: ["ens4"] })).toBe(false);
  expect(await reaches({ address: "127.0.0.1/8", device: "lo" }, { carrier: ["lo"] })).toBe(true);
});
