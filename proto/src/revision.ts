import { createHash } from "node:crypto";
import { DesiredState, type Resource } from "./gen/cowherd/v1/resource.ts";

/**
 * Returns the content hash of ordered resources: SHA-256 over their protobuf encoding,
 * in lower-case hexadecimal.
 *
 * Both ends must come to the same hash, so the encoding has no map in it: field order is
 * the schema's, and equal content gives equal bytes.
 */
export function revisionOf(resources: readonly Resource[]): string {
  const content = DesiredState.encode({ epoch: 0n, generation: 0n, revision: "", resources: [...resources] }).finish();
  return createHash("sha256").update(content).digest("hex");
}
