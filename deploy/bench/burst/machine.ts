import { createHash } from "node:crypto";
import type { Facts } from "../../../agent/src/facts/facts.ts";

/** A machine that is only played: a node's name and address, and all that its agent tells. */
export type Machine = { readonly node: string; readonly address: string; readonly facts: Facts };

/** The network that they are said to be on, which has room for thousands. */
export const subnet = "10.56.0.0/16";

const perThird = 250;

/** Makes the primary and so many others, each unlike all the rest. Pure. */
export function playedMachines(others: number): readonly [Machine, ...Machine[]] {
  return [machine("primary", 0), ...Array.from({ length: others }, (_, at) => machine(`secondary${at + 1}`, at + 1))];
}

function machine(node: string, at: number): Machine {
  const [third, fourth] = [Math.floor(at / perThird), (at % perThird) + 1];
  const address = `10.56.${third}.${fourth}`;
  const mac = `52:54:00:00:${hexByte(third)}:${hexByte(fourth)}`;
  return {
    node,
    address,
    facts: {
      hostname: node,
      machineId: hashOf(`machine ${node}`).toString("hex").slice(0, 32),
      os: { id: "debian", versionId: "12", kernel: "6.1.0", architecture: "x86_64" },
      processors: { online: 4, schedulable: 4, quota: undefined, cores: 4 },
      memoryBytes: 4 * 1024 ** 3,
      interfaces: [{ name: "enp0s8", mac, addresses: [`${address}/16`] }],
      hostKeys: [publicKey(`host ${node}`)],
      userKeys: [{ user: "mpihpc", key: publicKey(`user ${node}`) }],
      tlsRequests: [],
      agentVersion: "0.0.0-played",
      nfs: { server: true, client: true },
      netplan: true,
      mpirun: { vendor: "Open MPI", version: "4.1.4" },
    },
  };
}

/** A public key in the form of RFC 4253, section 6.6, that nobody has the other half of. */
function publicKey(of: string): string {
  const form = Buffer.from("\0\0\0\x0bssh-ed25519\0\0\0\x20", "latin1");
  return `ssh-ed25519 ${Buffer.concat([form, hashOf(of)]).toString("base64")}`;
}

function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function hexByte(value: number): string {
  return value.toString(16).padStart(2, "0");
}
