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
  return revisionOfEncoded([encodeResources(resources)]);
}

/** Returns the content hash of resources that were encoded by encodeResources, in one piece or in several that follow each other. */
export function revisionOfEncoded(pieces: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}

/** Encodes ordered resources as a desired state has them. The encoding of many is those of each in a row. */
export function encodeResources(resources: readonly Resource[]): Uint8Array {
  return DesiredState.encode({ epoch: 0n, generation: 0n, revision: "", resources: [...resources] }).finish();
}
