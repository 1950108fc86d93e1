import { z } from "zod";
import { brokerKeyPath } from "../broker/resource-ids.ts";
import type { ClusterSpec, SlotsSpec } from "../spec/cluster-spec.ts";
import { parseAddress } from "../spec/ipv4.ts";
import { quote } from "../spec/printable.ts";
import type { NodeFacts } from "./cluster-state.ts";
import { offeredSlots } from "./slots.ts";

/** Facts as they came, with nothing checked. The wire's message fits. */
export type ReportedFacts = {
  readonly hostname: string;
  readonly machineId: string;
  readonly os?:
    | { readonly id: string; readonly versionId: string; readonly kernel: string; readonly architecture: string }
    | undefined;
  readonly processors?:
    | {
        readonly online: number;
        readonly schedulable: number;
        readonly quota?: number | undefined;
        readonly cores: number;
      }
    | undefined;
  readonly memoryBytes: bigint;
  readonly interfaces: readonly {
    readonly name: string;
    readonly mac: string;
    readonly addresses: readonly string[];
  }[];
  readonly hostKeys: readonly string[];
  readonly userKeys: readonly { readonly user: string; readonly key: string }[];
  readonly agentVersion: string;
  readonly nfs?: { readonly server: boolean; readonly client: boolean } | undefined;
  readonly netplan: boolean;
  readonly mpirun?: { readonly vendor: string; readonly version: string } | undefined;
  readonly tlsRequests?: readonly { readonly path: string; readonly csr: Uint8Array }[] | undefined;
};

/** `per` is what slots are counted by, and `user` the cluster user's name: the keys of others are dropped. */
export type FactsLimits = { readonly maxSlots: number; readonly per: SlotsSpec["per"]; readonly user: string };

/** Returns the limits that a spec sets. */
export function factsLimits({ maxSlots, slots, user }: ClusterSpec): FactsLimits {
  return { maxSlots, per: slots.per, user: user.name };
}

/** Facts that cannot be: out of range, or made to be misread. Its message is one printable line. */
export class FactsRefusedError extends Error {
  override readonly name = "FactsRefusedError";
  /** "processors.online". */
  readonly field: string;

  constructor(field: string, problem: string) {
    super(`${field}: ${problem}`);
    this.field = field;
  }
}

/** A text of one form, quoted in the refusal of any other. */
function textLike(pattern: RegExp, expected: string) {
  return z
    .string(`expected ${expected}`)
    .regex(pattern, { error: ({ input }) => `${quote(String(input))} is not ${expected}` });
}

function listOf<Item extends z.ZodType>(item: Item, longest: number) {
  return z.array(item, "expected a list").max(longest, `more than ${longest} items`);
}

const word = textLike(/^[ -~]{0,128}$/, "at most 128 printable ASCII characters");
const mostProcessors = 65_536;

const processorCount = z
  .int(`expected a whole number from 1 to ${mostProcessors}`)
  .min(1, `expected a whole number from 1 to ${mostProcessors}`)
  .max(mostProcessors, `expected a whole number from 1 to ${mostProcessors}`);

const processors = z.object(
  {
    online: processorCount,
    schedulable: processorCount,
    quota: z
      .number("expected a number of processors")
      .gt(0, "expected more than 0 processors")
      .max(mostProcessors, `expected at most ${mostProcessors} processors`)
      .optional(),
    cores: processorCount,
  },
  "is missing",
);

/** In CIDR form. Of IPv6 only the characters are looked at, since nothing of ours uses it. */
const address = z.string("expected an address").refine(
  (text) => {
    const [host = "", prefix = "", ...rest] = text.split("/");
    if (rest.length > 0 || !/^\d{1,3}$/.test(prefix)) return false;
    if (parseAddress(host) !== undefined) return Number(prefix) <= 32;
    return /^[\da-f]*:[\da-f:.]{1,44}$/i.test(host) && Number(prefix) <= 128;
  },
  { error: ({ input }) => `${quote(String(input))} is no address in CIDR form` },
);

/** The types that OpenSSH makes on Debian; one line, no comment, and no options before it, which would be obeyed. */
const publicKey = textLike(
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]{1,4096}={0,2}$/,
  "an ed25519, ecdsa or rsa key without a comment",
);

const facts = z.object({
  hostname: textLike(/^[!-~]{1,253}$/, "a host name of printable ASCII"),
  machineId: textLike(/^([0-9a-f]{32})?$/, "32 hexadecimal digits"),
  os: z.object({ id: word, versionId: word, kernel: word, architecture: word }, "is missing"),
  processors,
  memoryBytes: z
    .bigint("expected a number of bytes")
    .gt(0n, "expected more than 0 bytes")
    .lte(BigInt(Number.MAX_SAFE_INTEGER), "more bytes than any machine has"),
  interfaces: listOf(
    z.object({
      name: textLike(/^[!-.0-~]{1,15}$/, "an interface's name"),
      // None on tunnels, twenty octets on InfiniBand.
      mac: textLike(/^([\da-f]{2}(:[\da-f]{2}){0,19})?$/i, "a hardware address").toLowerCase(),
      addresses: listOf(address, 64),
    }),
    1024,
  ),
  hostKeys: listOf(publicKey, 16),
  userKeys: listOf(z.object({ user: textLike(/^[!-~]{1,32}$/, "a user's name"), key: publicKey }), 64),
  agentVersion: word,
  nfs: z
    .object({ server: z.boolean("expected true or false"), client: z.boolean("expected true or false") })
    .optional(),
  netplan: z.boolean("expected true or false"),
  mpirun: z
    .object({
      vendor: textLike(/^[!-~]([ -~]{0,62}[!-~])?$/, "the name of an MPI"),
      version: textLike(/^[\w.+~-]{0,64}$/, "a version"),
    })
    .optional(),
  tlsRequests: listOf(
    z.object({
      path: textLike(/^\/[!-~]{1,254}$/, "the path of a key"),
      csr: z
        .instanceof(Uint8Array, { error: "expected bytes" })
        .refine(({ length }) => length <= 4096, "more than 4096 bytes"),
    }),
    8,
  ).default([]),
});

/**
 * Parses what an agent says of its machine. The order of the keys and of the lists of keys is
 * always the same, so equal facts are equal texts.
 *
 * A node is hostile until its words are parsed: they reach other nodes' known hosts, the
 * hostfile and the operator's terminal. Throws FactsRefusedError with the first problem.
 */
export function parseFacts(reported: ReportedFacts, { maxSlots, per, user }: FactsLimits): NodeFacts {
  const parsed = facts.safeParse(reported);
  if (!parsed.success) {
    const { path = [], message = "" } = parsed.error.issues[0] ?? {};
    throw new FactsRefusedError(path.map(String).join("."), message);
  }
  const {
    userKeys,
    hostKeys,
    memoryBytes,
    processors: found,
    nfs,
    netplan,
    mpirun,
    tlsRequests,
    ...rest
  } = parsed.data;
  const count = { online: found.online, schedulable: found.schedulable, quota: found.quota, cores: found.cores };
  const slots = offeredSlots(count, per);
  if (slots > maxSlots) throw new FactsRefusedError("processors", `${slots} slots, and maxSlots is ${maxSlots}`);
  const [own, second] = [...new Set(userKeys.filter((entry) => entry.user === user).map(({ key }) => key))];
  if (second !== undefined) throw new FactsRefusedError("userKeys", `two keys of ${user}`);
  return {
    ...rest,
    processors: count,
    memoryBytes: Number(memoryBytes),
    hostKeys: [...new Set(hostKeys)].sort(),
    userKey: own,
    nfs,
    // False is also what the wire shows of an agent from before either was told.
    netplan: nfs && netplan,
    mpirun: mpirun && { vendor: mpirun.vendor, version: mpirun.version },
    brokerRequest: requestOf(tlsRequests),
  };
}

/** What it is a request of is looked at where it is met. */
function requestOf(requests: z.infer<typeof facts>["tlsRequests"]): string | undefined {
  const request = requests.find(({ path }) => path === brokerKeyPath);
  return request && Buffer.from(request.csr).toString("base64");
}
