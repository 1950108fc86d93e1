import type { AgentServiceService, EnrollmentServiceService, OperatorServiceService } from "@cowherd/proto/wire";

/** What a caller may be. "anyone" showed no certificate; "local-operator" came through the unix socket. */
export type Role = "anyone" | "node" | "operator" | "local-operator";

type PathsOf<Service> = {
  [Name in keyof Service]: Service[Name] extends { path: infer Path } ? Path : never;
}[keyof Service];

type OwnMethod = PathsOf<EnrollmentServiceService> | PathsOf<AgentServiceService> | PathsOf<OperatorServiceService>;

type ForeignMethod =
  | `/grpc.health.v1.Health/${"Check" | "Watch"}`
  | "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

const operators = ["operator", "local-operator"] as const;

/** Who may call what. A method of ours without a row fails the build; a path without a row is refused to everyone. */
export const callers: Readonly<Record<OwnMethod | ForeignMethod, readonly Role[]>> = {
  "/cowherd.v1.EnrollmentService/Enroll": ["anyone"],

  "/cowherd.v1.AgentService/Session": ["node"],
  "/cowherd.v1.AgentService/Heartbeat": ["node"],
  "/cowherd.v1.AgentService/ReportFacts": ["node"],
  "/cowherd.v1.AgentService/ReportRun": ["node"],
  "/cowherd.v1.AgentService/ReportCheck": ["node"],
  "/cowherd.v1.AgentService/ReportProof": ["node"],
  "/cowherd.v1.AgentService/ReportHook": ["node"],
  "/cowherd.v1.AgentService/Renew": ["node"],

  "/cowherd.v1.OperatorService/GetVersion": operators,
  "/cowherd.v1.OperatorService/GetStatus": operators,
  "/cowherd.v1.OperatorService/WatchStatus": operators,
  "/cowherd.v1.OperatorService/ListEvents": operators,
  "/cowherd.v1.OperatorService/ExplainNode": operators,
  "/cowherd.v1.OperatorService/Plan": operators,
  "/cowherd.v1.OperatorService/Apply": operators,
  "/cowherd.v1.OperatorService/GetHostfile": operators,
  "/cowherd.v1.OperatorService/ListHostfileGenerations": operators,
  "/cowherd.v1.OperatorService/RollBackHostfile": operators,
  "/cowherd.v1.OperatorService/AdoptHostfile": operators,
  "/cowherd.v1.OperatorService/UnpinHostfile": operators,
  "/cowherd.v1.OperatorService/RemoveNode": operators,
  "/cowherd.v1.OperatorService/DrainNode": operators,
  "/cowherd.v1.OperatorService/UndrainNode": operators,
  "/cowherd.v1.OperatorService/ReleaseNode": operators,
  "/cowherd.v1.OperatorService/ReleaseHostfile": operators,
  "/cowherd.v1.OperatorService/CreateToken": operators,
  "/cowherd.v1.OperatorService/ListTokens": operators,
  "/cowherd.v1.OperatorService/RevokeToken": operators,
  "/cowherd.v1.OperatorService/IssueOperatorCertificate": ["local-operator"],
  "/cowherd.v1.OperatorService/AddEventsUser": operators,
  "/cowherd.v1.OperatorService/ListEventsUsers": operators,
  "/cowherd.v1.OperatorService/RemoveEventsUser": operators,

  "/grpc.health.v1.Health/Check": operators,
  "/grpc.health.v1.Health/Watch": operators,
  "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo": operators,
};

/** Tells whether a role may call the method at `path`, such as "/cowherd.v1.AgentService/Renew". */
export function mayCall(role: Role, path: string): boolean {
  return isListed(path) && callers[path].includes(role);
}

function isListed(path: string): path is keyof typeof callers {
  return Object.hasOwn(callers, path);
}
