import { expect, it } from "vitest";
import { createLinuxAddresses } from "./addresses.ts";

it.runIf(process.platform === "linux")("finds the loopback, which every machine has, and no IPv6", async () => {
  const addresses = await createLinuxAddresses().read();
  expect(addresses).toContainEqual({ interface: "lo", address: "127.0.0.1" });
  expect(addresses.filter(({ address }) => address.includes(":"))).toEqual([]);
});
