import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootInstalled, joinCluster } from "../cluster/boot-installed.ts";
import { clusterYaml, initCluster, mpiPackages, waitUntilReady } from "../cluster/operate.ts";
import { untilGone, untilListed, untilNoNotice, untilNotice, untilPhase } from "../cluster/status.ts";
import { waitFor } from "../cluster/wait-for.ts";
import type { Lab, LabHost } from "../lab/lab.ts";
import { checkCommand } from "../lab/machine/command.ts";
import { createNspawnLab } from "../lab/nspawn-lab.ts";
import { buildPackages } from "../packaging/build-packages.ts";
import { projectFolder } from "../packaging/programs.ts";
import { bundleForHost } from "./bundle-for-host.ts";

const node = "/usr/lib/cowherd/runtime/node";
const listener = "/opt/listener";
const keys = "/root/dashboard.cowherd-events";
const broker = "cowherd-nats.service";
const burst = "/root/burst.mjs";
const answered = "/root/answered";
/** A notice that tells of events: of a container there is more to say. */
const ofEvents = /\bevents?\b/;

let lab: Lab;
let primary: LabHost;
let secondary: LabHost;

/** One cluster for all tests here, which follow one another: each leaves it as the next one needs it. */
beforeAll(async () => {
  const packages = await buildPackages();
  lab = await createNspawnLab("test-broker", { installed: mpiPackages });
  [primary, secondary] = await bootInstalled(lab, packages, ["primary", "secondary1"]);
  await initCluster(primary, clusterYaml([primary, secondary]));
  await joinCluster(primary, secondary);
  await waitUntilReady(primary, "10m");
  await installClient(secondary);
});

afterAll(() => lab?.down());

describe("the broker that the primary's agent keeps", () => {
  it("runs once the cluster has converged, and nothing of it keeps the primary from being ready", async () => {
    await untilActive();
    await untilNoNotice(primary, ofEvents, 60_000);
  });

  it("listens on the cluster's address and on the loopback, and nowhere else", async () => {
    const text = await primary.check(["ss", "--listening", "--tcp", "--numeric", "--no-header", "sport = :4222"]);
    const places = text.split("\n").flatMap((line) => line.trim().split(/\s+/)[3] ?? []);
    expect(places.toSorted()).toEqual(["127.0.0.1:4222", "192.168.56.10:4222"]);
  });

  it("is not Debian's own, which the package would have started and which lets anybody in", async () => {
    expect((await primary.run(["systemctl", "is-active", "nats-server.service"])).stdout).toBe("inactive\n");
    expect((await primary.run(["systemctl", "start", "nats-server.service"])).exitCode).toBe(0);
    expect((await primary.run(["systemctl", "is-active", "nats-server.service"])).stdout).toBe("inactive\n");
  });

  it("has who comes late read the history, by the lines that cowctl prints", async () => {
    const printed = await primary.check(["cowctl", "events", "user", "add", "dashboard", "--out", keys]);
    for (const file of ["user.seed", "ca.pem"]) {
      await secondary.writeFile(`${keys}/${file}`, await primary.readFile(`${keys}/${file}`), 0o600);
    }
    const [, script = ""] = printed.split("// in TypeScript");
    await secondary.writeFile(`${listener}/listen.mts`, `//${script}`);
    await listen();
    await untilHeard(/^cowherd\.cowherd\.node\.enrolled\.primary /);
    await untilHeard(/^cowherd\.cowherd\.node\.ready\.secondary1 /);
    await untilHeard(/^cowherd\.cowherd\.hostfile\.published\._ /);
  });

  it("lets in nobody without a key, and no subscriber publish", async () => {
    expect(await attempt(secondary, "undefined")).toContain("AUTHORIZATION_VIOLATION");
    expect(await attempt(secondary, "nkeyAuthenticator(seed)")).toContain("PERMISSIONS_VIOLATION");
  });

  it("starts again when it dies, and who listened goes on", async () => {
    await primary.check(["systemctl", "kill", "--signal=SIGKILL", broker]);
    await untilActive();
    await drainAndBack("after its death");
    await untilHeard(/node\.drained\.secondary1 .*after its death/);
  });

  it("holds up no hostfile while it is frozen, is told of in the status, and catches up", async () => {
    await primary.check(["systemctl", "kill", "--signal=SIGSTOP", broker]);
    try {
      const began = performance.now();
      await drainAndBack("while it was frozen");
      expect(performance.now() - began).toBeLessThan(30_000);
      await untilNotice(primary, ofEvents, 120_000);
    } finally {
      await primary.check(["systemctl", "kill", "--signal=SIGCONT", broker]);
    }
    await untilHeard(/node\.drained\.secondary1 .*while it was frozen/);
    await untilNoNotice(primary, ofEvents, 120_000);
  });

  it("comes back with what it kept after a power cut of the primary", async () => {
    await drainAndBack("before the power cut");
    await untilHeard(/node\.drained\.secondary1 .*before the power cut/);
    await primary.cutPower();
    await primary.powerOn();
    await untilActive();
    await waitUntilReady(primary, "5m");
    await secondary.check(["systemctl", "stop", "listener.service"]);
    await secondary.check(["rm", "-f", `${listener}/heard`]);
    await listen();
    await untilHeard(/node\.drained\.secondary1 .*before the power cut/);
    await drainAndBack("after the power cut");
    await untilHeard(/node\.drained\.secondary1 .*after the power cut/);
  });

  it("has every event of a burst of a thousand that a power cut ends, and tells each in its order", async () => {
    const before = (await keptEvents()).length;
    const bundle = `/tmp/${lab.name}-burst.mjs`;
    await bundleForHost(new URL("burst-of-drains.ts", import.meta.url), bundle);
    await primary.copyIn(bundle, burst);
    await checkCommand(["rm", bundle]);
    await primary.check(["systemd-run", "--unit=burst", "--collect", node, burst, "secondary1", answered]);
    await waitFor("a thousand events", async () => ((await keptEvents()).length >= before + 1000 ? true : undefined), {
      timeoutMs: 120_000,
      everyMs: 100,
    });
    await primary.cutPower();
    await primary.powerOn();
    await untilActive();
    await primary.run(["cowctl", "node", "undrain", "secondary1"]); // it depends on the moment whether it is drained
    await waitUntilReady(primary, "5m");

    const events = await keptEvents();
    expect(events.map(({ sequence }) => Number(sequence))).toEqual(events.map((_, at) => at + 1));
    const undrained = events.slice(before).filter(({ type }) => type === "io.cowherd.node.undrained.v1");
    const times = Number(await primary.readFile(answered));
    expect(times).toBeGreaterThan(100);
    expect(undrained.length).toBeGreaterThanOrEqual(times);

    await secondary.check(["systemctl", "stop", "listener.service"]);
    await secondary.check(["rm", "-f", `${listener}/heard`]);
    await listen();
    await untilHeard(new RegExp(`${events.at(-1)?.id}`));
    const heard = (await secondary.readFile(`${listener}/heard`)).match(/\b[0-9A-HJKMNP-TV-Z]{26}\b/g) ?? [];
    expect([...new Set(heard)].slice(0, events.length)).toEqual(events.map(({ id }) => id));
  });

  it("cuts off who is removed", async () => {
    await primary.check(["cowctl", "events", "user", "remove", "dashboard"]);
    await waitFor(
      "the listener's end",
      async () =>
        (await secondary.run(["systemctl", "is-active", "listener.service"])).exitCode === 0 ? undefined : true,
      { timeoutMs: 60_000 },
    );
  });
});

/** The package that the printed lines import, as an operator would have it from npm. */
async function installClient(host: LabHost): Promise<void> {
  const archive = `/tmp/${lab.name}-client.tar`;
  await checkCommand([
    "tar",
    "--create",
    `--file=${archive}`,
    `--directory=${projectFolder}`,
    ...["nats", "nkeys.js", "tweetnacl"].map((name) => `node_modules/${name}`),
  ]);
  await host.copyIn(archive, `${listener}/client.tar`);
  await checkCommand(["rm", archive]);
  await host.check(["tar", "--extract", `--file=${listener}/client.tar`, `--directory=${listener}`]);
}

/** Starts the printed lines as a service, which writes what it hears to a file. */
async function listen(): Promise<void> {
  await secondary.check([
    "systemd-run",
    "--unit=listener",
    "--collect",
    `--property=StandardOutput=append:${listener}/heard`,
    `--working-directory=${listener}`,
    node,
    "listen.mts",
  ]);
}

async function untilHeard(like: RegExp): Promise<string> {
  return waitFor(
    `the listener to hear ${like}`,
    async () => {
      const { stdout } = await secondary.run(["cat", `${listener}/heard`]);
      // An event is printed over several lines: one begins with its subject.
      return stdout
        .split(/^(?=cowherd\.)/m)
        .map((event) => event.replaceAll(/\s+/g, " "))
        .find((event) => like.test(event));
    },
    { timeoutMs: 90_000, everyMs: 500 },
  );
}

/** Tries to connect and to publish, and returns what the broker says to it. */
async function attempt(host: LabHost, authenticator: string): Promise<string> {
  const script = `
import { readFile } from "node:fs/promises";
import { connect, nkeyAuthenticator } from "nats";
const seed = new TextEncoder().encode((await readFile("${keys}/user.seed", "utf8")).trim());
try {
  const line = await connect({ servers: "tls://192.168.56.10:4222", tls: { caFile: "${keys}/ca.pem" }, authenticator: ${authenticator}, reconnect: false });
  setTimeout(() => process.exit(), 3_000);
  line.publish("cowherd.cowherd.node.ready.primary", "{}");
  for await (const { type, data } of line.status()) if (type === "error") { console.log(data); process.exit(); }
} catch (error) { console.log(error.code); }
`;
  await host.writeFile(`${listener}/attempt.mjs`, script);
  return host.check([node, `${listener}/attempt.mjs`], { timeoutMs: 30_000 });
}

type CloudEvent = { readonly id: string; readonly sequence: string; readonly type: string };

/** All that the controller knows of, oldest first. */
async function keptEvents(): Promise<readonly CloudEvent[]> {
  const text = await primary.check(["cowctl", "events", "-o", "json"]);
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** Takes secondary1 out of the hostfile and lets it back, with these words. */
async function drainAndBack(words: string): Promise<void> {
  await primary.check(["cowctl", "node", "drain", "secondary1", "--reason", words]);
  await untilGone(primary, "secondary1", 10_000);
  await untilPhase(primary, "secondary1", "drained", 60_000);
  await primary.check(["cowctl", "node", "undrain", "secondary1"]);
  await untilListed(primary, "secondary1", 60_000);
}

async function untilActive(): Promise<void> {
  await waitFor(
    "the broker",
    async () => ((await primary.run(["systemctl", "is-active", broker])).exitCode === 0 ? true : undefined),
    { timeoutMs: 180_000, everyMs: 500 },
  );
}
