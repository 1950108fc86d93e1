import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootInstalled, joinCluster } from "../cluster/boot-installed.ts";
import {
  clusterUser,
  clusterYaml,
  initCluster,
  mpiPackages,
  readHostfile,
  waitUntilReady,
} from "../cluster/operate.ts";
import { noticesOf, statusOf, untilGone, untilListed, untilNode, untilPhase, untilReason } from "../cluster/status.ts";
import { waitFor } from "../cluster/wait-for.ts";
import type { Lab, LabHost } from "../lab/lab.ts";
import { createNspawnLab } from "../lab/nspawn-lab.ts";
import { buildPackages } from "../packaging/build-packages.ts";

const names = ["primary", "secondary1", "secondary2"] as const;
const jobSeconds = 60;
const patienceMs = 60_000;

let lab: Lab;
let primary: LabHost;
let secondary1: LabHost;
let secondary2: LabHost;

/** One cluster for all tests here, which follow one another: each leaves it as the next one needs it. */
beforeAll(async () => {
  const packages = await buildPackages();
  lab = await createNspawnLab("test-drain", { installed: mpiPackages });
  [primary, secondary1, secondary2] = await bootInstalled(lab, packages, names);
  await initCluster(primary, clusterYaml([primary, secondary1, secondary2]));
  for (const host of [secondary1, secondary2]) await joinCluster(primary, host);
  await waitUntilReady(primary, "10m");
});

afterAll(() => lab?.down());

describe("a node that is drained amid a job", () => {
  let job: ReturnType<LabHost["run"]>;
  let drainedAt: number;

  it("leaves the hostfile at once", async () => {
    job = primary.run(["mpirun", "sleep", `${jobSeconds}`], { user: clusterUser, timeoutMs: 4 * jobSeconds * 1_000 });
    await waitFor("a rank on secondary1", async () => ((await ranksOn(secondary1)) === 1 ? true : undefined), {
      timeoutMs: 30_000,
    });
    drainedAt = performance.now();
    await primary.check(["cowctl", "node", "drain", "secondary1", "--reason", "new disk", "--deadline", "10s"]);
    expect(await untilGone(primary, "secondary1", 10_000)).toMatch(/^primary slots=1\nsecondary2 slots=1$/m);
  });

  it("shows the rank that still runs there, and says so loudly once the deadline has passed", async () => {
    const { phase } = await untilReason(
      primary,
      "secondary1",
      /^draining: 1 rank still runs, .*: new disk$/,
      patienceMs,
    );
    expect(phase).toBe("draining");
    await untilReason(primary, "secondary1", /^draining: 1 rank still runs, OVERDUE by .*: new disk$/, patienceMs);
    expect(performance.now() - drainedAt).toBeGreaterThan(10_000);
    expect(await noticesOf(primary)).toContainEqual(expect.stringMatching(/^secondary1 is OVERDUE/));
  });

  it("K3: stays so over restarts of the controller and of its agent", async () => {
    await primary.check(["systemctl", "restart", "cowherd-controller.service"]);
    await secondary1.check(["systemctl", "restart", "cowherd-agent.service"]);
    const answers = async () => ((await primary.run(["cowctl", "status"])).exitCode === 0 ? true : undefined);
    await waitFor("the controller to answer again", answers, { timeoutMs: 30_000 });
    await untilReason(primary, "secondary1", /^draining: 1 rank still runs, OVERDUE by /, patienceMs);
    expect(await readHostfile(primary)).not.toContain("secondary1");
  });

  it("K11: loses none of its ranks to it, and is drained when they have ended", async () => {
    expect(await job).toMatchObject({ exitCode: 0 });
    expect(performance.now() - drainedAt).toBeGreaterThan((jobSeconds - 30) * 1_000);
    expect(await untilPhase(primary, "secondary1", "drained")).toMatchObject({ reason: "drained: new disk" });
  });

  it("gets no new ranks", async () => {
    const hosts = await primary.check(["mpirun", "hostname"], { user: clusterUser, timeoutMs: 60_000 });
    expect(hosts.trim().split("\n").toSorted()).toEqual(["primary", "secondary2"]);
  });

  it("is not awaited by those who wait for the cluster, and not told of as lost when it is switched off", async () => {
    await primary.check(["cowctl", "status", "--wait", "--timeout", "1m"], { timeoutMs: 90_000 });
    await secondary1.cutPower();
    const { phase } = await untilReason(primary, "secondary1", /^drained: new disk; no sign of life/, patienceMs);
    expect(phase).toBe("drained");
    await secondary1.powerOn();
    await untilReason(primary, "secondary1", /^drained: new disk$/, patienceMs);
    expect(await readHostfile(primary)).not.toContain("secondary1");
  });

  it("comes back with the operator's word", async () => {
    await primary.check(["cowctl", "node", "uncordon", "secondary1"]);
    await untilListed(primary, "secondary1");
    expect(await statusOf(primary, "secondary1")).toMatchObject({ phase: "ready" });
  });
});

describe("K2: a network that breaks", () => {
  it("costs no line of the hostfile, and the operator is told", async () => {
    const before = await readHostfile(primary);
    await Promise.all([secondary1.partition(), secondary2.partition()]);
    await untilPhase(primary, "secondary1", "unreachable");
    await untilPhase(primary, "secondary2", "unreachable");
    await sleep(5_000);
    expect(await readHostfile(primary)).toBe(before);
    expect(await noticesOf(primary)).toContainEqual(expect.stringMatching(/^2 of 3 listed nodes .* is HELD/));
    await primary.check(["systemctl", "restart", "cowherd-controller.service"]);
    await sleep(12_000); // longer than a lease
    expect(await readHostfile(primary)).toBe(before);

    await Promise.all([secondary1.heal(), secondary2.heal()]);
    await waitUntilReady(primary, "2m");
    expect(await readHostfile(primary)).toBe(before);
    expect((await noticesOf(primary)).filter((notice) => notice.includes("HELD"))).toEqual([]);
  });

  it("lets the hostfile move on when the operator accepts the loss", async () => {
    await Promise.all([secondary1.partition(), secondary2.partition()]);
    await untilPhase(primary, "secondary1", "unreachable");
    await untilPhase(primary, "secondary2", "unreachable");
    await primary.check(["cowctl", "hostfile", "release"]);
    expect(await untilGone(primary, "secondary1", 10_000)).toMatch(/\nprimary slots=1\n$/);
    const { exitCode } = await primary.run(["cowctl", "hostfile", "release"]);
    expect(exitCode).toBe(1);
    await Promise.all([secondary1.heal(), secondary2.heal()]);
    await untilListed(primary, "secondary1");
    await untilListed(primary, "secondary2");
  });
});

describe("K1: a node that comes and goes", () => {
  it("is held off for a while, which the operator can end", async () => {
    for (let flaps = 0; flaps < 3; flaps += 1) {
      await secondary2.partition();
      await untilReason(primary, "secondary2", /^no sign of life/, patienceMs);
      await secondary2.heal();
      await untilNode(primary, "secondary2", "to be heard", ({ phase }) => phase !== "unreachable", patienceMs);
    }
    await untilReason(
      primary,
      "secondary2",
      /^cooling down for \d+ s more: it fell silent \d times within 10 min/,
      patienceMs,
    );
    expect(await readHostfile(primary)).not.toContain("secondary2");
    await primary.check(["cowctl", "node", "release", "secondary2"]);
    await untilListed(primary, "secondary2");
  });
});

/** How many ranks of the job run on a host. */
async function ranksOn(host: LabHost): Promise<number> {
  const { stdout } = await host.run(["pgrep", "--count", "--euid", clusterUser, "--exact", "sleep"]);
  return Number(stdout.trim());
}
