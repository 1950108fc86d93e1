import { packageNameProblem } from "@cowherd/proto";
import { z } from "zod";
import { eventsFields } from "./events-schema.ts";
import { networkField, pythonField, remnantsFields, sharedField } from "./feature-schema.ts";
import { hostfileField, slotsField } from "./hostfile-schema.ts";
import { formatAddress, parseSubnet } from "./ipv4.ts";
import { livenessFields } from "./liveness-schema.ts";
import { quote } from "./printable.ts";
import { isMissingOr, listOf, mappingError, textThat, textWithout, wholeNumber } from "./schema-parts.ts";
import { addressText, cleanPath, plainPath } from "./text-schema.ts";

const clusterName = textThat("a text", (text) =>
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text)
    ? undefined
    : `${quote(text)} will not do: use lower-case letters, digits and "-", at most 63 of them`,
);

/** Networks that no node can have an address in: this one, loopback, link-local, multicast and reserved. */
const unusable = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16"].flatMap((text) => parseSubnet(text) ?? []);
const firstMulticast = 224 * 2 ** 24;

const subnetText = textThat("a network such as 192.168.56.0/24", (text) => {
  const subnet = parseSubnet(text);
  if (subnet === undefined) return `${quote(text)} is no IPv4 network: expected one such as 192.168.56.0/24`;
  const { base, broadcast, prefix } = subnet;
  if (prefix < 16 || prefix > 30) return `a prefix of ${prefix} is out of range: expected /16 to /30`;
  const exact = `${formatAddress(base)}/${prefix}`;
  if (exact !== text) return `${quote(text)} is an address within a network: MPI needs the network itself, ${exact}`;
  if (base >= firstMulticast || unusable.some((range) => base <= range.broadcast && broadcast >= range.base)) {
    return `machines cannot have addresses in ${exact}`;
  }
  return undefined;
});

/** adduser's NAME_REGEX without the trailing "$" of Samba, and the 32 characters that useradd takes. */
const debianName = /^[a-z][a-z0-9_-]{0,31}$/;

const otherUsers: ReadonlySet<string> = new Set(["root", "nobody", "cowherd"]);

const userName = textThat("a user's name", (text) => {
  if (!debianName.test(text)) {
    return `${quote(text)} is no user's name on Debian: start with a letter, use a to z, digits, "-" and "_", at most 32`;
  }
  return otherUsers.has(text) ? `${quote(text)} is not a user to run MPI programs as: choose another name` : undefined;
});

/** Debian policy 9.2.2: ordinary users. Below are the system's, above are reserved ones and nobody. */
export const userNumber = wholeNumber(1000, 59_999);
export const uidField = userNumber.default(7777);

const groupName = textThat("a group's name", (text) =>
  debianName.test(text) ? undefined : `${quote(text)} is no group's name on Debian`,
);

/** As "ip link" and VirtualBox's own files show it; an address of many machines is none of a NIC (IEEE 802, the lowest bit of the first octet). */
export const macText = textThat("a hardware address such as 08:00:27:4b:9c:01", (text) =>
  /^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/i.test(text)
    ? undefined
    : `${quote(text)} is no hardware address of a NIC: expected one such as 08:00:27:4b:9c:01`,
).toLowerCase();

const packageName = textWithout(packageNameProblem, "a package's name");

export const subnetField = subnetText.default("192.168.56.0/24");
export const userNameField = userName.default("mpihpc");
export const maxSlotsField = wholeNumber(1, 65_536).default(1024);
export const slotsNumber = wholeNumber(1, 65_536);
export const roleText = z.enum(["primary", "secondary"], { error: "expected primary or secondary" });

const nodeFields = z.strictObject(
  { address: addressText, role: roleText.optional(), slots: slotsNumber.optional(), mac: macText.optional() },
  { error: mappingError("a mapping such as { address: 192.168.56.10 }") },
);

const userFields = z.strictObject(
  {
    name: userNameField,
    uid: uidField,
    gid: userNumber.optional(),
    home: plainPath.optional(),
    shell: cleanPath.default("/bin/bash"),
    groups: listOf(groupName, "a list of groups", 32).default(["sudo"]),
  },
  { error: mappingError("a mapping such as { name: mpihpc, uid: 7777 }") },
);

/** The form of cluster.yaml, each field for itself. What holds between fields is in spec-rules.ts. */
export const specFields = z.strictObject(
  {
    name: clusterName.default("cowherd"),
    subnet: subnetField,
    user: userFields.prefault({}),
    hostfile: hostfileField,
    packages: listOf(packageName, "a list of packages", 256).default([
      "openmpi-bin",
      "openmpi-common",
      "libopenmpi-dev",
    ]),
    slots: slotsField,
    maxSlots: maxSlotsField,
    liveness: livenessFields.prefault({}),
    network: networkField,
    shared: sharedField,
    python: pythonField,
    remnants: remnantsFields.prefault({}),
    events: eventsFields.prefault({}),
    nodes: z.record(z.string(), nodeFields, isMissingOr("a mapping such as { primary: { address: 192.168.56.10 } }")),
  },
  { error: mappingError("a mapping such as nodes: { primary: { address: 192.168.56.10 } }") },
);

export type SpecFields = z.infer<typeof specFields>;
