import { runCommand } from "../lab/machine/command.ts";
import type { Gate } from "./gate.ts";

/** A gate that a program keeps: it passes when the program ends in 0. What it prints is shown if not. */
export function commandGate(name: string, command: readonly [string, ...string[]]): Gate {
  return {
    name,
    async check() {
      const { exitCode, stdout, stderr } = await runCommand(command);
      return exitCode === 0 ? { passed: true, text: "" } : { passed: false, text: stdout + stderr };
    },
  };
}
