/** The port of EnrollmentService: TLS of the server alone. */
export const enrollmentPort = 7442;

/** The port of AgentService and OperatorService: mutual TLS. */
export const agentPort = 7443;

/** The operator's socket on the primary. Its folder has mode 0700: whoever can open it may do everything. */
export const operatorSocket = "/run/cowherd/operator.sock";

/**
 * The DNS name in every controller certificate, and what a client verifies.
 *
 * A fixed name and not the address: a primary that is reached by another address, through
 * a forwarded port or after a change of its subnet, is still the same controller.
 */
export const controllerServerName = "controller.cowherd.internal";

/** The file on the primary that says, in one line, where the hostfile is: for whoever has no controller to ask. */
export const hostfilePointer = "/var/lib/cowherd/hostfile-path";
