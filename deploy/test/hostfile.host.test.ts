import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootInstalled, joinCluster } from "../cluster/boot-installed.ts";
import {
  clusterUser,
  clusterYaml,
  createJoinLine,
  hostfileNodes,
  hostfilePath,
  initCluster,
  mpiPackages,
  readHostfile,
  waitUntilReady,
} from "../cluster/operate.ts";
import { noticesOf, untilHostfile, untilListed, untilNoNotice, untilNotice, untilReason } from "../cluster/status.ts";
import { waitFor } from "../cluster/wait-for.ts";
import type { Lab, LabHost } from "../lab/lab.ts";
import { createNspawnLab } from "../lab/nspawn-lab.ts";
import { buildPackages } from "../packaging/build-packages.ts";
import { readHostfileAllTheTime } from "./hostfile-reader.ts";

const names = ["primary", "secondary1"] as const;
const services = ["cowherd-controller.service", "cowherd-agent.service"];
const both = "primary slots=1\nsecondary1 slots=1\n";

let lab: Lab;
let primary: LabHost;
let secondary1: LabHost;

/** One cluster for all tests here, which follow one another: each leaves it as the next one needs it. */
beforeAll(async () => {
  const packages = await buildPackages();
  lab = await createNspawnLab("test-hostfile", { installed: mpiPackages });
  [primary, secondary1] = await bootInstalled(lab, packages, names);
  await initCluster(primary, clusterYaml([primary, secondary1]));
  await untilListed(primary, "primary");
  await joinCluster(primary, secondary1);
  await untilListed(primary, "secondary1");
});

afterAll(() => lab?.down());

const cowctl = (...words: readonly string[]) => primary.check(["cowctl", ...words], { timeoutMs: 60_000 });
const asUser = (...command: readonly string[]) => primary.check([...command], { user: clusterUser, timeoutMs: 60_000 });

async function history(): Promise<readonly { readonly generation: number; readonly entries: readonly unknown[] }[]> {
  const { generations }: { generations: { generation: number; entries: unknown[] }[] } = JSON.parse(
    await cowctl("hostfile", "history", "-o", "json"),
  );
  return generations;
}

/** The lines that name nodes, whatever the generation. */
const linesOf = (text: string) => text.replace(/^#.*\n/gm, "");

/** Waits until the hostfile has these nodes and no others. */
const untilNodes = (...nodes: readonly string[]) =>
  untilHostfile(primary, `a hostfile of ${nodes.join(", ")}`, (found) => found.join() === nodes.join());

describe("the hostfiles that are kept", () => {
  it("tell how the cluster grew, also after a restart of the controller", async () => {
    const before = await cowctl("hostfile", "history");
    expect(before).toMatch(/^GENERATION +TIME +NODES +SLOTS +CHANGE\n\d+ .* 2 +2 +\+secondary1 slots=1\n/);
    await primary.check(["systemctl", "restart", "cowherd-controller.service"]);
    const after = async () => {
      const { exitCode, stdout } = await primary.run(["cowctl", "hostfile", "history"], { timeoutMs: 60_000 });
      return exitCode === 0 ? stdout : undefined;
    };
    expect(await waitFor("the controller", after, { timeoutMs: 30_000 })).toBe(before);
    expect(await cowctl("hostfile", "diff")).toMatch(
      /^--- generation .*\n\+\+\+ generation [\s\S]*^\+secondary1 slots=1$/m,
    );
  });

  it("are what a rollback goes back to, and joins stay out until it is ended", async () => {
    const alone = (await history()).find(({ entries }) => entries.length === 1);
    expect(await cowctl("hostfile", "rollback", `${alone?.generation}`)).toContain("  primary slots=1\n");
    expect(hostfileNodes(await untilNodes("primary"))).toEqual(["primary"]);
    expect(await noticesOf(primary)).toContainEqual(expect.stringContaining("secondary1 is ready and not listed"));
    await secondary1.check(["systemctl", "restart", "cowherd-agent.service"]);
    expect(linesOf((await readHostfile(primary)) ?? "")).toBe("primary slots=1\n");
    await cowctl("hostfile", "unpin");
    expect(linesOf(await untilNodes("primary", "secondary1"))).toBe(both);
    expect(await noticesOf(primary)).not.toContainEqual(expect.stringContaining("pinned"));
  });
});

describe("an edit of the hostfile by hand", () => {
  it("is taken back, named in the status, and kept beside it with its owner", async () => {
    await asUser("sh", "-c", `sed -i '/secondary1/d' ${hostfilePath} && echo 'node9 slots=4' >> ${hostfilePath}`);
    expect(linesOf(await untilNodes("primary", "secondary1"))).toBe(both);
    const notice = await untilNotice(primary, /edited by hand/, 30_000);
    expect(notice).toContain("+node9 slots=4, -secondary1");
    expect(await primary.check(["cat", `${hostfilePath}.edited`])).toContain("node9 slots=4\n");
    expect((await primary.check(["stat", "-c", "%U", `${hostfilePath}.edited`])).trim()).toBe(clusterUser);
  });

  it("is adopted when the operator says so, and refused where it names a stranger", async () => {
    const refused = await primary.run(["cowctl", "hostfile", "adopt"], { timeoutMs: 60_000 });
    expect(refused.exitCode).toBe(65);
    expect(refused.stderr).toMatch(/\.edited:\d+:1: no node "node9"/);
    await primary.writeFile("/root/hosts", "secondary1 slots=3\nprimary slots=2\n");
    await cowctl("hostfile", "adopt", "/root/hosts");
    expect(linesOf(await untilNodes("secondary1", "primary"))).toBe("secondary1 slots=3\nprimary slots=2\n");
    await cowctl("hostfile", "unpin");
    expect(linesOf(await untilNodes("primary", "secondary1"))).toBe(both);
  });
});

/** Waits until the hostfile has so many slots on secondary1. */
const untilSlots = (slots: number) =>
  waitFor(
    `${slots} slots on secondary1`,
    async () => (await readHostfile(primary))?.includes(`\nsecondary1 slots=${slots}\n`) || undefined,
    { timeoutMs: 120_000 },
  );

it("a machine that boots with more vCPUs has more slots, by itself", async () => {
  await secondary1.setCpus(2);
  await secondary1.reboot();
  await untilSlots(2);
  expect(await cowctl("status")).toMatch(/^secondary1 +ready +2 /m);
  await secondary1.setCpus(1);
  await secondary1.reboot();
  await untilSlots(1);
});

describe("cowctl hostfile --discover", () => {
  it("answers any user in less than 20 ms of a processor, also with the controller down, and with nothing where there is no hostfile", async () => {
    await primary.check(["systemctl", "stop", "cowherd-controller.service"]);
    // What it waits for processors is the machine's business; bash tells seconds of user and system time.
    const timed = ["bash", "-c", 'TIMEFORMAT="%3U %3S"; time cowctl hostfile --discover'];
    const milliseconds: number[] = [];
    for (let turn = 0; turn < 10; turn += 1) {
      const { exitCode, stdout, stderr } = await primary.run(timed, { user: "daemon", timeoutMs: 60_000 });
      expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "primary:1\nsecondary1:1\n" });
      const [user, system] = stderr.trim().split(" ").map(Number);
      milliseconds.push(((user ?? Number.NaN) + (system ?? Number.NaN)) * 1_000);
    }
    expect(Math.min(...milliseconds)).toBeLessThan(20);
    await primary.check(["systemctl", "start", "cowherd-controller.service"]);

    const elsewhere = await secondary1.run(["cowctl", "hostfile", "--discover"], { timeoutMs: 60_000 });
    expect(elsewhere).toMatchObject({ exitCode: 66, stdout: "" });
  });
});

it("H17: lint says of a hostfile what Open MPI would misread", async () => {
  await primary.writeFile("/root/hosts", "secondary1:4\n");
  const found = await primary.run(["cowctl", "hostfile", "lint", "/root/hosts"], { timeoutMs: 60_000 });
  expect(found.exitCode).toBe(1);
  expect(found.stdout).toContain("/root/hosts:1:1: error: ");
  expect((await primary.run(["cowctl", "hostfile", "lint", hostfilePath], { timeoutMs: 60_000 })).exitCode).toBe(0);
});

describe("a disk that is full", () => {
  const folders = ["/home/mpihpc", "/var/lib/cowherd/controller"] as const;
  const [home, store] = folders;

  /** Puts small disks under the folders, with what is in them. */
  async function moveToSmallDisks(): Promise<void> {
    const move =
      'mkdir -p /mnt/small; mount -t tmpfs -o size=24m tmpfs /mnt/small && cp --archive "$1/." /mnt/small && mount --move /mnt/small "$1"';
    await primary.check(["systemctl", "stop", ...services]);
    await primary.check(["mount", "--make-rprivate", "/"]); // or the kernel moves none of them
    for (const folder of folders) await primary.check(["sh", "-c", move, "sh", folder]);
    await primary.check(["systemctl", "start", ...services]);
    await waitUntilReady(primary, "2m");
  }

  async function fill(folder: string): Promise<void> {
    const { stderr } = await primary.run(["dd", "if=/dev/zero", `of=${folder}/filler`, "bs=4k"], { timeoutMs: 60_000 });
    expect(stderr).toContain("No space left on device");
  }

  const makeRoom = (folder: string) => primary.check(["rm", `${folder}/filler`]);

  const drain = ["cowctl", "node", "drain", "secondary1", "--reason", "a test."] as const;

  it("leaves the hostfile whole and true, is told of, and costs nothing once there is room", async () => {
    await moveToSmallDisks();
    const reader = await readHostfileAllTheTime(primary, []);
    const before = await readHostfile(primary);
    const line = await createJoinLine(primary, "secondary1");

    await fill(store);
    const { exitCode, stderr } = await primary.run(drain, { timeoutMs: 60_000 });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 75,
      stderr: `cowctl: nothing was changed, since the controller cannot write ${store}/cluster/cluster.sqlite: the disk is full\nnext: the same command, once that is over\n`,
    });
    expect(await noticesOf(primary)).toContainEqual(expect.stringContaining("the disk is full"));
    const join = await secondary1.run(["bash", "-lc", `${line} --force`], { timeoutMs: 60_000 });
    expect(join).toMatchObject({ exitCode: 21, stderr: expect.stringContaining("the disk is full") });
    expect(join.stderr).toContain("Repeat it once what the message names is over.");
    await sleep(12_000); // longer than a lease
    expect(await readHostfile(primary)).toBe(before);
    await makeRoom(store);
    await untilNoNotice(primary, /the disk is full/, 30_000);

    await fill(home);
    await primary.check(drain);
    await untilReason(primary, "primary", /no space left/i, 60_000);
    expect(await readHostfile(primary)).toBe(before);
    await makeRoom(home);
    await untilNodes("primary");
    await cowctl("node", "undrain", "secondary1");
    await untilNodes("primary", "secondary1");
    await waitUntilReady(primary, "2m");
    const { reads, wrong } = await reader.stop();
    expect(wrong).toEqual([]);
    expect(reads).toBeGreaterThan(1_000);
  });
});
