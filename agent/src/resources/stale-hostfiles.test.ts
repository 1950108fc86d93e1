import { renderHostfile } from "@cowherd/proto";
import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../host/memory-host.ts";
import { resourceContract } from "./resource.contract.ts";
import { staleHostfilesResource } from "./stale-hostfiles.ts";

const signal = new AbortController().signal;
const path = "/home/ada/.cluster_hostfile.mpich";
const spec = { id: "stale-hostfiles", requires: [], kind: "staleHostfiles", paths: [path, `${path}.old`] } as const;
const ours = renderHostfile({ generation: 3n, entries: [{ node: "primary", slots: 2 }] }, "hydra");
const planOn = async (host: ReturnType<typeof createMemoryHost>) =>
  staleHostfilesResource.plan(spec, await staleHostfilesResource.read(spec, host, signal));

describe("stale hostfiles", () => {
  resourceContract(staleHostfilesResource, {
    "are taken away, and what lies beside them stays": {
      spec,
      host: () => createMemoryHost({ files: { [path]: ours, "/home/ada/.cluster_hostfile": ours } }),
      foreign: (host) => host.files.read("/home/ada/.cluster_hostfile"),
    },
    "are taken away with the edits in them": {
      spec,
      host: () => createMemoryHost({ files: { [path]: `${ours}mine:4\n`, [`${path}.old`]: ours } }),
    },
  });

  it.each(["primary:4\n", "", `\n${ours}`, `# mine\n${ours}`])(
    "are left where somebody else wrote them: %j",
    async (text) => {
      expect(await planOn(createMemoryHost({ files: { [path]: text } }))).toEqual([]);
    },
  );

  it("are left where a folder is by now, and where nothing is", async () => {
    expect(await planOn(createMemoryHost({ folders: { [path]: { mode: 0o755, uid: 0, gid: 0 } } }))).toEqual([]);
    expect(await planOn(createMemoryHost({}))).toEqual([]);
  });

  it("hide no trouble with the disk", async () => {
    const host = createMemoryHost({});
    const broken = { ...host, files: { ...host.files, read: () => Promise.reject(new RangeError("disk")) } };
    await expect(staleHostfilesResource.read(spec, broken, signal)).rejects.toThrow("disk");
  });

  it("are looked for at no place that is none", () => {
    expect(() => staleHostfilesResource.plan({ ...spec, paths: ["a b"] }, [])).toThrow('"a b" is no place');
  });
});
