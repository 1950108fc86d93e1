import { CommandFailedError, LabRequestError, UnfitMachineError } from "./lab-error.ts";
import { createLabProgram } from "./lab-program.ts";

try {
  await createLabProgram().parseAsync();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  const isExpected = [LabRequestError, UnfitMachineError, CommandFailedError].some((kind) => error instanceof kind);
  console.error(`lab: ${isExpected ? error.message : error.stack}`);
  process.exitCode = 1;
}
