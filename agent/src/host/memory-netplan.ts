import { covers, parseNetplan, readDefinitions } from "../network/definitions.ts";
import { textsOf, treeOf } from "../network/json-tree.ts";
import type { LiveState } from "../network/live-state.ts";
import type { Nic } from "../network/nic.ts";
import { addressOf, parseCidr } from "../network/subnet.ts";
import type { StoredFile } from "./files.ts";
import { type Netplan, NetplanError } from "./netplan.ts";

/** A NIC of a machine in memory. */
export type MemoryNic = Pick<Nic, "name" | "mac"> & {
  readonly device?: boolean;
  readonly driver?: string;
  readonly master?: string;
  readonly link?: Nic["link"];
  /** What DHCP would give it, in CIDR form. */
  readonly lease?: string;
  /** DHCP would give it a default route too. */
  readonly gateway?: boolean;
  /** What it holds before netplan is first asked, in place of what the files say. */
  readonly holds?: readonly string[];
};

/** What a netplan in memory starts with. */
export type MemoryNetplanSeed = {
  /** Files by path, as MemoryHostSeed has them. */
  readonly files?: Readonly<Record<string, string | StoredFile>>;
  readonly nics?: readonly MemoryNic[];
  readonly present?: boolean;
};

/** A netplan in memory, whose machine can be booted. */
export type MemoryNetplan = Netplan & {
  /** What the files say comes into force, and nothing else stays. */
  boot(): void;
};

type Live = { readonly addresses: readonly string[]; readonly leased: readonly string[]; readonly leadsOut: boolean };

const folders = ["/lib/netplan", "/etc/netplan", "/run/netplan"];

/** Netplan in memory, with systemd-networkd behind it: of the definitions that fit a NIC, the first by its id holds. */
export function createMemoryNetplan(seed: MemoryNetplanSeed = {}): MemoryNetplan {
  const files = new Map(Object.entries(seed.files ?? {}).map(([path, file]) => [path, storedFile(file)]));
  const nics = (seed.nics ?? []).map((nic): MemoryNic => ({ device: true, link: "up", ...nic }));
  let live = new Map<string, Live>();

  function listed() {
    const byName = new Map<string, string>();
    for (const folder of folders) {
      for (const path of files.keys()) {
        const name = path.slice(folder.length + 1);
        if (path.startsWith(`${folder}/`) && name.endsWith(".yaml")) byName.set(name, path);
      }
    }
    return [...byName]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([, path]) => {
        const file = files.get(path);
        return file === undefined ? [] : [{ path, ...file }];
      });
  }

  function boot(): void {
    const texts = listed().map(({ path, content }) => ({ path, text: content.toString() }));
    const addresses = new Map<string, string[]>();
    for (const { path, text } of texts) {
      for (const section of treeOf(parseNetplan(path, text).get("network")).values()) {
        for (const [id, body] of treeOf(section)) {
          addresses.set(id, [...(addresses.get(id) ?? []), ...textsOf(treeOf(body).get("addresses"))]);
        }
      }
    }
    const definitions = [...readDefinitions(texts).definitions].sort((a, b) => (a.id < b.id ? -1 : 1));
    live = new Map(
      nics.map((nic) => {
        const definition = definitions.find((one) => covers(one, nicOf(nic)));
        const lease = definition?.dhcp4 === true ? nic.lease : undefined;
        const own = definition === undefined ? [] : (addresses.get(definition.id) ?? []);
        const leased = lease === undefined ? [] : [lease];
        return [
          nic.name,
          { addresses: [...own, ...leased], leased, leadsOut: lease !== undefined && nic.gateway === true },
        ];
      }),
    );
  }

  function nicOf({ name, mac, device = true, driver, master, link = "up" }: MemoryNic): Nic {
    const { addresses, leased, leadsOut } = live.get(name) ?? { addresses: [], leased: [], leadsOut: false };
    return { name, mac, device, driver, master, link, addresses, leased: leased.map(addressOf), leadsOut };
  }

  async function generate(): Promise<void> {
    for (const { path, content } of listed()) {
      const tree = treeOf(parseNetplan(path, content.toString()).get("network"));
      for (const [id, body] of treeOf(tree.get("ethernets"))) {
        const wrong = textsOf(treeOf(body).get("addresses")).find((one) => parseCidr(one) === undefined);
        if (wrong !== undefined) throw new NetplanError(`${path}: ${id}: malformed address '${wrong}'`);
      }
    }
  }

  boot();
  for (const { name, holds } of nics) if (holds) live.set(name, { addresses: holds, leased: [], leadsOut: false });

  return {
    boot,
    present: async () => seed.present ?? true,
    nics: async () => nics.map(nicOf),
    files: async () => listed(),
    read: async (path) => files.get(path),
    async replace(path, file) {
      files.set(path, file);
    },
    async remove(path) {
      files.delete(path);
    },
    generate,
    async apply(_attempt, _timeoutSeconds, signal) {
      signal.throwIfAborted();
      await generate();
      boot();
    },
    async live() {
      return liveOf(live);
    },
    async tell([what, verb, subject = "", ...words]) {
      const device = words[words.indexOf("dev") + 1] ?? "";
      const now = live.get(device);
      if (now === undefined) throw new NetplanError(`Cannot find device "${device}"`);
      const others = now.addresses.filter((one) => one !== subject);
      if (what === "address") live.set(device, { ...now, addresses: verb === "del" ? others : [...others, subject] });
      if (what === "route" && subject === "default") live.set(device, { ...now, leadsOut: verb !== "del" });
    },
  };
}

function liveOf(live: ReadonlyMap<string, Live>): LiveState {
  const all = [...live];
  return {
    addresses: all.flatMap(([device, { addresses, leased }]) =>
      addresses.map((cidr) => ({ device, cidr, validSeconds: leased.includes(cidr) ? 3600 : undefined })),
    ),
    routes: all.flatMap(([device, { leadsOut }]) => {
      const route = { to: "default", device, via: "10.0.2.2", source: undefined, metric: 100, protocol: "dhcp" };
      return leadsOut ? [route] : [];
    }),
  };
}

function storedFile(file: string | StoredFile): StoredFile {
  return typeof file === "string" ? { content: Buffer.from(file), mode: 0o600, uid: 0, gid: 0 } : file;
}
