import { describe, expect, it } from "vitest";
import { checkRanks, RanksMismatchError } from "./ranks.ts";

const hostfile = "# Managed by Cowherd, generation 2; edits are replaced.\nprimary slots=2\nsecondary1 slots=1\n";
const rank = (number: number, host: string, sum = 3, ranks = 3) =>
  `rank ${number} of ${ranks} on ${host}: sum ${sum}\n`;

describe("ranks", () => {
  it("may report in any order", () => {
    checkRanks(rank(2, "secondary1") + rank(0, "primary") + rank(1, "primary"), hostfile);
  });

  it.each([
    ["nothing ran", ""],
    ["a slot stayed empty", rank(0, "primary", 1, 2) + rank(1, "secondary1", 1, 2)],
    ["a rank ran elsewhere", rank(0, "primary") + rank(1, "primary") + rank(2, "secondary2")],
    ["a rank took another's slot", rank(0, "primary") + rank(1, "secondary1") + rank(2, "secondary1")],
    ["a sum is wrong", rank(0, "primary") + rank(1, "primary") + rank(2, "secondary1", 4)],
    ["ranks ran each for itself", rank(0, "primary", 0, 1) + rank(0, "primary", 0, 1) + rank(0, "secondary1", 0, 1)],
  ])("are refused when %s", (_, output) => {
    expect(() => checkRanks(output, hostfile)).toThrow(RanksMismatchError);
  });
});
