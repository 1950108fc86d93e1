import {
  InvalidDesiredStateError,
  InvalidProbeError,
  parseDesiredState,
  parseHook,
  parseProbe,
  parseResources,
} from "@cowherd/proto";
import type { Check, SessionResponse, DesiredState as WireDesiredState, Probe as WireProbe } from "@cowherd/proto/wire";
import type { SessionMessage } from "./controller-link.ts";

/** Parses what a session brings. Undefined for a message that this version does not know. */
export function parseSessionMessage({ message }: SessionResponse): SessionMessage | undefined {
  switch (message?.$case) {
    case "desiredState":
      return parseState(message.value);
    case "check":
      return parseCheck(message.value);
    case "probe":
      return parseQuestion(message.value);
    case "hook":
      return { type: "hook", request: parseHook(message.value) };
    case "goingAway":
      return { type: "going-away" };
    case undefined:
      return undefined;
  }
}

function parseState(state: WireDesiredState): SessionMessage {
  try {
    return { type: "desired-state", state: parseDesiredState(state) };
  } catch (error) {
    if (!(error instanceof InvalidDesiredStateError)) throw error;
    const { epoch, generation, revision } = state;
    const resources = state.resources.map(({ id }) => id);
    return {
      type: "invalid-desired-state",
      version: { epoch, generation },
      revision,
      resources,
      problem: error.message,
    };
  }
}

function parseCheck({ id, resources }: Check): SessionMessage {
  try {
    return { type: "check", id, resources: parseResources(resources) };
  } catch (error) {
    if (!(error instanceof InvalidDesiredStateError)) throw error;
    return { type: "invalid-check", id, resources: resources.map((resource) => resource.id), problem: error.message };
  }
}

function parseQuestion(probe: WireProbe): SessionMessage {
  try {
    return { type: "probe", id: probe.id, probe: parseProbe(probe) };
  } catch (error) {
    if (!(error instanceof InvalidProbeError)) throw error;
    return { type: "invalid-probe", id: probe.id, problem: error.message };
  }
}
