import { NotInitialisedError } from "./controller.ts";
import { AlreadyInitialisedError } from "./init/cluster-folder.ts";
import { InvalidSpecError } from "./spec/cluster-spec.ts";
import { NewerStoreError } from "./store/cluster-store.ts";

/** The program was called in a way that it does not know. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Maps an error to the program's exit code; the numbers above 63 are those of sysexits.h. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return 64;
  if (error instanceof InvalidSpecError) return 65;
  if (error instanceof AlreadyInitialisedError) return 73;
  if (error instanceof NotInitialisedError || error instanceof NewerStoreError) return 78;
  return 1;
}
