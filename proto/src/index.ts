export { agentPort, controllerServerName, enrollmentPort, operatorSocket } from "./endpoints.ts";
export { type ErrorReason, errorDetailTrailer, errorReasons, isErrorReason } from "./error-reason.ts";
export { exportFlags, exportOptionProblem } from "./export-option.ts";
export { type HostfileContent, renderHostfile } from "./hostfile-text.ts";
export { nodeNameProblem } from "./node-name.ts";
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
  InvalidDesiredStateError,
  parseDesiredState,
  parseResources,
  type ResourceKind,
  type ResourceSpec,
  type SpecOf,
  toWireDesiredState,
  toWireResource,
} from "./resource-spec.ts";
export { formatToken, InvalidTokenError, type JoinToken, parseToken } from "./token.ts";
