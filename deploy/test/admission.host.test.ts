import { afterAll, beforeAll, expect, it } from "vitest";
import { bootInstalled, joinCluster } from "../cluster/boot-installed.ts";
import {
  clusterUser,
  clusterYaml,
  hostfileNodes,
  initCluster,
  mpiPackages,
  readHostfile,
  waitUntilReady,
} from "../cluster/operate.ts";
import { untilGone, untilListed, untilPhase, untilReason } from "../cluster/status.ts";
import { waitFor } from "../cluster/wait-for.ts";
import type { Lab, LabHost } from "../lab/lab.ts";
import { createNspawnLab } from "../lab/nspawn-lab.ts";
import { buildPackages } from "../packaging/build-packages.ts";

const names = ["primary", "secondary1", "secondary2"] as const;
/** These nodes are cut off again and again, which is no flapping to cool down from here. */
const spec = "liveness: { coolDown: 0 }\nremnants: { grace: 15 }\n";
const patienceMs = 150_000;

let lab: Lab;
let primary: LabHost;
let secondary1: LabHost;
let secondary2: LabHost;

/** One cluster for all tests here, which follow one another: each leaves every node listed. */
beforeAll(async () => {
  const packages = await buildPackages();
  lab = await createNspawnLab("test-admission", { installed: mpiPackages });
  [primary, secondary1, secondary2] = await bootInstalled(lab, packages, names);
  await initCluster(primary, spec + clusterYaml([primary, secondary1, secondary2]));
  for (const host of [secondary1, secondary2]) await joinCluster(primary, host);
  await waitUntilReady(primary, "10m");
});

afterAll(() => lab?.down());

it("explains a ready node by every proof that was made of it", async () => {
  const text = await primary.check(["cowctl", "explain", "secondary1"]);
  for (const kind of ["peers", "remnants", "name", "login", "identity", "mpirun", "message"])
    expect(text).toContain(kind);
});

it("E13: lists no node that MPI's own ports do not reach, though ssh does, and says what to open", async () => {
  const rule = (verb: string, at: number, of: readonly string[]) =>
    primary.check(["ip", "rule", verb, "pref", `${at}`, "to", secondary1.address, "ipproto", "tcp", ...of]);
  const rules = [
    ["dport", "22", "lookup", "main"],
    ["sport", "7443", "lookup", "main"], // the controller's
    ["blackhole"],
  ];
  const each = async (verb: string) => {
    for (const [at, of] of rules.entries()) await rule(verb, 10 + at, of);
  };
  await returnTo(secondary1, () => each("add"));
  const { reason } = await untilReason(primary, secondary1.name, /ranks on primary and secondary1/, patienceMs);
  expect(reason).toMatch(/within 60 s/);
  expect(reason).toContain("ufw allow from 192.168.56.0/24");
  await isNotListed(secondary1);
  await each("del");
  await untilListed(primary, secondary1.name);
});

it("S2: lists no node that shows another host key than it reported", async () => {
  const settings = "/etc/ssh/sshd_config.d/other.conf";
  await secondary1.check(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/root/other"]);
  await returnTo(secondary1, async () => {
    await secondary1.writeFile(settings, "HostKey /root/other\n");
    await secondary1.check(["systemctl", "restart", "ssh.service"]);
  });
  await untilReason(primary, secondary1.name, /the host key of secondary1 changed/, patienceMs);
  await isNotListed(secondary1);
  await secondary1.check(["rm", settings]);
  await secondary1.check(["systemctl", "restart", "ssh.service"]);
  await untilListed(primary, secondary1.name);
});

it("S2: reaches a node again by itself whose host keys were made anew", async () => {
  const anew = "rm /etc/ssh/ssh_host_*_key* && ssh-keygen -A && systemctl restart ssh.service";
  await secondary1.check(["sh", "-c", anew]);
  const [type, key] = (await secondary1.readFile("/etc/ssh/ssh_host_ed25519_key.pub")).split(" ");
  const known = async () =>
    (await primary.readFile("/etc/ssh/ssh_known_hosts")).includes(`${type} ${key}`) || undefined;
  await waitFor("primary to know the new host keys", known, { timeoutMs: 30_000 });
  const login = ["ssh", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", secondary1.name, "true"];
  await primary.check(login, { user: clusterUser, timeoutMs: 20_000 });
  await waitUntilReady(primary, "2m");
  await untilListed(primary, secondary1.name);
});

it("E5: lists no node on which a peer's name does not resolve, though it is written there", async () => {
  const path = "/etc/nsswitch.conf";
  const before = await secondary2.readFile(path);
  await returnTo(secondary2, () => secondary2.writeFile(path, before.replace(/^hosts:.*$/m, "hosts: myhostname")));
  const { reason } = await untilReason(primary, secondary2.name, /primary does not resolve/, patienceMs);
  expect(reason).toContain(path);
  await isNotListed(secondary2);
  await secondary2.writeFile(path, before);
  await untilListed(primary, secondary2.name);
});

it("F7: takes a ready node out whose uid of the cluster's user becomes another, and lists it again once it is right", async () => {
  const renumber = (from: number, to: number) =>
    secondary2.check(["sed", "-i", `s/^${clusterUser}:x:${from}:/${clusterUser}:x:${to}:/`, "/etc/passwd"]);
  await renumber(7777, 7779);
  await untilReason(primary, secondary2.name, /^user: user mpihpc exists with uid 7779, wanted 7777$/, patienceMs);
  await untilGone(primary, secondary2.name);
  await renumber(7779, 7777);
  await untilListed(primary, secondary2.name);
});

it("K10: names what a cut left running on a node, ends it after the grace, and lists the node then", async () => {
  await untilListed(primary, secondary1.name);
  const job = primary.run(["mpirun", "sleep", "600"], { user: clusterUser, timeoutMs: 300_000 }).catch(() => undefined);
  const runs = async (program: string) =>
    (await secondary1.run(["pgrep", "-u", clusterUser, "--exact", program])).exitCode === 0 || undefined;
  await waitFor("the rank on secondary1", () => runs("sleep"), { timeoutMs: patienceMs });
  await secondary1.check(["pkill", "-STOP", "-u", clusterUser, "orted"]); // or it would notice and end by itself
  await returnTo(secondary1, () => primary.check(["pkill", "-KILL", "-u", clusterUser, "mpirun"]));
  await untilReason(primary, secondary1.name, /orted .*left over/, patienceMs);
  await isNotListed(secondary1);
  await untilListed(primary, secondary1.name);
  expect([await runs("orted"), await runs("sleep")]).toEqual([undefined, undefined]);
  await job; // ssh, which mpirun had started, held it until then
});

/** Cuts a node off, does something meanwhile, and plugs it in again: what was proved of it before counts no more. */
async function returnTo(host: LabHost, meanwhile: () => Promise<unknown>): Promise<void> {
  await host.partition();
  await untilGone(primary, host.name);
  await untilPhase(primary, host.name, "unreachable");
  await meanwhile();
  await host.heal();
}

async function isNotListed(host: LabHost): Promise<void> {
  expect(hostfileNodes((await readHostfile(primary)) ?? "")).not.toContain(host.name);
}
