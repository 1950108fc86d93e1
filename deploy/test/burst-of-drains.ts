import { writeFileSync } from "node:fs";
import { operatorSocket } from "@cowherd/proto";
import { OperatorServiceClient } from "@cowherd/proto/wire";
import { credentials, type ServiceError } from "@grpc/grpc-js";

/**
 * Drains a node and lets it back, as fast as the controller answers and until the power goes.
 * After each time the number of times is on the disk, in a file.
 */
const [node = "", file = ""] = process.argv.slice(2);
const client = new OperatorServiceClient(`unix:${operatorSocket}`, credentials.createInsecure());

function answered(call: (answer: (error: ServiceError | null) => void) => unknown): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  call((error) => (error === null ? resolve() : reject(error)));
  return promise;
}

for (let times = 1; ; times += 1) {
  await answered((answer) => client.drainNode({ node, reason: "a burst.", deadlineSeconds: 0 }, answer));
  await answered((answer) => client.undrainNode({ node }, answer));
  writeFileSync(file, String(times).padStart(8, "0"), { flag: times === 1 ? "w" : "r+", flush: true }); // never empty
}
