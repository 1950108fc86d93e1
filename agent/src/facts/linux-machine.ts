import { constants } from "node:fs";
import { open, readdir, realpath, stat } from "node:fs/promises";
import os from "node:os";
import { createDpkgStatus } from "./dpkg-status.ts";
import type { Machine } from "./machine.ts";
import type { KernelInterface } from "./network-interfaces.ts";

const maxBytes = 256 * 1024;

/** ARPHRD_LOOPBACK of the kernel's if_arp.h, as /sys/class/net shows it. */
const loopbackType = "772";

/** The Linux machine that this process runs on. Starts no other process. */
export function createLinuxMachine(): Machine {
  const { versionOf } = createDpkgStatus("/var/lib/dpkg/status");
  return {
    readText: (path) => readText(path),
    readUserText: (path) => readText(path, constants.O_NOFOLLOW),
    list,
    realPath: resolve,
    packageVersion: versionOf,
    hostname: () => os.hostname(),
    kernel: () => ({ release: os.release(), architecture: os.machine() }),
    interfaces: readInterfaces,
    parallelism: () => os.availableParallelism(),
    async memory() {
      const { mem } = await import("systeminformation"); // after ready: it takes its time and memory
      return (await mem()).total;
    },
  };
}

async function readText(path: string, flags = 0): Promise<string | undefined> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | flags); // a pipe is not waited for
    if (!(await file.stat()).isFile()) return undefined;
    const chunks: Buffer[] = [];
    for (let length = 0; length <= maxBytes; ) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(16 * 1024)); // files in /proc tell no size
      if (bytesRead === 0) return Buffer.concat(chunks).toString("utf8");
      chunks.push(buffer.subarray(0, bytesRead));
      length += bytesRead;
    }
    return undefined;
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

async function list(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

async function resolve(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

async function readInterfaces(): Promise<readonly KernelInterface[]> {
  const addresses = os.networkInterfaces();
  const names = await list("/sys/class/net");
  return Promise.all(
    names.map(async (name) => ({
      name,
      mac: ((await readText(`/sys/class/net/${name}/address`)) ?? "").trim(),
      addresses: (addresses[name] ?? []).map(({ cidr }) => cidr).filter((cidr) => cidr !== null),
      device: await exists(`/sys/class/net/${name}/device`),
      loopback: (await readText(`/sys/class/net/${name}/type`))?.trim() === loopbackType,
    })),
  );
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** Not there, not a folder, a link, or an interface that went away between two looks. */
function isAbsence(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    ["ENOENT", "ENOTDIR", "ELOOP", "EINVAL", "ENODEV"].includes(`${error.code}`)
  );
}
