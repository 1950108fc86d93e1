import { readFile } from "node:fs/promises";
import { exitCodes } from "../exit-code.ts";
import type { PrimaryMachine } from "../io.ts";
import { findAccount } from "./account.ts";
import { NotInstalledError, ProgramFailedError } from "./primary-error.ts";
import { runProgram } from "./run-program.ts";

/** The user that the controller runs as, made by the package. */
const controllerUser = "cowherd";

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
  if (exitCode === 0) return "founded";
  if (exitCode === exitCodes.alreadyInitialised) return "already";
  const next = exitCode === exitCodes.invalidSpec ? `mend ${spec.name}; nothing was changed` : "see what it said above";
  throw new ProgramFailedError(path, exitCode, next);
}
