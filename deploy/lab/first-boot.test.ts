import { expect, it } from "vitest";
import { netplanFile } from "./first-boot.ts";

const nics = { address: "192.168.56.11", clusterMac: "08:00:27:00:00:01", natMac: "08:00:27:00:00:02" };

it("leaves a host's network as an installation does: DHCP on the NAT, its address on the other, for root's eyes", () => {
  const { path, mode, content } = netplanFile(nics);
  expect(path).toBe("etc/netplan/50-cloud-init.yaml");
  expect(mode).toBe(0o600);
  expect(content).toContain(
    '            dhcp4: true\n            match:\n                macaddress: "08:00:27:00:00:02"\n',
  );
  expect(content).toContain(
    '            addresses:\n            - 192.168.56.11/24\n            match:\n                macaddress: "08:00:27:00:00:01"\n',
  );
});
