import { describe, expect, it } from "vitest";
import { connectedPortsOf, isRankEnvironment, parseProcessStat } from "./process-table.ts";

const stat = (name: string) =>
  `812 (${name}) S 1 812 700 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 123456 2 3 18446744073709551615 0 0 0\n`;

describe("a line of /proc/PID/stat", () => {
  it("is read whatever the program is called", () => {
    const read = { state: "S", parent: 1, session: 700, startedAt: 123456 };
    expect(parseProcessStat(stat("orted"))).toEqual({ program: "orted", ...read });
    expect(parseProcessStat(stat("a) R 5 (b"))).toEqual({ program: "a) R 5 (b", ...read });
  });

  it.each(["", "812 (half", "812 (short) S 1 2 3"])("that is torn is none: %j", (text) => {
    expect(parseProcessStat(text)).toBeUndefined();
  });
});

it.each([
  ["Open MPI 4.1", "PATH=/bin\0OMPI_COMM_WORLD_RANK=0\0", true],
  ["Open MPI 5", "PMIX_RANK=3\0PATH=/bin\0", true],
  ["Hydra", "PATH=/bin\0PMI_RANK=1\0", true],
  ["no launcher", "PATH=/bin\0NOT_PMI_RANK=1\0HINT=PMI_RANK=1\0PMI_RANKS=2\0", false],
  ["nobody, as a kernel thread", "", false],
])("knows a rank by its environment: of %s", (_, environment, expected) => {
  expect(isRankEnvironment(environment)).toBe(expected);
});

const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0B38A8C0:DB98 0A38A8C0:97C1 01 00000000:00000000 02:000AB5F4 00000000  7777        0 454811 1 0 100 0 0 10 0
   1: 0B38A8C0:DB98 0A38A8C0:97C2 08 00000000:00000000 02:000AB5F4 00000000  7777        0 454811 1 0 100 0 0 10 0
   2: 0B38A8C0:DB98 0A38A8C0:97C3 01 00000000:00000000 02:000AB5F4 00000000     0        0 454811 1 0 100 0 0 10 0
`;

it("knows the far ports of connections that stand and are the user's", () => {
  expect(connectedPortsOf(tcp, 7777)).toEqual([0x97c1]);
  expect(connectedPortsOf("", 7777)).toEqual([]);
});
