import { describe, expect, it } from "vitest";
import { createFakeAsk, createFakeRun } from "../fake-io.ts";
import { createGrpcOperatorLink } from "../link/grpc-operator-link.ts";

const run = createFakeAsk(createFakeRun(createGrpcOperatorLink));
const text = "# kept by Cowherd\nprimary slots=2\n";
const hostfile = {
  path: "/home/mpihpc/.cluster_hostfile",
  owner: "mpihpc",
  group: "mpihpc",
  generation: 7n,
  entries: [{ node: "primary", slots: 2 }],
};

describe("cowctl hostfile", () => {
  it("prints the text as it is on disk", async () => {
    expect(await run(["hostfile"], { getHostfile: () => ({ hostfile, text }) })).toEqual({
      exitCode: 0,
      out: text,
      err: "generation 7 of /home/mpihpc/.cluster_hostfile\n",
    });
  });

  it("keeps control characters from a terminal", async () => {
    const out: string[] = [];
    const stdout = { isTerminal: true, write: (text: string) => void out.push(text) };
    await run(["hostfile"], { getHostfile: () => ({ hostfile, text: "a\x1b[2J\n" }) }, { stdout });
    expect(out).toEqual(["a\u{fffd}[2J\n"]);
  });

  it("writes JSON", async () => {
    const { out } = await run(["hostfile", "-o", "json"], { getHostfile: () => ({ hostfile, text }) });
    expect(JSON.parse(out)).toEqual({
      generation: 7,
      path: "/home/mpihpc/.cluster_hostfile",
      entries: [{ node: "primary", slots: 2 }],
      text,
    });
  });

  it("is not yet there before a node was ready", async () => {
    expect(await run(["hostfile"], { getHostfile: () => ({ hostfile: undefined, text: "" }) })).toEqual({
      exitCode: 75,
      out: "",
      err: 'cowctl: there is no hostfile yet: no node has been ready so far\nnext: "cowctl status" shows what each node waits for\n',
    });
  });
});
