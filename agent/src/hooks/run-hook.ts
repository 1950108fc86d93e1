import type { HookRequest } from "@cowherd/proto";

/**
 * Runs a program that the operator put on this machine for events, with the event on its
 * standard input, and waits until it has ended; in time, whatever it does.
 *
 * Resolves with why it failed, in one line; undefined where it ended in 0. What cannot be
 * run, or must not, is a failure too. Rejects with the signal's reason alone: that ends the
 * waiting and not the program, which the same request joins as long as it runs.
 */
export type RunHook = (request: HookRequest, signal: AbortSignal) => Promise<string | undefined>;
