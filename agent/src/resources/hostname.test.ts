import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../host/memory-host.ts";
import { hostnameResource } from "./hostname.ts";
import { resourceContract } from "./resource.contract.ts";

const signal = new AbortController().signal;
const spec = { id: "hostname", requires: [], kind: "hostname", name: "secondary1" } as const;
const cloud = { "/etc/cloud": { mode: 0o755, uid: 0, gid: 0 } };
const settled = { files: { "/etc/hostname": "secondary1\n" }, hostname: "secondary1" };
const dropIn = "/etc/cloud/cloud.cfg.d/99-cowherd.cfg";

describe("hostname", () => {
  resourceContract(hostnameResource, {
    "names a machine that has no name": { spec, host: () => createMemoryHost() },
    "renames a machine": {
      spec,
      host: () => createMemoryHost({ files: { "/etc/hostname": "debian\n" }, hostname: "debian" }),
    },
    "sets the running name alone": { spec, host: () => createMemoryHost({ ...settled, hostname: "debian" }) },
    "E6: keeps cloud-init from reverting it": { spec, host: () => createMemoryHost({ ...settled, folders: cloud }) },
    "mends the drop-in and keeps those beside it": {
      spec,
      host: () =>
        createMemoryHost({
          ...settled,
          files: { ...settled.files, [dropIn]: "", "/etc/cloud/cloud.cfg.d/05_logging.cfg": "theirs\n" },
        }),
      foreign: (host) => host.files.read("/etc/cloud/cloud.cfg.d/05_logging.cfg"),
    },
  });

  it("E6: tells cloud-init in the folder that it reads, and by a name that comes late", async () => {
    const host = createMemoryHost({ ...settled, folders: cloud });
    for (const change of hostnameResource.plan(spec, await hostnameResource.read(spec, host, signal))) {
      await hostnameResource.apply(change, host, signal);
    }
    const written = await host.files.read("/etc/cloud/cloud.cfg.d/99-cowherd.cfg");
    expect(written?.content.toString()).toBe(
      "# Managed by Cowherd; edits are replaced.\npreserve_hostname: true\nmanage_etc_hosts: false\n",
    );
  });

  it("leaves a machine without cloud-init without it", async () => {
    const host = createMemoryHost();
    for (const change of hostnameResource.plan(spec, await hostnameResource.read(spec, host, signal))) {
      await hostnameResource.apply(change, host, signal);
    }
    expect(await host.files.stat("/etc/cloud")).toBeUndefined();
  });

  it("is content with a comment above the name", async () => {
    const host = createMemoryHost({ ...settled, files: { "/etc/hostname": "# ours\nsecondary1\n" } });
    expect(hostnameResource.plan(spec, await hostnameResource.read(spec, host, signal))).toEqual([]);
  });

  it.each(["", "two words", "a\nb", "UPPER", "12", "-x", "a.b", "x".repeat(64)])("refuses %j as a name", (name) => {
    const observed = { running: "debian", stored: undefined, cloud: undefined };
    expect(() => hostnameResource.plan({ ...spec, name }, observed)).toThrow("is not a hostname");
  });
});
