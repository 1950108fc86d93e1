import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../host/memory-host.ts";
import { packageSetResource } from "./package-set.ts";
import { resourceContract } from "./resource.contract.ts";

const signal = new AbortController().signal;
const spec = { id: "packages", requires: [], kind: "packageSet", packages: ["openmpi-bin", "openssh-server"] } as const;

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
});
