import type { Clock } from "../io.ts";
import { isRetryable } from "../link/link-error.ts";
import type { ClusterStatus, OperatorLink } from "../link/operator-link.ts";
import { ControllerNotUpError } from "./primary-error.ts";

/** A small virtual machine without the processor's help takes tens of seconds to start a Node. */
const patienceMs = 120_000;
const pauseMs = 200;

/** Resolves to the status as soon as the controller answers; throws ControllerNotUpError after two minutes. */
export async function awaitController(
  connect: () => Promise<OperatorLink>,
  clock: Clock,
  signal: AbortSignal,
): Promise<ClusterStatus> {
  const until = clock.now() + patienceMs;
  for (;;) {
    try {
      using link = await connect();
      return await link.getStatus(signal);
    } catch (cause) {
      if (!isRetryable(cause)) throw cause;
      if (signal.aborted || clock.now() >= until) {
        throw new ControllerNotUpError("the controller was started and does not answer", { cause });
      }
    }
    await clock.wait(pauseMs, signal);
  }
}
