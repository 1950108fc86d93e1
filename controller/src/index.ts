export { pythonBuildPackages } from "./compile/python-resources.ts";
export { defaultTiming, type Timing, version } from "./config.ts";
export { type Controller, type ControllerDeps, createController, NotInitialisedError } from "./controller.ts";
export type { EventLog } from "./events/event-log.ts";
export {
  type AuthorityFiles,
  type CertificateAuthority,
  createAuthority,
  openAuthority,
  type ServerIdentity,
} from "./identity/certificate-authority.ts";
export { parseSigningRequest } from "./identity/signing-request.ts";
export { type Listening, openServers, type Servers, type ServersDeps } from "./rpc/servers.ts";
export { parseClusterSpec } from "./spec/parse-cluster-spec.ts";
export { initialState } from "./state/initial-state.ts";
export type { ClusterRecord, ClusterStore, OperatorRecord } from "./store/cluster-store.ts";
export { createMemoryStore } from "./store/memory-store.ts";
