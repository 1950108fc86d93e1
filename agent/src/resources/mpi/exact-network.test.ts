import { expect, it } from "vitest";
import { exactNetwork } from "./exact-network.ts";

it.each([
  ["192.168.56.0/24", "192.168.56.0/24"],
  ["192.168.56.10/24", "192.168.56.0/24"],
  ["10.255.255.255/9", "10.128.0.0/9"],
  ["255.255.255.255/32", "255.255.255.255/32"],
  ["1.2.3.4/0", "0.0.0.0/0"],
])("takes %s for %s", (subnet, network) => {
  expect(exactNetwork(subnet)).toBe(network);
});
