import { readFile } from "node:fs/promises";
import type { Moment } from "../../network/pending.ts";

/** Tells when it is, by the kernel's boot and its time since (proc_uptime(5)), and by the calendar. */
export async function readMoment(): Promise<Moment> {
  const [bootId, uptime] = await Promise.all([
    readFile("/proc/sys/kernel/random/boot_id", "utf8"),
    readFile("/proc/uptime", "utf8"),
  ]);
  return { bootId: bootId.trim(), uptimeMs: Math.round(Number.parseFloat(uptime) * 1000), calendarMs: Date.now() };
}
