export { cloudEventOf, cloudTypeOf } from "./cloud-event.ts";
export { agentPort, controllerServerName, enrollmentPort, hostfilePointer, operatorSocket } from "./endpoints.ts";
export { type ErrorReason, errorDetailTrailer, errorReasons, isErrorReason } from "./error-reason.ts";
export {
  type Event,
  type EventType,
  eventTypes,
  isEventType,
  type KeptEvent,
  nodeOf,
  type SlotsChange,
  subjectOf,
} from "./event.ts";
export { eventStreamOf, isEventsUserName, isPublicUserKey } from "./event-stream.ts";
export { decodeEvent, encodeEvent, parseEvent, parseKeptEvent, toWireEvent, toWireKeptEvent } from "./event-wire.ts";
export { exportFlags, exportOptionProblem } from "./export-option.ts";
export {
  type HookRequest,
  hookNameProblem,
  hooksFolder,
  hookUserProblem,
  largestHookEvent,
  longestHookSeconds,
  parseHook,
  toWireHook,
} from "./hook-request.ts";
export { describeHostfileChanges, type WrittenEntry, writtenEntries } from "./hostfile-changes.ts";
export { type HostfileLine, type HostfileSetting, type HostfileWord, splitHostfile } from "./hostfile-lines.ts";
export {
  claimedGeneration,
  type HostfileContent,
  type HostfileForm,
  hostfileDigest,
  hostfileMark,
  parseHostfileForm,
  renderHostfile,
} from "./hostfile-text.ts";
export { isHostfileWord, nodeNameProblem } from "./node-name.ts";
export { type Outcome, parseOutcome, toWireOutcome } from "./outcome.ts";
export { packageNameProblem } from "./package-name.ts";
export { formatPeerIdentity, type PeerIdentity, parsePeerIdentity } from "./peer-identity.ts";
export { InvalidProbeError, type Probe, parseProbe, toWireProbe } from "./probe.ts";
export {
  InvalidProofError,
  type Proof,
  type ProofKind,
  parseProof,
  parseProofKind,
  proofKinds,
  toWireProof,
  toWireProofKind,
} from "./proof.ts";
export {
  downloadUrlProblem,
  normalPythonName,
  type PythonRequirement,
  parsePythonRequirement,
  pythonRequirementProblem,
  pythonVersionProblem,
} from "./python-request.ts";
export {
  createDesiredState,
  type DesiredState,
  encodeResource,
  InvalidDesiredStateError,
  parseDesiredState,
  parseResources,
  type ResourceKind,
  type ResourceSpec,
  type SpecOf,
  toWireDesiredState,
  toWireResource,
} from "./resource-spec.ts";
export { revisionOfEncoded } from "./revision.ts";
export { formatToken, InvalidTokenError, type JoinToken, parseToken } from "./token.ts";
export { ulidOf } from "./ulid.ts";
