import { lstat, readdir, readFile, readlink, rm } from "node:fs/promises";
import os from "node:os";
import { basename, dirname } from "node:path/posix";
import { type Job, JobLostError, type Jobs } from "../../jobs/jobs.ts";
import { parseLiveState } from "../../network/live-state.ts";
import type { Nic } from "../../network/nic.ts";
import { defaultDevices, parseRoutes, type Route } from "../../network/routes.ts";
import { addressOf } from "../../network/subnet.ts";
import type { NetplanFile } from "../../network/wanted-files.ts";
import type { Files } from "../files.ts";
import { type Netplan, NetplanError } from "../netplan.ts";
import { requireCommand } from "../run-command.ts";

/** What the adapter stands on. */
export type LinuxNetplanDeps = {
  /** "" for the machine itself; tests pass a temporary folder. */
  readonly root: string;
  /** The files below that root. */
  readonly files: Files;
  /** netplan runs in jobs: they may do what the agent's own sandbox forbids, and outlive the agent. */
  readonly jobs: Jobs;
};

const program = "/usr/sbin/netplan";
const folders = ["/lib/netplan", "/etc/netplan", "/run/netplan"]; // a later one shadows names of the earlier
const generateSeconds = 60;
const ipMs = 10_000;

const env = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C.UTF-8" };

/** netplan(8) of this machine. NICs and routes are read from /sys and /proc, without a child process. */
export function createLinuxNetplan({ root, files, jobs }: LinuxNetplanDeps): Netplan {
  const run = async (id: string, seconds: number, verb: string, signal: AbortSignal) => {
    // netplan waits for services without an end of its own; timeout(1) ends it and its children.
    const argv = ["/usr/bin/timeout", "--kill-after=5", `${seconds}`, program, verb] as const;
    const job: Job = { id: `netplan-${verb}-${id}`, argv, env };
    const { exitCode, output } = await jobs.run(job, signal).catch((error: unknown) => {
      if (error instanceof JobLostError) return jobs.run(job, signal); // a power cut ended it, and this is the next boot
      throw error;
    });
    if (exitCode === 0) return;
    const why = exitCode === 124 ? `no end after ${seconds} s` : lastWords(output) || `exit code ${exitCode}`;
    throw new NetplanError(`netplan ${verb}: ${why}`);
  };
  return {
    present: async () =>
      (await files.stat(program))?.type === "file" && (await files.stat("/etc/netplan"))?.type === "folder",

    async nics() {
      const [names, routes] = await Promise.all([entriesOf(`${root}/sys/class/net`), readRoutes(root)]);
      return Promise.all(names.map((name) => readNic(root, name, defaultDevices(routes))));
    },

    async files() {
      const byName = new Map<string, string>();
      for (const folder of folders) {
        for (const name of await entriesOf(root + folder)) {
          if (name.endsWith(".yaml")) byName.set(name, `${folder}/${name}`);
        }
      }
      const paths = [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
      const read = await Promise.all(paths.map(async (path) => ({ path, file: await files.read(path) })));
      return read.flatMap(({ path, file }): readonly NetplanFile[] => (file === undefined ? [] : [{ path, ...file }]));
    },

    read: (path) => files.read(path),

    replace: (path, file) => files.replace(path, file),

    async remove(path) {
      const standing = await files.stat(path);
      if (standing === undefined) return;
      if (standing.type !== "file") throw new NetplanError(`${path} is not a regular file`);
      await rm(root + path, { force: true });
      const folder = await files.stat(dirname(path));
      if (folder !== undefined) await files.setAccess(dirname(path), folder); // which syncs the folder
    },

    generate: (attempt, signal) => run(attempt, generateSeconds, "generate", signal),

    apply: (attempt, timeoutSeconds, signal) => run(attempt, timeoutSeconds, "apply", signal),

    async live(signal) {
      const ip = (...words: string[]) => requireCommand(["ip", "-json", "-4", ...words], { timeoutMs: ipMs }, signal);
      return parseLiveState(await ip("address", "show"), await ip("route", "show", "table", "main"));
    },

    tell: async (command, signal) => void (await requireCommand(["ip", ...command], { timeoutMs: ipMs }, signal)),
  };
}

/** The IPv4 routes of the main table. */
export async function readRoutes(root: string): Promise<readonly Route[]> {
  return parseRoutes((await readText(`${root}/proc/net/route`)) ?? "");
}

/** Tells whether an interface is up and has a carrier, as /sys/class/net has it. False where there is none. */
export async function readCarrier(root: string, device: string): Promise<boolean> {
  return (await readText(`${root}/sys/class/net/${device}/carrier`))?.trim() === "1";
}

async function readNic(root: string, name: string, leadingOut: ReadonlySet<string>): Promise<Nic> {
  const at = `${root}/sys/class/net/${name}`;
  const [mac, flags, carrier, index, device, driver, master] = await Promise.all([
    readText(`${at}/address`),
    readText(`${at}/flags`),
    readText(`${at}/carrier`),
    readText(`${at}/ifindex`),
    lstat(`${at}/device`).catch(() => undefined),
    readlink(`${at}/device/driver`).catch(() => undefined),
    readlink(`${at}/master`).catch(() => undefined),
  ]);
  const isUp = (Number.parseInt(flags ?? "0", 16) & 1) === 1; // IFF_UP of netdevice(7)
  const addresses = (os.networkInterfaces()[name] ?? []).filter(({ family }) => family === "IPv4");
  const lease = (await readText(`${root}/run/systemd/netif/leases/${index?.trim()}`)) ?? "";
  return {
    name,
    mac: (mac ?? "").trim().toLowerCase(),
    driver: driver && basename(driver),
    device: device !== undefined,
    master: master && basename(master),
    link: !isUp ? "down" : carrier?.trim() === "1" ? "up" : "no-carrier",
    addresses: addresses.map(({ cidr }) => cidr).filter((cidr) => cidr !== null),
    leased: [...lease.matchAll(/^ADDRESS=([\d.]+)$/gm)].map(([, address = ""]) => addressOf(address)),
    leadsOut: leadingOut.has(name),
  };
}

function entriesOf(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []); // absent, or gone between two looks
}

function readText(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined); // an interface may go at any time, and one that is down tells no carrier
}

/** netplan writes the reason first and a picture of the place after it, and warnings before. */
function lastWords(output: string): string {
  const lines = output.split("\n").map((line) => line.trim());
  const errors = lines.filter((line) => /error/i.test(line));
  return errors[0] ?? lines.filter((line) => line !== "").at(-1) ?? "";
}
