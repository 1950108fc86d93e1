import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../host/memory-host.ts";
import { packageSetResource } from "./package-set.ts";
import { resourceContract } from "./resource.contract.ts";
import { RefusedSpecError } from "./spec-guard.ts";

const signal = new AbortController().signal;
const spec = {
  id: "packages",
  requires: [],
  kind: "packageSet",
  packages: ["openmpi-bin", "openssh-server"],
  quietUnits: [],
} as const;

describe("package set", () => {
  resourceContract(packageSetResource, {
    "installs what is missing and keeps what is there": {
      spec,
      host: () => createMemoryHost({ installed: ["openssh-server", "vim"] }),
      foreign: (host) => host.packages.installed(["vim"], signal),
    },
  });

  it("asks for the missing ones alone, each once", () => {
    const twice = { ...spec, packages: ["openmpi-bin", "vim", "openmpi-bin"] };
    expect(packageSetResource.plan(twice, new Set(["vim"])).map(packageSetResource.describe)).toEqual([
      "install openmpi-bin",
    ]);
  });

  describe("with a service that the packages would start", () => {
    const noisy = { ...spec, packages: ["nats-server"], quietUnits: ["nats-server.service"] };
    const path = "/etc/systemd/system/nats-server.service.d/cowherd.conf";

    resourceContract(packageSetResource, {
      "keeps it from starting before it installs them": { spec: noisy, host: () => createMemoryHost() },
    });

    it("says in the file that keeps it from starting how to let it", async () => {
      const host = createMemoryHost();
      for (const change of packageSetResource.plan(noisy, new Set())) {
        await packageSetResource.apply(change, host, signal);
      }
      const text = (await host.files.read(path))?.content.toString();
      expect(text).toContain(`\n[Unit]\nConditionPathExists=!${path}\n`);
      expect(text).toContain("remove this file");
    });

    it("leaves it alone where the packages are there already", async () => {
      const host = createMemoryHost({ installed: ["nats-server"] });
      expect(packageSetResource.plan(noisy, await packageSetResource.read(noisy, host, signal))).toEqual([]);
      expect(await host.files.read(path)).toBeUndefined();
    });

    it("refuses what is no service's name", () => {
      const bad = { ...noisy, quietUnits: ["../x.service"] };
      expect(() => packageSetResource.plan(bad, new Set())).toThrow(RefusedSpecError);
    });
  });
});
