import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Architecture } from "./architecture.ts";
import { openCgroup } from "./cgroup.ts";
import { startCommand } from "./command.ts";
import { type Accelerator, processor } from "./qemu.ts";

/** Lost when the machine starts anew, as it must be: another kernel may do better. */
const VERDICTS = "/run/cowherd-lab";
const PROBE_MS = 8000;
const POLL_MS = 50;

/**
 * Says whether the processor runs guests by itself here. /dev/kvm proves nothing: it may
 * open and then fail ("failed to set MSR"), or run a guest that never gets anywhere. So a
 * kernel is started with it, and must say a word. Tried once each time the machine starts.
 */
export async function chooseAccelerator(architecture: Architecture, kernel: string): Promise<Accelerator> {
  const device = await stat("/dev/kvm").catch(() => undefined);
  if (!device) return "tcg";
  const verdict = `${VERDICTS}/accelerator`;
  const known = await readFile(verdict, "utf8").catch(() => "");
  if (known === "kvm" || known === "tcg") return known;
  const found = (await kernelSpeaks(architecture, kernel)) ? "kvm" : "tcg";
  const draft = `${verdict}.${randomUUID()}`;
  await mkdir(VERDICTS, { recursive: true });
  await writeFile(draft, found);
  await rename(draft, verdict); // several labs may be made at once
  return found;
}

/** Starts the kernel on KVM, with no disk and so with nothing to lose, and waits for its first line. */
async function kernelSpeaks(architecture: Architecture, kernel: string): Promise<boolean> {
  const name = `probe-${randomUUID()}`;
  const output = `${VERDICTS}/${name}.log`;
  await mkdir(VERDICTS, { recursive: true });
  const group = (await openCgroup("cowherd-lab-probes")).child(name);
  await group.create();
  try {
    await using log = await open(output, "a");
    const { qemu, machine, console } = architecture;
    const guest = ["-kernel", kernel, "-append", `console=${console} panic=-1`, "-m", "256"];
    const plain = ["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-serial", "stdio"];
    const command = [qemu, ...plain, "-machine", machine, ...processor("kvm", architecture), ...guest];
    const running = await startCommand(group.enter(command), log.fd);
    const deadline = performance.now() + PROBE_MS;
    for (let ended = false; !ended && performance.now() < deadline; await sleep(POLL_MS)) {
      ended = running.hasEnded(); // read before the output, or the last words are missed
      if ((await readFile(output, "utf8")).includes("Linux version")) return true;
    }
    return false;
  } finally {
    await group.destroy();
    await rm(output, { force: true });
  }
}
