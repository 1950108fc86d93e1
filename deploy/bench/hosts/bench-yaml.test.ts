import { parseClusterSpec } from "@cowherd/controller";
import { expect, it } from "vitest";
import { benchYaml } from "./bench-yaml.ts";

const primary = { name: "primary", address: "192.168.56.1" };
const newcomer = { name: "secondary1", address: "192.168.56.11" };

it("is a cluster.yaml that gives one node its slots, and no node a pause", () => {
  const slotsOf = (yaml: string) => [...parseClusterSpec(yaml).nodes.values()].map(({ slots }) => slots);
  expect(slotsOf(benchYaml([primary, newcomer]))).toEqual([undefined, undefined]);
  const counted = benchYaml([primary, newcomer], { of: newcomer, slots: 7 });
  expect(slotsOf(counted)).toEqual([undefined, 7]);
  expect(parseClusterSpec(counted).liveness.coolDownSeconds).toBe(0);
});
