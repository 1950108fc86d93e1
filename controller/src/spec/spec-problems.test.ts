import fc from "fast-check";
import { expect, it } from "vitest";
import { minimal, named, problemsOf, withField } from "./spec-text.fixture.ts";

it("names all problems at once, each with its place", () => {
  expect(
    problemsOf(`max_slots: 3
subnet: 192.168.56.1/24
user: { name: Root, uid: 0 }
nodes:
  vm_1: { address: 192.168.56.10 }
  VM2: { adress: 192.168.56.11 }
  rank: { address: 192.168.56.12, role: primary }
  primary: { address: 192.168.56.10, slots: 0 }
  primary: { address: 192.168.56.13 }
`),
  ).toEqual([
    "1:1: max_slots: is not a key of cluster.yaml: did you mean maxSlots?",
    '2:9: subnet: "192.168.56.1/24" is an address within a network: MPI needs the network itself, 192.168.56.0/24',
    '3:15: user.name: "Root" is no user\'s name on Debian: start with a letter, use a to z, digits, "-" and "_", at most 32',
    "3:26: user.uid: expected a whole number from 1000 to 59999",
    '5:3: nodes.vm_1: "_" is not for host names: use "vm-1"',
    '6:3: nodes.VM2: the name has upper case, which names another host to MPI: use "vm2"',
    "6:3: nodes.VM2.address: is missing: expected an address such as 192.168.56.10",
    "6:10: nodes.VM2.adress: is not a key of cluster.yaml: did you mean address?",
    '7:3: nodes.rank: "rank" is a word of the hostfile\'s own grammar: use another name',
    "8:3: nodes.primary.role: a second primary: rank is the primary already, in line 7",
    "8:23: nodes.primary.address: 192.168.56.10 is also the address of vm_1, in line 5",
    "8:45: nodes.primary.slots: expected a whole number from 1 to 65536",
    "9:3: nodes.primary: stands twice: first in line 8",
  ]);
});

it.each([
  ["an empty text", "", "1:1: expected a mapping such as"],
  ["a list", "[]", "1:1: expected a mapping such as"],
  ["no nodes", "name: lab", "1:1: nodes: is missing: expected a mapping"],
  ["nodes that are none", "nodes: {}", "1:1: nodes: is empty: a cluster has a primary at least"],
  ["nodes that are a list", "nodes: []", "1:8: nodes: expected a mapping"],
  ["a node without fields", "nodes:\n  primary:\n", "2:11: nodes.primary: expected a mapping such as { address"],
  ["no primary", "nodes:\n  a: { address: 192.168.56.2 }", "1:1: nodes: no node is the primary"],
  [
    "a primary that is made secondary",
    "nodes:\n  primary: { address: 192.168.56.2, role: secondary }",
    "no node is the primary",
  ],
  ["another role", named("a").replace("11", "11, role: head"), "3:38: nodes.a.role: expected primary or secondary"],
  [
    "an unknown key that is like none",
    withField("colour: red"),
    "1:1: colour: is not a key of cluster.yaml: known are name, subnet",
  ],
  [
    "an unknown key of the user",
    withField("user: { gruops: [] }"),
    "1:9: user.gruops: is not a key of cluster.yaml: did you mean groups?",
  ],
  ["two documents", `${minimal}---\n${minimal}`, "2:1: a second document begins: only one is allowed"],
  ["a tab", "nodes:\n\tprimary: {}", "2:1: tabs are not allowed as indentation"],
  ["an alias", "nodes: &n { primary: *n }", "1:22: nodes.primary: an alias (*) is not allowed"],
  ["an anchor", `packages: &p [gcc]\n${minimal}`, "1:14: packages: an anchor (&) is not allowed"],
  ["a tag", withField("name: !!str lab"), "1:13: name: a tag (!) is not allowed"],
  ["a tag of one's own", withField("name: !x lab"), "name: a tag (!) is not allowed"],
  ["a key that is a list", withField("? [a]\n: b"), "1:3: a key must be a plain text"],
  ["a text without end of nesting", "[".repeat(5000), "is nested too deep"],
  ["a deep text", withField(`name: ${"[".repeat(20)}${"]".repeat(20)}`), "is nested too deep"],
  ["a text of more than a mebibyte", `${minimal}${"#".repeat(2 ** 20)}`, "1:1: is longer than 1 MiB"],
  [
    "an address in another network",
    named("a").replace(".56.11", ".57.11"),
    "3:17: nodes.a.address: 192.168.57.11 is outside the subnet: expected 192.168.56.1 to 192.168.56.254",
  ],
  ["the network's address", named("a").replace(".56.11", ".56.0"), "192.168.56.0 is the subnet itself"],
  ["the broadcast address", named("a").replace(".56.11", ".56.255"), "192.168.56.255 is the broadcast address"],
  ["an octal address", named("a").replace(".56.11", ".56.011"), "is no IPv4 address"],
  [
    "an address that is a number",
    named("a").replace("192.168.56.11", "3232249867"),
    "nodes.a.address: expected an address such as",
  ],
  ["a subnet without a prefix", withField("subnet: 192.168.56.0"), "is no IPv4 network"],
  ["a subnet of IPv6", withField("subnet: fd00::/64"), "is no IPv4 network"],
  ["a subnet with too long a prefix", withField("subnet: 192.168.56.0/33"), "is no IPv4 network"],
  ["a subnet that is too wide", withField("subnet: 10.0.0.0/8"), "a prefix of 8 is out of range: expected /16 to /30"],
  ["a subnet that is too narrow", withField("subnet: 10.0.0.0/31"), "expected /16 to /30"],
  ["a loopback subnet", withField("subnet: 127.0.0.0/16"), "machines cannot have addresses in 127.0.0.0/16"],
  ["a multicast subnet", withField("subnet: 224.0.0.0/24"), "machines cannot have addresses in 224.0.0.0/24"],
  [
    "slots above the most",
    `maxSlots: 4\n${named("a").replace("11 }", "11, slots: 5 }")}`,
    "nodes.a.slots: 5 slots are more than maxSlots, which is 4",
  ],
  ["slots in halves", named("a").replace("11 }", "11, slots: 2.5 }"), "nodes.a.slots: expected a whole number from 1"],
  ["root", withField("user: { name: root }"), '"root" is not a user to run MPI programs as'],
  ["a system's uid", withField("user: { uid: 999 }"), "user.uid: expected a whole number from 1000 to 59999"],
  ["nobody's uid", withField("user: { uid: 65534 }"), "user.uid: expected a whole number from 1000 to 59999"],
  ["a group twice", withField("user: { groups: [sudo, sudo] }"), '1:24: user.groups.1: "sudo" stands twice'],
  ["a group that is none", withField("user: { groups: [Wheel] }"), "is no group's name on Debian"],
  ["a relative hostfile", withField("hostfile: hosts"), 'hostfile: "hosts" is not absolute: start with "/"'],
  ["a hostfile up the tree", withField("hostfile: /home/../etc/passwd"), "is not in its plainest form"],
  ["a hostfile that is a folder", withField("hostfile: /home/"), "is not in its plainest form"],
  ["a hostfile with a space", withField('hostfile: "/a b"'), "holds a character that will not do"],
  ["a hostfile with a newline", withField('hostfile: "/a\\nb"'), '"/a\\nb" holds a character'],
  ["a hostfile that is too long", withField(`hostfile: /${"a".repeat(255)}`), "the path has 256 characters"],
  [
    "a hostfile of the system",
    withField("hostfile: /etc/passwd"),
    '1:11: hostfile: "/etc/passwd" is not in the user\'s',
  ],
  ["a hostfile of another user", withField("hostfile: /home/ada/hosts"), 'choose a path below "/home/mpihpc"'],
  ["a hostfile beside the home", withField("hostfile: /home/mpihpc2"), 'choose a path below "/home/mpihpc"'],
  ["the home for a hostfile", withField("hostfile: /home/mpihpc"), 'choose a path below "/home/mpihpc"'],
  ["a hostfile outside a home of one's own", withField("user: { home: /a }\nhostfile: /b"), '2:11: hostfile: "/b" is'],
  ["the folder of the keys for a hostfile", withField("hostfile: /home/mpihpc/.ssh"), "in the way of the user's keys"],
  [
    "a hostfile in place of a key",
    withField("hostfile: /home/mpihpc/.ssh/authorized_keys"),
    'in the way of the user\'s keys: choose another path, such as "/home/mpihpc/.cluster_hostfile"',
  ],
  ["a package with its version", withField("packages: [gcc=12]"), '"gcc=12" is no Debian package\'s name'],
  [
    "a package that apt would remove",
    withField("packages: [gcc, vim-]"),
    '1:17: packages.1: "vim-" is more than a name to apt',
  ],
  ["packages that are one text", withField("packages: gcc"), "packages: expected a list of packages"],
  [
    "very many packages",
    withField(`packages: [${Array.from({ length: 257 }, (_, i) => `p${i}`).join()}]`),
    "has more than 256 items",
  ],
  ["a cluster's name with a space", withField("name: my lab"), '"my lab" will not do'],
])("refuses %s", (_, text, problem) => {
  expect(problemsOf(text).join("\n")).toContain(problem);
});

it.each([
  ["01", "as a number"],
  ["1-2", "as a number"],
  ["0x1f", 'reads "0x1f" as an address'],
  ["n1.cluster", 'use the short name "n1"'],
  ["-a", 'neither starts nor ends with "-"'],
  ["a-", 'neither starts nor ends with "-"'],
  ["a".repeat(64), "64 characters: a host name has at most 63"],
  ["näh", '"n?h" is no host name'],
  ['"a\\nb"', '"a\\nb" is no host name'],
  ['""', "a node needs a name"],
  ["localhost", "names every machine itself"],
  ["__proto__", "a key must be a plain text"],
])("refuses a node with the name %s", (name, problem) => {
  expect(problemsOf(named(name)).join("\n")).toContain(problem);
});

it.each([
  "boards",
  "cores",
  "count",
  "cpu",
  "max-slots",
  "port",
  "rank",
  "slot",
  "slots",
  "sockets",
  "user-name",
  "username",
])("refuses a node with the hostfile's word %s for a name", (word) => {
  expect(problemsOf(named(word)).join("\n")).toContain("is a word of the hostfile's own grammar");
});

it.each(["a", "node", "1a", "vm-1", "a".repeat(63)])("takes a node with the name %s", (name) => {
  expect(problemsOf(named(name))).toEqual([]);
});

it("judges no hostfile by a user who is ill-formed", () => {
  const text = withField("user: { name: Ada, home: relative }\nhostfile: /home/ada/hosts");
  expect(problemsOf(text).map((line) => line.split(": ")[1])).toEqual(["user.name", "user.home"]);
});

it("says how many more problems there are than it lists", () => {
  const problems = problemsOf(`nodes:\n${Array.from({ length: 70 }, (_, i) => `  n_${i}: {}\n`).join("")}`);
  expect(problems).toHaveLength(51);
  expect(problems.at(-1)).toMatch(/and \d+ more problems from here on/);
});

it("lets no text through, and throws nothing else, that is not a spec", () => {
  const pieces = fc.constantFrom(
    ..."{}[]:,-?&*!|>'\"#%@ \t\n\r",
    "nodes",
    "primary",
    "address",
    "---",
    "<<",
    "192.168.56.10",
    "network: ",
    "shared: ",
    "python: ",
    "off",
    "path",
    "clients",
    "packages",
    "\u0000",
    "\ud800",
  );
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(texts, fc.nat(minimal.length), (noise, at) => {
      for (const text of [noise, minimal.slice(0, at) + noise + minimal.slice(at)]) {
        for (const line of problemsOf(text)) expect(line).toMatch(/^\d+:\d+: [^\p{Cc}]+$/u);
      }
    }),
  );
});
