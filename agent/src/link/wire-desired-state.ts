import { type DesiredState, InvalidDesiredStateError, parseDesiredState, toWireDesiredState } from "@cowherd/proto";
import { DesiredState as WireDesiredState } from "@cowherd/proto/wire";

/** Writes a desired state as the wire's bytes. */
export function encodeDesiredState(state: DesiredState): Uint8Array {
  return WireDesiredState.encode(toWireDesiredState(state)).finish();
}

/** Reads what encodeDesiredState wrote. Throws InvalidDesiredStateError for what is torn or of another make. */
export function decodeDesiredState(bytes: Uint8Array): DesiredState {
  return parseDesiredState(decodeWire(bytes));
}

function decodeWire(bytes: Uint8Array): WireDesiredState {
  try {
    return WireDesiredState.decode(bytes);
  } catch (cause) {
    throw new InvalidDesiredStateError("the bytes are not those of a desired state", { cause });
  }
}
