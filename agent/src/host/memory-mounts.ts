import type { Files } from "./files.ts";
import { MountError, type Mounted, type MountHealth, type MountPoint, type Mounts } from "./mounts.ts";

/** What mounts in memory start with. */
export type MemoryMountsSeed = {
  readonly mounted?: Readonly<Record<string, readonly Mounted[]>>;
  /** What systemd has read already. */
  readonly loaded?: Readonly<Record<string, NonNullable<MountPoint["loaded"]>>>;
  /** Servers by name. No other name can be resolved. */
  readonly servers?: Readonly<Record<string, string>>;
  /** Addresses of servers that do not answer. */
  readonly silent?: readonly string[];
  /** How the probe of a path ends until it is mounted afresh. */
  readonly ailing?: Readonly<Record<string, MountHealth>>;
  /** How the probe of a path ends, mounted afresh or not. */
  readonly incurable?: Readonly<Record<string, MountHealth>>;
};

const automount: Mounted = { type: "autofs", source: "systemd-1", serverAddress: undefined };

/** Mounts that live in memory. They read /etc/fstab from `files`, and mount on the first probe. */
export function createMemoryMounts(files: Files, seed: MemoryMountsSeed = {}): Mounts {
  const mounted = new Map(Object.entries(seed.mounted ?? {}));
  const loaded = new Map(Object.entries(seed.loaded ?? {}));
  const ailing = new Map(Object.entries(seed.ailing ?? {}));
  const at = (path: string) => mounted.get(path) ?? [];

  return {
    look: async (path) => ({ mounted: at(path), loaded: loaded.get(path) }),

    answers: async (address) => !seed.silent?.includes(address),

    async probe(path) {
      const top = at(path).at(-1);
      const source = loaded.get(path)?.source;
      if (top?.type === "autofs" && source !== undefined) {
        const name = source.split(":")[0] ?? "";
        const serverAddress = seed.servers?.[name];
        if (serverAddress === undefined)
          return { state: "refused", reason: `mount.nfs: Failed to resolve server ${name}: Name or service not known` };
        mounted.set(path, [automount, { type: "nfs4", source, serverAddress }]);
      }
      return seed.incurable?.[path] ?? ailing.get(path) ?? { state: "healthy" };
    },

    async detach(path) {
      mounted.set(
        path,
        at(path).filter(({ type }) => !type.startsWith("nfs")),
      );
      ailing.delete(path);
    },

    async arm(path) {
      const text = (await files.read("/etc/fstab"))?.content.toString("latin1") ?? "";
      const lines = text.split("\n").map((line) => line.split(/\s+/));
      const [source, , , options] =
        lines.find(([first, where]) => first?.startsWith("#") === false && where === path) ?? [];
      if (source === undefined || options === undefined)
        throw new MountError(`no line of /etc/fstab mounts at ${path}`);
      loaded.set(path, { source, options });
      if (!at(path).some(({ type }) => type.startsWith("nfs"))) mounted.set(path, [automount]);
    },
  };
}
