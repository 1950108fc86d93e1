import type { SpecOf } from "@cowherd/proto";
import type { StoredFile } from "../host/files.ts";
import { ConflictError } from "../resources/resource.ts";
import { clusterNic } from "./cluster-nic.ts";
import { cutDefinition } from "./cut-definition.ts";
import { covers, type Definition, type NetplanSays, readDefinitions } from "./definitions.ts";
import type { Nic } from "./nic.ts";
import { type Cidr, parseCidr } from "./subnet.ts";

/** One of netplan's files, in the order in which netplan reads them. */
export type NetplanFile = StoredFile & { readonly path: string };

/** A file as it is to be. */
export type FileWrite = { readonly path: string; readonly file: StoredFile };

/** The NIC that was found, and what the files lack. */
export type WantedNetwork = {
  readonly nic: Nic;
  readonly cidr: Cidr;
  /** None where the files say what they should. */
  readonly writes: readonly FileWrite[];
  /** The originals of what is rewritten, to be kept where there is no such copy yet. */
  readonly backups: readonly FileWrite[];
};

/** Cowherd's own file. */
export const ownPath = "/etc/netplan/90-cowherd.yaml";

/**
 * The id of the cluster's NIC in that file. systemd-networkd takes the first file that fits a
 * NIC, and netplan names its files by the ids: digits come before the names of NICs, so that
 * this one holds also beside a definition that is for every NIC ("en*").
 */
export const ownId = "00-cowherd";

/** What netplan reads ends in .yaml. */
const backupEnding = ".before-cowherd";

/** netplan's folder that is an administrator's; those in /run and /lib belong to others. */
const ownFolder = "/etc/netplan/";

/** netplan wants its files closed to everybody but root (E7): they may hold passwords of networks. */
const mode = 0o600;

/**
 * Says what must become of netplan's files. Undefined where the machine's network is to be
 * left as it is: the cluster's NIC is its only way out, and nobody asked for more. Pure.
 *
 * Throws ConflictError with the reason where that cannot be said or would take something
 * from somebody: no NIC found, a NIC that is the machine's only way out where the network is
 * demanded, or a part of a bridge, a file that cannot be read.
 */
export function wantedFiles(
  spec: Pick<SpecOf<"network">, "address" | "mac" | "nameservers" | "demanded">,
  nics: readonly Nic[],
  files: readonly NetplanFile[],
): WantedNetwork | undefined {
  const cidr = parseCidr(spec.address) ?? { address: spec.address, length: 32 };
  const texts = files.map(({ path, content }) => ({ path, text: content.toString("utf8") }));
  const nic = clusterNic(nics, { cidr, mac: spec.mac, formerMac: formerMac(texts) });
  if (nic.leadsOut && nics.every(({ name, leadsOut }) => name === nic.name || !leadsOut)) {
    if (!spec.demanded) return undefined;
    throw new ConflictError(
      `${nic.name} is the machine's only way out, and a NIC of the cluster's may hold no default route: ` +
        'give the machine a second NIC, or write "network: off" in cluster.yaml',
    );
  }
  const said = readDefinitions(texts.filter(({ path }) => path !== ownPath));
  const disarmed = disarm(nic, nics, said, texts);
  const own = ownText(nic, spec, outwardIds(nic, nics, said, spec.nameservers));
  const writes: FileWrite[] = [];
  const backups: FileWrite[] = [];
  const stored = files.find(({ path }) => path === ownPath);
  if (!isRight(stored, own)) writes.push({ path: ownPath, file: { content: Buffer.from(own), mode, uid: 0, gid: 0 } });
  for (const { path, ...file } of files) {
    const text = disarmed.get(path);
    if (text === undefined) continue;
    writes.push({ path, file: { ...file, content: Buffer.from(text), mode: file.mode & mode } });
    backups.push({ path: path + backupEnding, file: { ...file, mode: file.mode & mode } });
  }
  return { nic, cidr, writes, backups };
}

/** Takes out of every file what is for the cluster's NIC alone. Returns the texts of those that change, by path. */
function disarm(
  nic: Nic,
  nics: readonly Nic[],
  { definitions, renderer }: NetplanSays,
  texts: readonly { readonly path: string; readonly text: string }[],
): ReadonlyMap<string, string> {
  const after = new Map<string, string>();
  for (const definition of definitions) {
    const { id, section, files } = definition;
    if (id !== ownId && !covers(definition, nic)) continue;
    const others = nics.filter((other) => other.device && other.name !== nic.name && covers(definition, other));
    if (others.length > 0) {
      if ((definition.renderer ?? renderer) !== "NetworkManager") continue;
      throw new ConflictError(
        `${id} in ${files.join(", ")} is for ${nic.name} and ${others[0]?.name} alike: NetworkManager needs one definition for each`,
      );
    }
    refuseEntangled(definition, nic, definitions);
    for (const path of files) {
      const text = after.get(path) ?? texts.find((file) => file.path === path)?.text ?? "";
      if (path.startsWith(ownFolder)) after.set(path, cutDefinition(path, text, section, id));
    }
  }
  return after;
}

function refuseEntangled({ id, section, files }: Definition, nic: Nic, all: readonly Definition[]): void {
  if (section !== "ethernets" && section !== "nm-devices") {
    throw new ConflictError(`${nic.name} is configured under ${section} in ${files.join(", ")}, which is not managed`);
  }
  const user = all.find(({ parts }) => parts.includes(id) || parts.includes(nic.name));
  if (user === undefined) return;
  throw new ConflictError(`${nic.name} is a part of ${user.id} in ${user.files.join(", ")}, which is not managed`);
}

type Outward = { readonly section: string; readonly id: string; readonly missing: readonly string[] };

/** The definitions of the NICs that lead out, with the nameservers that each lacks. */
function outwardIds(
  nic: Nic,
  nics: readonly Nic[],
  { definitions }: NetplanSays,
  nameservers: readonly string[],
): readonly Outward[] {
  const others = nics.filter(({ name, device }) => device && name !== nic.name);
  const outward = definitions.filter((definition) =>
    others.some((other) => (other.leadsOut || definition.dhcp4 === true) && covers(definition, other)),
  );
  return outward
    .map(({ section, id, nameservers: own }) => ({
      section,
      id,
      missing: nameservers.filter((one) => !own.includes(one)),
    }))
    .filter(({ missing }) => missing.length > 0);
}

/** No route and no gateway in it: the cluster's network leads nowhere else (E11). */
function ownText(nic: Nic, { address }: { readonly address: string }, outward: readonly Outward[]): string {
  const cluster = [
    `    ${JSON.stringify(ownId)}:`,
    "      match:",
    `        macaddress: ${JSON.stringify(nic.mac)}`,
    "      optional: true",
    "      dhcp4: false",
    "      dhcp6: false",
    `      addresses: [${JSON.stringify(address)}]`,
  ];
  const sections = new Map<string, string[]>([["ethernets", cluster]]);
  for (const { section, id, missing } of outward) {
    const lines = sections.get(section) ?? [];
    lines.push(`    ${JSON.stringify(id)}:`, "      nameservers:", `        addresses: ${JSON.stringify(missing)}`);
    sections.set(section, lines);
  }
  const body = [...sections].flatMap(([section, lines]) => [`  ${section}:`, ...lines]);
  return ["# Managed by Cowherd; edits are replaced.", "network:", "  version: 2", ...body, ""].join("\n");
}

function isRight(stored: StoredFile | undefined, text: string): boolean {
  return stored?.content.equals(Buffer.from(text)) === true && stored.mode === mode && stored.uid === 0;
}

/** The MAC in Cowherd's own file; none where that file is damaged, which is then replaced. */
function formerMac(texts: readonly { readonly path: string; readonly text: string }[]): string | undefined {
  const own = texts.find(({ path }) => path === ownPath)?.text ?? "";
  return /^ {8}macaddress: "([0-9a-f:]+)"$/m.exec(own)?.[1];
}
