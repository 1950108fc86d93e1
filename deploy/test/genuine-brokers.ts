import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { waitFor } from "../cluster/wait-for.ts";
import { natsSupply } from "../lab/debian/broker-supply.ts";
import { readDistributionSources } from "../lab/debian/machine-apt.ts";

/** A genuine nats-server on loopback, and what may happen to it. */
export type NatsServer = {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** As SIGSTOP does it: its port takes connections, and nothing answers. */
  freeze(): void;
  thaw(): void;
  /** As a power cut does it. */
  kill(): Promise<void>;
  /** What it wrote of itself. */
  log(): Promise<string>;
};

/** Finds the program, for this machine. */
export async function natsProgram(report: (line: string) => void = () => {}): Promise<string> {
  return (await natsSupply(await readDistributionSources(), report)).program;
}

export type NatsServerOptions = {
  readonly program: string;
  /** For its configuration and its log. */
  readonly folder: string;
  readonly port: number;
  /** The folder's own "store" if it is absent. */
  readonly store?: string;
  /** Lines of its configuration. */
  readonly more?: readonly string[];
};

/** Starts one, and returns when it is ready; or, on a folder that one had before, where that left off. */
export async function startNatsServer(options: NatsServerOptions): Promise<NatsServer> {
  const { program, folder, port, store = `${folder}/store`, more = [] } = options;
  await mkdir(folder, { recursive: true });
  const lines = [
    `listen: "127.0.0.1:${port}"`,
    `server_name: "server-${port}"`,
    `jetstream: { store_dir: "${store}", max_file_store: 512MB, sync_interval: always }`,
    ...more,
  ];
  await writeFile(`${folder}/nats.conf`, `${lines.join("\n")}\n`);
  await using log = await open(`${folder}/log`, "w");
  const child = spawn(program, ["--config", `${folder}/nats.conf`], { stdio: ["ignore", log.fd, log.fd] });
  await once(child, "spawn");
  const readLog = () => readFile(`${folder}/log`, "utf8");
  await waitFor(
    `the NATS server on port ${port}`,
    async () => {
      const text = await readLog();
      if (child.exitCode !== null) throw new Error(`nats-server ended: ${text}`);
      return text.includes("Server is ready") ? true : undefined;
    },
    { timeoutMs: 30_000 },
  );
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    pid: child.pid ?? 0,
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
    kill: () => kill(child),
    log: readLog,
  };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

/** Finds ports on loopback that nobody has. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
