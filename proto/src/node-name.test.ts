import { expect, it } from "vitest";
import { nodeNameProblem } from "./node-name.ts";

it.each(["primary", "secondary10", "a", "vm-07", "node", "0a", "a".repeat(63)])(
  "takes %s for a node's name",
  (name) => {
    expect(nodeNameProblem(name)).toBeUndefined();
  },
);

it.each([
  ["", /needs a name/],
  ["a".repeat(64), /at most 63/],
  ["node.cluster", /use the short name "node"/],
  ["Primary", /use "primary"/],
  ["node_1", /use "node-1"/],
  ["a b", /no host name/],
  ["a\nb", /no host name/],
  ["-a", /starts nor ends/],
  ["a-", /starts nor ends/],
  ["01", /as a number/],
  ["0x1f", /as an address/],
  ["slots", /grammar/],
  ["rank", /grammar/],
  ["localhost", /every machine/],
])("refuses %j and says why", (name, why) => {
  expect(nodeNameProblem(name)).toMatch(why);
});
