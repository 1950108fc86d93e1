import type { PinnedHostfile, HostfileGeneration as WireGeneration } from "@cowherd/proto/wire";
import type { Pinned } from "../operators/pins.ts";
import type { HostfileGeneration } from "../state/cluster-state.ts";

/** Brings a kept hostfile into the wire's form. */
export function toWireGeneration({ generation, publishedAt, entries }: HostfileGeneration): WireGeneration {
  return {
    generation,
    publishedAt: publishedAt === undefined ? undefined : new Date(publishedAt),
    entries: entries.map((entry) => ({ ...entry })),
  };
}

/** Brings what a pin made of the hostfile into the wire's form. */
export function toWirePinned({ hostfile, unlisted }: Pinned): PinnedHostfile {
  return {
    generation: hostfile?.generation ?? 0n,
    entries: hostfile?.entries.map((entry) => ({ ...entry })) ?? [],
    unlisted: unlisted.map((node) => ({ ...node })),
  };
}
