import type { Facts } from "./facts.ts";

/** What a plain machine tells of itself, which is named secondary1. */
export const facts: Facts = {
  hostname: "secondary1",
  machineId: "0123",
  os: { id: "debian", versionId: "12", kernel: "6.1", architecture: "x86_64" },
  processors: { online: 2, schedulable: 2, quota: undefined, cores: 2 },
  memoryBytes: 1,
  interfaces: [],
  hostKeys: [],
  userKeys: [],
  agentVersion: "1",
  nfs: { server: true, client: false },
  netplan: true,
  mpirun: { vendor: "Open MPI", version: "4.1.4" },
  tlsRequests: [],
};
