import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import type { Event } from "@cowherd/proto";
import { nkeys } from "nats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { waitFor } from "../cluster/wait-for.ts";
import { runCommand } from "../lab/machine/command.ts";
import { makeCertificate, type Player, type Stage, setStage } from "./example-stage.ts";
import { natsProgram } from "./genuine-brokers.ts";
import { pageBlocks } from "./page-blocks.ts";

const address = "192.168.56.10";
const cluster = "cowherd"; // where cluster.yaml gives no name
const project = fileURLToPath(new URL("../../", import.meta.url));
const block = await pageBlocks("event-examples.md");

let folder: string;
let stage: Stage;
let broker: Player;
let published = 0;

beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/examples-`);
  stage = await setStage(address);
  await makeCertificate(folder, "primary", address);
  const [controller, ...readers] = await Promise.all(["controller", "dashboard", "queue"].map(makeUser));
  await writeFile(`${folder}/nats.conf`, configuration(controller ?? "", readers));
  await symlink(`${project}node_modules`, `${folder}/node_modules`);
  broker = stage.start([await natsProgram(), "--config", `${folder}/nats.conf`], folder);
  await broker.said(/Server is ready/);
});

afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** Makes what `cowctl events user add` leaves, and returns the public key. */
async function makeUser(name: string): Promise<string> {
  const pair = nkeys.createUser();
  const own = `${folder}/${name}.cowherd-events`;
  await mkdir(own);
  await writeFile(`${own}/user.seed`, `${new TextDecoder().decode(pair.getSeed())}\n`);
  await writeFile(`${own}/ca.pem`, await readFile(`${folder}/ca.pem`));
  return pair.getPublicKey();
}

/** A broker with TLS, on which readers may do no more than the product's own lets them. */
function configuration(controller: string, readers: readonly string[]): string {
  const stream = `cowherd-${cluster}`;
  const asking = [
    "STREAM.INFO.S",
    "CONSUMER.CREATE.S.>",
    "CONSUMER.INFO.S.*",
    "CONSUMER.MSG.NEXT.S.*",
    "CONSUMER.DELETE.S.*",
  ];
  const publish = [
    ...asking.map((subject) => `$JS.API.${subject.replace("S.", `${stream}.`).replace(/\.S$/, `.${stream}`)}`),
    "$JS.API.INFO",
    `$JS.ACK.${stream}.>`,
  ];
  const names = ["dashboard", "queue"];
  const users = readers.map((key, index) => {
    const subscribe = ["cowherd.>", `_INBOX_${names[index]}.>`];
    return `{ nkey: ${key}, permissions: { publish: { allow: ${JSON.stringify(publish)} }, subscribe: { allow: ${JSON.stringify(subscribe)} } } }`;
  });
  return `listen: "0.0.0.0:4222"
tls { cert_file: "${folder}/ca.pem", key_file: "${folder}/key.pem", min_version: "1.3" }
jetstream { store_dir: "${folder}/store" }
accounts { COWHERD { jetstream: enabled, users: [ { nkey: ${controller} }, ${users.join(", ")} ] } }
`;
}

async function publish(...events: readonly Event[]): Promise<void> {
  const program = [
    "--conditions=source",
    `${project}deploy/test/publish-events.ts`,
    `${folder}/controller.cowherd-events`,
    cluster,
  ];
  const input = JSON.stringify(events, (_key, value: unknown) => (typeof value === "bigint" ? Number(value) : value));
  const { exitCode, stderr } = await stage.run([process.execPath, ...program, `${published + 1}`], { input });
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  published += events.length;
}

const silent: Event = { type: "node.unreachable", node: "secondary1", reason: "no sign of life" };
const ready: Event = { type: "node.ready", node: "secondary1", slots: 2 };
const hostfile = (slots: number): Event => ({
  type: "hostfile.published",
  generation: 3n,
  slots,
  added: [],
  removed: [],
  changed: [],
});

describe("the page of examples", () => {
  it("has a cluster.yaml that the controller takes", async () => {
    const check = [process.execPath, "--conditions=source", `${project}controller/src/main.ts`, "check"];
    expect(await runCommand(check, { input: block("cluster.yaml") })).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it("has a hook that hands its event on, and fails where nobody takes it", async () => {
    const event = JSON.stringify({ specversion: "1.0", reason: "ü 'x' $HOME" });
    await writeFile(`${folder}/notify`, block("notify"), { mode: 0o755 });
    const down = await stage.run([`${folder}/notify`], { input: event });
    expect(down).toMatchObject({ exitCode: 7, stderr: expect.stringContaining("8065") });
    const server = `import { createServer } from "node:http";
      import { text } from "node:stream/consumers";
      createServer(async (request, response) => { console.log(request.url, await text(request)); response.end(); })
        .listen(8065, "127.0.0.1", () => console.log("up"));`;
    const chat = stage.start([process.execPath, "--input-type=module", "--eval", server], folder);
    await chat.said(/^up$/);
    expect(await stage.run([`${folder}/notify`], { input: event })).toMatchObject({
      exitCode: 0,
      stdout: "",
      stderr: "",
    });
    expect(chat.lines()).toContain(`/hooks/cluster ${event}`);
  });

  it("has a subscriber in TypeScript that tells of what was and of what comes, over the broker's end", async () => {
    await publish(silent, hostfile(2));
    await writeFile(`${folder}/subscriber.mts`, block("subscriber.mts"));
    const subscriber = stage.start([process.execPath, "subscriber.mts"], folder);
    await subscriber.said(/"io\.cowherd\.node\.unreachable\.v1"/);
    await publish(ready);
    await subscriber.said(/"io\.cowherd\.node\.ready\.v1"/);
    await broker.stop();
    broker = stage.start([await natsProgram(), "--config", `${folder}/nats.conf`], folder);
    await broker.said(/Server is ready/);
    await publish(silent);
    await waitFor("the third event", async () => (subscriber.lines().length > 2 ? true : undefined), {
      timeoutMs: 60_000,
    });
    const heard = subscriber.lines().map((line) => JSON.parse(line));
    expect(heard.map(({ id, subject }) => [id, subject])).toEqual([
      ["event-1", "secondary1"],
      ["event-3", "secondary1"],
      ["event-4", "secondary1"],
    ]);
    await subscriber.stop();
  });

  it("has the same with the command nats: with the server, credentials, inbox, subject and stream that were just used", () => {
    const subscriber = block("subscriber.mts");
    const [live = "", kept = ""] = block("nats").split("\n");
    const words = (line: string) => line.replaceAll("'", "").split(" ");
    const common = ["nats", "--server", "tls://192.168.56.10:4222", "--tlsca", "dashboard.cowherd-events/ca.pem"];
    const user = ["--nkey", "dashboard.cowherd-events/user.seed", "--inbox-prefix", "_INBOX_dashboard", "sub", "--raw"];
    expect(words(live)).toEqual([...common, ...user, "cowherd.cowherd.node.>"]);
    expect(words(kept)).toEqual([...common, ...user, "--stream", "cowherd-cowherd", "--all"]);
    for (const word of [...common.slice(2), ...user.slice(1, 4), "cowherd.cowherd.node.>", "cowherd-cowherd"])
      if (!word.startsWith("--")) expect(subscriber).toContain(`"${word}"`);
  });

  it("has a queue that starts the first job that fits, one at a time, as soon as the slots are there", async () => {
    const unit = block("mpi-queue.service");
    const setting = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(unit)?.[1] ?? "";
    const [node, ...args] = setting("ExecStart").split(" ");
    expect(node).toBe("/usr/lib/cowherd/runtime/node");
    const home = setting("WorkingDirectory");
    const job = (name: string, mode = "+x") =>
      `printf '#!/bin/sh\\necho runs ${name}\\nsleep 1\\n' > /home/job && chmod ${mode} /home/job && mv /home/job /home/mpihpc/queue/${name}`;
    const lay = [
      `mkdir -p ${home} /home/mpihpc/queue`,
      `ln -s ${project}node_modules ${home}/node_modules`,
      `cp -r ${folder}/queue.cowherd-events ${home}`,
      `cat > ${home}/run-queue.mts`,
      job("001-8-large"),
      job("002-2-small"),
      job("003-1-tiny"),
    ].join(" && ");
    expect(await stage.run(["sh", "-c", lay], { input: block("run-queue.mts") })).toMatchObject({
      exitCode: 0,
      stderr: "",
    });
    await publish(hostfile(2));
    const queue = stage.start([process.execPath, ...args], home);
    await queue.said(/^003-1-tiny ended in 0$/);
    await stage.run(["sh", "-c", job("004-4-late")]);
    await publish(hostfile(10));
    await queue.said(/^004-4-late ended in 0$/);
    const told = ["002-2-small", "003-1-tiny", "001-8-large", "004-4-late"].flatMap((name) => [
      `starts ${name} on ${name.startsWith("00") && /small|tiny/.test(name) ? 2 : 10} slots`,
      `runs ${name}`,
      `${name} ended in 0`,
    ]);
    expect(queue.lines()).toEqual(told);
    await stage.run(["sh", "-c", job("005-1-broken", "-x")]);
    await queue.said(/^005-1-broken ended in -13$/);
    await stage.run(["sh", "-c", job("006-1-next")]);
    await queue.said(/^006-1-next ended in 0$/);
    await queue.stop();
  });

  it("has a unit that systemd reads without a complaint, but that its program is not installed here", async () => {
    const path = `${folder}/mpi-queue.service`;
    await writeFile(path, block("mpi-queue.service"));
    const { stderr } = await runCommand(["systemd-analyze", "--man=no", "--recursive-errors=no", "verify", path]);
    expect(stderr.split("\n").filter((line) => line !== "" && !line.includes("cowherd/runtime/node"))).toEqual([]);
  });
});
