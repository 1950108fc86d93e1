import { CommandError, requireCommand } from "../host/run-command.ts";
import { JoinError } from "./join-error.ts";

const unit = "cowherd-agent.service";

/** Starts the agent's service now and with each boot; one that runs is started afresh. Rejects with JoinError. */
export async function startAgentService(signal: AbortSignal): Promise<void> {
  try {
    await requireCommand(["systemctl", "enable", "--quiet", unit], { timeoutMs: 30_000 }, signal);
    await requireCommand(["systemctl", "restart", unit], { timeoutMs: 60_000 }, signal);
  } catch (error) {
    if (error instanceof CommandError) throw new JoinError("service-not-started", error.message, error);
    throw error;
  }
}
