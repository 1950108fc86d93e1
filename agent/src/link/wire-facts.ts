import type { Facts as WireFacts } from "@cowherd/proto/wire";
import type { Facts } from "../facts/facts.ts";

/** Brings facts into the wire's form. */
export function toWireFacts(facts: Facts): WireFacts {
  return {
    hostname: facts.hostname,
    machineId: facts.machineId,
    os: { ...facts.os },
    processors: { ...facts.processors },
    memoryBytes: BigInt(facts.memoryBytes),
    interfaces: facts.interfaces.map(({ name, mac, addresses }) => ({ name, mac, addresses: [...addresses] })),
    hostKeys: [...facts.hostKeys],
    userKeys: facts.userKeys.map(({ user, key }) => ({ user, key })),
    agentVersion: facts.agentVersion,
    nfs: { ...facts.nfs },
    netplan: facts.netplan,
    mpirun: facts.mpirun && { ...facts.mpirun },
    tlsRequests: facts.tlsRequests.map(({ path, csr }) => ({ path, csr: Buffer.from(csr, "base64") })),
  };
}
