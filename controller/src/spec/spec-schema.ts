import { packageNameProblem } from "@cowherd/proto";
import { z } from "zod";
import { formatAddress, parseAddress, parseSubnet } from "./ipv4.ts";
import { quote } from "./printable.ts";

/** Makes a schema of texts, with the reason why one will not do in the caller's words. */
function textThat(expected: string, problemOf: (text: string) => string | undefined) {
  return z.string(isMissingOr(expected)).check(({ value, issues }) => {
    const message = problemOf(value);
    if (message !== undefined) issues.push({ code: "custom", message, input: value });
  });
}

function isMissingOr(expected: string) {
  return {
    error: ({ input }: { readonly input?: unknown }) =>
      `${input === undefined ? "is missing: " : ""}expected ${expected}`,
  };
}

function wholeNumber(from: number, to: number) {
  const expected = `a whole number from ${from} to ${to}`;
  return z.int(isMissingOr(expected)).min(from, `expected ${expected}`).max(to, `expected ${expected}`);
}

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

export const addressText = textThat("an address such as 192.168.56.10", (text) =>
  parseAddress(text) === undefined
    ? `${quote(text)} is no IPv4 address: expected one such as 192.168.56.10`
    : undefined,
);

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
const userNumber = wholeNumber(1000, 59_999);

const groupName = textThat("a group's name", (text) =>
  debianName.test(text) ? undefined : `${quote(text)} is no group's name on Debian`,
);

/** No character that a shell, a table of the system or an MPI parameter file would read as its own. */
export const cleanPath = textThat("an absolute path", (text) => {
  if (!text.startsWith("/")) return `${quote(text)} is not absolute: start with "/"`;
  if (text.length > 255) return `the path has ${text.length} characters: at most 255 are allowed`;
  const parts = text.slice(1).split("/");
  if (parts.some((part) => part === "" || part === "." || part === "..")) {
    return `${quote(text)} is not in its plainest form: leave out "//", "/./", "/../" and the last "/"`;
  }
  return parts.every((part) => /^[\w.@+~-]+$/.test(part))
    ? undefined
    : `${quote(text)} holds a character that will not do: use letters, digits and . _ @ + ~ -`;
});

const packageName = textThat("a package's name", (text) => {
  const problem = packageNameProblem(text);
  return problem === undefined ? undefined : `${quote(text)} ${problem}`;
});

/** A list in which nothing stands twice. */
function listOf<Item extends z.ZodType<string>>(item: Item, expected: string, longest: number) {
  return z
    .array(item, isMissingOr(expected))
    .max(longest, `has more than ${longest} items`)
    .check(({ value, issues }) => {
      for (const [index, text] of value.entries()) {
        if (value.indexOf(text) < index) {
          issues.push({ code: "custom", message: `${quote(text)} stands twice`, input: text, path: [index] });
        }
      }
    });
}

export const subnetField = subnetText.default("192.168.56.0/24");
export const userNameField = userName.default("mpihpc");
export const maxSlotsField = wholeNumber(1, 65_536).default(1024);
export const slotsNumber = wholeNumber(1, 65_536);
export const roleText = z.enum(["primary", "secondary"], { error: "expected primary or secondary" });

const nodeFields = z.strictObject(
  { address: addressText, role: roleText.optional(), slots: slotsNumber.optional() },
  { error: mappingError("{ address: 192.168.56.10 }") },
);

const userFields = z.strictObject(
  {
    name: userNameField,
    uid: userNumber.default(7777),
    gid: userNumber.optional(),
    home: cleanPath.optional(),
    shell: cleanPath.default("/bin/bash"),
    groups: listOf(groupName, "a list of groups", 32).default(["sudo"]),
  },
  { error: mappingError("{ name: mpihpc, uid: 7777 }") },
);

/** Lets zod speak for itself about unknown keys, which are translated one by one. */
function mappingError(example: string) {
  return ({ code }: { readonly code: string }) =>
    code === "invalid_type" ? `expected a mapping such as ${example}` : undefined;
}

/** The form of cluster.yaml, each field for itself. What holds between fields is in spec-rules.ts. */
export const specFields = z.strictObject(
  {
    name: clusterName.default("cowherd"),
    subnet: subnetField,
    user: userFields.prefault({}),
    hostfile: cleanPath.optional(),
    packages: listOf(packageName, "a list of packages", 256).default([
      "openmpi-bin",
      "openmpi-common",
      "libopenmpi-dev",
    ]),
    maxSlots: maxSlotsField,
    nodes: z.record(z.string(), nodeFields, isMissingOr("a mapping such as { primary: { address: 192.168.56.10 } }")),
  },
  { error: mappingError("nodes: { primary: { address: 192.168.56.10 } }") },
);

export type SpecFields = z.infer<typeof specFields>;
