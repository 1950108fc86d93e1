import { readFile } from "node:fs/promises";
import type { PrimaryMachine } from "../io.ts";
import { findAccount } from "./account.ts";
import { NotInstalledError, ProgramFailedError } from "./primary-error.ts";
import { runProgram } from "./run-program.ts";

/** The user that the controller runs as, made by the package. */
const controllerUser = "cowherd";

/** What the controller's program ends with, where that matters here; see controller/src/exit-code.ts. */
const ended = { well: 0, invalidSpec: 65, alreadyInitialised: 73 } as const;

/**
 * Has the controller's own program check the spec and make the cluster's first state, as
 * the controller's own user. It checks the spec whole before it touches anything.
 *
 * Returns "already" where that was done before. Throws ProgramFailedError for an invalid
 * spec, whose problems it has told through `onText`.
 */
export async function foundCluster(
  machine: PrimaryMachine,
  spec: { readonly name: string; readonly text: string },
  onText: (text: string) => void,
  signal: AbortSignal,
): Promise<"founded" | "already"> {
  const account = findAccount(await readFile(machine.passwd, "utf8"), controllerUser);
  if (account === undefined) throw new NotInstalledError(`user ${controllerUser}`, {});
  const path = machine.controllerProgram;
  const exitCode = await runProgram(
    { path, args: ["init", "--file", spec.name], input: spec.text, account },
    onText,
    signal,
  );
  if (exitCode === ended.well) return "founded";
  if (exitCode === ended.alreadyInitialised) return "already";
  const next = exitCode === ended.invalidSpec ? `mend ${spec.name}; nothing was changed` : "see what it said above";
  throw new ProgramFailedError(path, exitCode, next);
}
