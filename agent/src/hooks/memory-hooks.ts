import type { HookRequest } from "@cowherd/proto";
import { failureReason } from "../resources/failure-reason.ts";
import type { RunHook } from "./run-hook.ts";

/** What a hook in memory does with an event: it returns its last words and its exit code, 0 or none for success. */
export type MemoryHook = (
  event: string,
) => Promise<{ readonly exitCode: number; readonly words: string } | undefined> | undefined;

/** Runs hooks that are functions. It passes the same contract as the real one. */
export function createMemoryHooks(hooks: ReadonlyMap<string, MemoryHook>): RunHook {
  const running = new Map<string, Promise<string | undefined>>();

  async function run({ hook: name, event, seconds }: HookRequest): Promise<string | undefined> {
    const hook = hooks.get(name);
    if (hook === undefined) return `there is no ${name}`;
    const late = Promise.withResolvers<"late">();
    const timer = setTimeout(late.resolve, seconds * 1_000, "late");
    const end = await Promise.race([hook(event), late.promise]);
    clearTimeout(timer);
    if (end === "late") return `no end within ${seconds} s`;
    if (end === undefined || end.exitCode === 0) return undefined;
    return failureReason(`exit code ${end.exitCode}: ${end.words}`);
  }

  return async (request, signal) => {
    signal.throwIfAborted();
    const { id } = request;
    const end = running.get(id) ?? run(request).finally(() => running.delete(id));
    running.set(id, end);
    const left = new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    return await Promise.race([end, left]);
  };
}
