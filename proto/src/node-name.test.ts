import { expect, it } from "vitest";
import { nodeNameProblem } from "./node-name.ts";

it.each(["primary", "secondary10", "a", "vm-07", "node", "0a", "a".repeat(63)])(
  "takes %s for a node's name",
  (name) => {
    expect(nodeNameProblem(name)).toBeUndefined();
  },
);

it.each([
  ["nothing", "", /needs a name/],
  ["what no host name is as long as", "a".repeat(64), /at most 63/],
  ["H10, H18: a qualified name", "node.cluster", /use the short name "node"/],
  ["H27: upper case", "Primary", /use "primary"/],
  ["H24: an underscore", "node_1", /use "node-1"/],
  ["white space", "a b", /no host name/],
  ["H1: a line end", "a\nb", /no host name/],
  ["H1: half a line end", "a\r", /no host name/],
  ["H5: a byte order mark", "\ufeffnode", /no host name/],
  ["H5: a letter beyond ASCII", "knöten", /no host name/],
  ["H17: MPICH's form", "node:4", /no host name/],
  ["H13: Open MPI's form", "node slots=4", /no host name/],
  ["H26: an exclusion", "^node", /no host name/],
  ["H3: a comment", "#node", /no host name/],
  ["H9: an address", "192.168.56.11", /qualified/],
  ["H28: an address of IPv6", "::1", /no host name/],
  ["another user's login", "ada@node", /no host name/],
  ["a hyphen before it", "-a", /starts nor ends/],
  ["a hyphen behind it", "a-", /starts nor ends/],
  ["H23: digits alone", "01", /as a number/],
  ["H23: digits with a hyphen", "0-1", /as a number/],
  ["an address in hexadecimal", "0x1f", /as an address/],
  ["H21: a word of the grammar", "slots", /grammar/],
  ["H21: a word of the grammar that looks like a name", "cores-per-socket", /grammar/],
  ["H21: a word of the newer grammar", "port", /grammar/],
  ["H22: the word of rank files", "rank", /grammar/],
  ["H8: localhost", "localhost", /every machine/],
])("refuses %s and says why: %j", (_what, name, why) => {
  expect(nodeNameProblem(name)).toMatch(why);
});
