import { connect, type DetailedPeerCertificate } from "node:tls";
import { controllerServerName } from "@cowherd/proto";
import { EnrollmentServiceClient, type EnrollResponse } from "@cowherd/proto/wire";
import { Metadata } from "@grpc/grpc-js";
import type { Enrollment } from "../join/enrollment.ts";
import { toLinkError } from "./call-error.ts";
import { channelOptions, createCredentials, targetOf } from "./channel.ts";
import { LinkError } from "./link-error.ts";
import { toWireFacts } from "./wire-facts.ts";

const connectMs = 10_000;
const enrollMs = 30_000;

/** A chain that is longer is no honest one. */
const longestChain = 8;

/** Enrols over TLS. */
export function createGrpcEnrollment(): Enrollment {
  return {
    fetchChain({ address, port }, signal) {
      return new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const socket = connect({
          host: address,
          port,
          servername: controllerServerName,
          ALPNProtocols: ["h2"],
          minVersion: "TLSv1.3",
          rejectUnauthorized: false, // nothing is sent; the caller compares the certificates with its pin
          timeout: connectMs,
        });
        const fail = (cause: unknown) => {
          socket.destroy();
          signal.removeEventListener("abort", leave);
          const why = cause instanceof Error ? cause.message : "no answer";
          reject(new LinkError(`connect to ${targetOf(address, port)}: ${why}`, { failure: "unreachable", cause }));
        };
        const leave = () => fail(signal.reason);
        signal.addEventListener("abort", leave, { once: true });
        socket.once("error", fail);
        socket.once("timeout", () => fail(undefined));
        socket.once("secureConnect", () => {
          const chain = chainOf(socket.getPeerCertificate(true));
          socket.destroy();
          signal.removeEventListener("abort", leave);
          resolve(chain);
        });
      });
    },

    async enroll({ address, port }, authority, request, signal) {
      const credentials = createCredentials({ authority });
      const client = new EnrollmentServiceClient(targetOf(address, port), credentials, channelOptions);
      const { secret, csr, facts, node } = request;
      const wire = { secret: Buffer.from(secret), csr: Buffer.from(csr), facts: toWireFacts(facts), node };
      const leave = () => client.close();
      try {
        signal.throwIfAborted();
        signal.addEventListener("abort", leave, { once: true });
        return await new Promise<EnrollResponse>((resolve, reject) => {
          client.enroll(wire, new Metadata(), { deadline: Date.now() + enrollMs }, (error, response) => {
            if (error === null) resolve(response);
            else reject(toLinkError(error, "enrolment", false));
          });
        });
      } finally {
        signal.removeEventListener("abort", leave);
        client.close();
      }
    },
  };
}

/** Follows each certificate to its issuer; the last one names itself. */
function chainOf(first: DetailedPeerCertificate): readonly Buffer[] {
  const chain: Buffer[] = [];
  let certificate: DetailedPeerCertificate | undefined = first;
  while (certificate?.raw !== undefined && chain.length < longestChain) {
    if (chain.some((earlier) => earlier.equals(certificate?.raw ?? earlier))) break;
    chain.push(certificate.raw);
    certificate = certificate.issuerCertificate;
  }
  return chain;
}
