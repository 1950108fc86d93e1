/** What tests on booted hosts need of the agent. Programs meet only through proto. */
export { hookJob } from "./hooks/job-hooks.ts";
export { lastLinesCommand } from "./hooks/last-lines.ts";
export { createMemoryHost } from "./host/memory-host.ts";
export { exitRecorder, parseExitRecord, recordExitScript } from "./jobs/exit-record.ts";
export { type Job, type JobEnd, JobLostError, type Jobs } from "./jobs/jobs.ts";
export { startCommand, unitOf } from "./jobs/unit-command.ts";
export { type JoinEnd, joinEnds } from "./join/join-end.ts";
export type { JoinFailure } from "./join/join-error.ts";
export { createKeyPair, createRequest } from "./link/certificate-request.ts";
export { renderBrokerConfiguration, renderBrokerUsers } from "./resources/broker-configuration.ts";
export { mpiParametersResource } from "./resources/mpi-parameters.ts";
