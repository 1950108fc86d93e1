import type { PackageDefinition, ServiceDefinition } from "@grpc/proto-loader";

/** The loaded definitions hold no service of that name. */
export class MissingServiceError extends Error {
  override readonly name = "MissingServiceError";
}

/** Finds a service in loaded definitions by its full name. Throws MissingServiceError. */
export function serviceOf(definitions: PackageDefinition, name: string): ServiceDefinition {
  const definition = definitions[name];
  if (definition === undefined || "format" in definition || !isService(definition)) {
    throw new MissingServiceError(`no service ${name} in the loaded definitions`);
  }
  return definition;
}

function isService(definition: PackageDefinition[string]): definition is ServiceDefinition {
  return Object.values(definition).every((method) => typeof method === "object" && "path" in method);
}
