import { writeFile } from "node:fs/promises";
import type { AdoptHostfileRequest, RollBackHostfileRequest } from "@cowherd/proto/wire";
import { describe, expect, it } from "vitest";
import { createFakeAsk, createFakeRun } from "../fake-io.ts";
import { createFolder, FakeRefusal } from "../link/fake-controller.ts";
import { createGrpcOperatorLink } from "../link/grpc-operator-link.ts";

const run = createFakeAsk(createFakeRun(createGrpcOperatorLink));
const text = "# kept by Cowherd\nprimary slots=2\n";
const hostfile = {
  path: "/home/mpihpc/.cluster_hostfile",
  owner: "mpihpc",
  group: "mpihpc",
  generation: 7n,
  entries: [{ node: "primary", slots: 2 }],
  formerSha256: [],
};

const pinned = {
  generation: 8n,
  entries: [{ node: "primary", slots: 2 }],
  unlisted: [{ node: "secondary1", reason: "unreachable, no sign of life" }],
};

describe("cowctl hostfile rollback", () => {
  it("says what the hostfile became, who is missing and how it ends", async () => {
    const asked: RollBackHostfileRequest[] = [];
    const rollBackHostfile = (request: RollBackHostfileRequest) => {
      asked.push(request);
      return { pinned };
    };
    expect((await run(["hostfile", "rollback", "5"], { rollBackHostfile })).out).toBe(
      `generation 8 is pinned to generation 5:
  primary slots=2
not listed: secondary1, unreachable, no sign of life
nodes that become ready do not enter it; cowctl hostfile unpin ends that
`,
    );
    expect(asked).toEqual([{ generation: 5n }]);
    const { out } = await run(["hostfile", "rollback", "5", "-o", "json"], { rollBackHostfile });
    expect(JSON.parse(out)).toEqual({ ...pinned, generation: 8 });
  });

  it("tells why it was refused", async () => {
    const nobody = () => {
      throw new FakeRefusal("FAILED_PRECONDITION", "no node of it is fit to be listed: a is absent");
    };
    expect(await run(["hostfile", "rollback", "5"], { rollBackHostfile: nobody })).toEqual({
      exitCode: 1,
      out: "",
      err: "cowctl: no node of it is fit to be listed: a is absent\n",
    });
    const unknown = () => {
      throw new FakeRefusal("NOT_FOUND", "no generation 5", { reason: "GENERATION_UNKNOWN" });
    };
    expect(await run(["hostfile", "rollback", "5"], { rollBackHostfile: unknown })).toMatchObject({
      exitCode: 68,
      err: expect.stringContaining('next: "cowctl hostfile history"'),
    });
  });
});

describe("cowctl hostfile adopt", () => {
  it("takes the edit that was kept beside the hostfile, or a file that is named", async () => {
    await using folder = await createFolder();
    const path = `${folder.path}/hosts`;
    await writeFile(`${path}.edited`, "primary slots=9\n");
    await writeFile(`${folder.path}/mine`, "primary slots=1\n");
    const asked: AdoptHostfileRequest[] = [];
    const answers = {
      getHostfile: () => ({ hostfile: { ...hostfile, path }, text }),
      adoptHostfile: (request: AdoptHostfileRequest) => {
        asked.push(request);
        return { pinned };
      },
    };
    const { exitCode, out } = await run(["hostfile", "adopt"], answers);
    expect({ exitCode, first: out.split("\n")[0] }).toEqual({
      exitCode: 0,
      first: `generation 8 is pinned to ${path}.edited:`,
    });
    await run(["hostfile", "adopt", `${folder.path}/mine`], answers);
    expect(asked).toEqual([{ text: "primary slots=9\n" }, { text: "primary slots=1\n" }]);
  });

  it("prints every problem with its place in the file", async () => {
    await using folder = await createFolder();
    const file = `${folder.path}/mine`;
    await writeFile(file, "node9 slots=4\n");
    const adoptHostfile = () => {
      const problems = [{ line: 1, column: 1, path: "", message: 'no node "node9"' }];
      throw new FakeRefusal("INVALID_ARGUMENT", "no", { reason: "HOSTFILE_INVALID", problems });
    };
    expect(await run(["hostfile", "adopt", file], { adoptHostfile })).toEqual({
      exitCode: 65,
      out: "",
      err: `cowctl: ${file} has one problem; nothing was changed\n${file}:1:1: no node "node9"\n`,
    });
  });

  it("says that there is no edit to adopt, and no hostfile to have edited", async () => {
    const absent = { getHostfile: () => ({ hostfile: { ...hostfile, path: "/absent/hosts" }, text }) };
    expect(await run(["hostfile", "adopt"], absent)).toEqual({
      exitCode: 66,
      out: "",
      err: "cowctl: cannot read /absent/hosts.edited: it does not exist\n",
    });
    const none = { getHostfile: () => ({ hostfile: undefined, text: "" }) };
    expect(await run(["hostfile", "adopt"], none)).toMatchObject({ exitCode: 75 });
  });
});

describe("cowctl hostfile unpin", () => {
  it.each(["unpin", "resume"])("says what is in force: %s", async (command) => {
    const unpinHostfile = () => ({ wasPinned: true, generation: 9n });
    expect((await run(["hostfile", command], { unpinHostfile })).err).toBe(
      "the hostfile: it follows the nodes again; generation 9 is in force\n",
    );
  });

  it("says so where nothing was pinned", async () => {
    const unpinHostfile = () => ({ wasPinned: false, generation: 9n });
    expect(await run(["hostfile", "unpin"], { unpinHostfile })).toEqual({
      exitCode: 0,
      out: "",
      err: "the hostfile: it was not pinned\n",
    });
  });
});
