import { type ErrorReason, errorDetailTrailer } from "@cowherd/proto";
import {
  type EnrollmentServiceServer,
  EnrollmentServiceService,
  type EnrollRequest,
  ErrorDetail,
} from "@cowherd/proto/wire";
import { Metadata, Server, ServerCredentials, status } from "@grpc/grpc-js";
import type { TestAuthority } from "./test-authority.ts";

/** An enrolment for tests that really listens on loopback, with TLS of the server alone. */
export type LoopbackEnrollment = {
  readonly port: number;
  readonly heard: EnrollRequest[];
  /** Refuses every request from now on. */
  refuse(reason: ErrorReason): void;
  stop(): void;
};

/** Starts one that takes whoever asks for "secondary1" of cluster "lab". */
export async function startLoopbackEnrollment(authority: TestAuthority): Promise<LoopbackEnrollment> {
  const heard: EnrollRequest[] = [];
  let refusing: ErrorReason | undefined;
  const implementation: EnrollmentServiceServer = {
    enroll(call, callback) {
      heard.push(call.request);
      if (refusing !== undefined) {
        const metadata = new Metadata();
        const detail = ErrorDetail.encode({ reason: refusing, problems: [] }).finish();
        metadata.set(errorDetailTrailer, Buffer.from(detail));
        return callback({ code: status.PERMISSION_DENIED, details: "no", metadata });
      }
      authority
        .issueFor(call.request.csr, "secondary1")
        .then(
          (certificate) => callback(null, { node: "secondary1", certificate, cluster: "lab", agentPort: 7443 }),
          callback,
        );
    },
  };
  const server = new Server();
  server.addService(EnrollmentServiceService, implementation);
  const { key, certificate } = await authority.issueController();
  const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(certificate + authority.certificate) };
  const port = await new Promise<number>((resolve, reject) => {
    const credentials = ServerCredentials.createSsl(null, [pair], false);
    server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error === null ? resolve(bound) : reject(error)));
  });
  return {
    port,
    heard,
    refuse(reason) {
      refusing = reason;
    },
    stop: () => server.forceShutdown(),
  };
}
