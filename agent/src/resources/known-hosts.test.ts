import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../host/memory-host.ts";
import { knownHostsResource } from "./known-hosts.ts";
import { resourceContract } from "./resource.contract.ts";

const signal = new AbortController().signal;
const path = "/etc/ssh/ssh_known_hosts";
const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHahDyUIhXhKavkRQHOgPFVgAe8I";
const hosts = [{ names: ["primary", "192.168.56.10"], keys: [key, "ecdsa-sha2-nistp256 AAAAE2Vj="] }];
const spec = { id: "known-hosts", requires: [], kind: "knownHosts", hosts } as const;
const block = `# BEGIN COWHERD\nprimary,192.168.56.10 ${key}\nprimary,192.168.56.10 ecdsa-sha2-nistp256 AAAAE2Vj=\n# END COWHERD\n`;
const ssh = { "/etc/ssh": { mode: 0o755, uid: 0, gid: 0 } };

describe("known hosts", () => {
  resourceContract(knownHostsResource, {
    "makes the file": { spec, host: () => createMemoryHost({ folders: ssh }) },
    "S2: forgets a node that went": {
      spec: { ...spec, hosts: [] },
      host: () => createMemoryHost({ files: { [path]: block } }),
    },
    "mends the mode": {
      spec,
      host: () => createMemoryHost({ files: { [path]: { content: Buffer.from(block), mode: 0o600, uid: 0, gid: 0 } } }),
    },
  });

  it("S2: keeps the keys of others", async () => {
    const host = createMemoryHost({ files: { [path]: `nas ${key}` } });
    for (const change of knownHostsResource.plan(spec, await knownHostsResource.read(spec, host, signal))) {
      await knownHostsResource.apply(change, host, signal);
    }
    expect((await host.files.read(path))?.content.toString()).toBe(`nas ${key}\n${block}`);
  });

  it("makes no file for no hosts", () => {
    expect(knownHostsResource.plan({ ...spec, hosts: [] }, { stored: undefined, ids: { uid: 0, gid: 0 } })).toEqual([]);
  });

  it.each([
    ["a name that is a pattern", { names: ["*"], keys: [key] }],
    ["a marker as a name", { names: ["@cert-authority"], keys: [key] }],
    ["a key with a line end", { names: ["primary"], keys: [`${key}\nevil ssh-ed25519 AAAA`] }],
  ])("refuses %s", (_what, entry) => {
    expect(() => knownHostsResource.plan({ ...spec, hosts: [entry] }, { stored: undefined, ids: undefined })).toThrow(
      expect.objectContaining({ name: "RefusedSpecError" }),
    );
  });
});
