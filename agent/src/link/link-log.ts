import type { Log } from "../log.ts";
import { LinkError, type LinkFailure } from "./link-error.ts";

/** Says how the link stands, once for each change of it. */
export type LinkLog = {
  up(): void;
  down(error: unknown): void;
};

/** Makes a log that has said nothing yet. */
export function createLinkLog(log: Log): LinkLog {
  let said: LinkFailure | "up" | undefined;
  return {
    up() {
      if (said !== "up") log.info("connected to the controller");
      said = "up";
    },
    down(error) {
      if (!(error instanceof LinkError) || said === error.failure) return;
      said = error.failure;
      log.warn({ cause: error.message }, explanations[error.failure]);
    },
  };
}

const goesOn = "the last desired state is kept true meanwhile";
const joinAgain = `join again with a fresh token (on the primary: cowctl token create --node NAME); ${goesOn}`;

const explanations: Readonly<Record<LinkFailure, string>> = {
  unreachable: `controller unreachable, trying again; ${goesOn}`,
  revoked: `the controller does not take this node's certificate any more: ${joinAgain}`,
  expired: `this node's certificate is past its end: ${joinAgain}`,
  refused: `the controller refuses this node's calls; ${goesOn}`,
};
