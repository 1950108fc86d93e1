import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../host/memory-host.ts";
import { hostsBlockResource } from "./hosts-block.ts";
import { resourceContract } from "./resource.contract.ts";

const signal = new AbortController().signal;
const entries = [
  { name: "primary", address: "192.168.56.10" },
  { name: "secondary1", address: "192.168.56.11" },
];
const spec = { id: "hosts", requires: [], kind: "hostsBlock", entries, ownName: "secondary1" } as const;
const block = "# BEGIN COWHERD\n192.168.56.10 primary\n192.168.56.11 secondary1\n# END COWHERD\n";
const nothing = { hosts: undefined, template: undefined };
const template = "/etc/cloud/templates/hosts.debian.tmpl";
const holding = (text: string) => createMemoryHost({ files: { "/etc/hosts": text } });

async function converged(before: Buffer): Promise<Buffer | undefined> {
  const host = createMemoryHost({ files: { "/etc/hosts": { content: before, mode: 0o664, uid: 0, gid: 5 } } });
  for (const change of hostsBlockResource.plan(spec, await hostsBlockResource.read(spec, host, signal))) {
    await hostsBlockResource.apply(change, host, signal);
  }
  const after = await host.files.read("/etc/hosts");
  expect(after).toMatchObject({ mode: 0o664, uid: 0, gid: 5 });
  return after?.content;
}

describe("hosts block", () => {
  resourceContract(hostsBlockResource, {
    "makes the file": { spec, host: () => createMemoryHost() },
    "adds the block": { spec, host: () => holding("127.0.0.1 localhost\n") },
    "replaces an older block": { spec, host: () => holding(block.replace("192.168.56.11", "192.168.56.99")) },
    "E4: removes the loopback's claim beside a block that is right": {
      spec,
      host: () => holding(`${block}127.0.1.1 secondary1\n`),
    },
    "removes the block": { spec: { ...spec, entries: [] }, host: () => holding(block) },
  });

  it("keeps foreign lines byte for byte, in any encoding and with any line ends", async () => {
    const foreign = Buffer.from("127.0.0.1 localhost\r\n10.0.0.1 nas # b\xfcro\r\n10.0.0.2 last", "latin1");
    expect(await converged(foreign)).toEqual(Buffer.concat([Buffer.from(block), foreign]));
  });

  it("E5: answers for a name, its own too, before a line that was written by hand", async () => {
    const after = await converged(Buffer.from("10.0.2.15 primary\n"));
    expect(after?.toString()).toBe(`${block}10.0.2.15 primary\n`);
  });

  it("E6: has cloud-init make the same file where user data bid it make one", async () => {
    const theirs = "## template:jinja\n{# comment #}\n127.0.1.1 {{fqdn}} {{hostname}}\n127.0.0.1 localhost\n";
    const host = createMemoryHost({ files: { "/etc/hosts": block, [template]: theirs } });
    for (const change of hostsBlockResource.plan(spec, await hostsBlockResource.read(spec, host, signal))) {
      expect(hostsBlockResource.describe(change)).toBe(`write ${template}`);
      await hostsBlockResource.apply(change, host, signal);
    }
    expect((await host.files.read(template))?.content.toString()).toBe(
      `## template:jinja\n${block}{# comment #}\n127.0.0.1 localhost\n`,
    );
    expect(hostsBlockResource.plan(spec, await hostsBlockResource.read(spec, host, signal))).toEqual([]);
  });

  it.each([
    ["a name with a line end", { name: "a\n10.0.0.1 b", address: "192.168.56.10" }],
    ["an address that is none", { name: "primary", address: "192.168.56" }],
  ])("refuses %s", (_what, entry) => {
    expect(() => hostsBlockResource.plan({ ...spec, entries: [entry] }, nothing)).toThrow(
      expect.objectContaining({ name: "RefusedSpecError" }),
    );
  });
});
