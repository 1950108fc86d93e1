import { BootFailedError, CommandFailedError, HostOffError, LabRequestError, UnfitMachineError } from "./lab-error.ts";
import { createLabProgram } from "./lab-program.ts";

/** What an operator can make sense of without a stack. */
const EXPECTED = [BootFailedError, CommandFailedError, HostOffError, LabRequestError, UnfitMachineError];

try {
  await createLabProgram().parseAsync();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  console.error(`lab: ${EXPECTED.some((kind) => error instanceof kind) ? error.message : error.stack}`);
  process.exitCode = 1;
}
