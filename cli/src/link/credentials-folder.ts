import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CredentialsError } from "./link-error.ts";

/** The files in an operator's credentials folder: the key has mode 0600, all are PEM. */
export const credentialFiles = { key: "operator.key", certificate: "operator.crt", authority: "ca.crt" } as const;

export type OperatorCredentials = {
  readonly key: Buffer;
  readonly certificate: Buffer;
  readonly authority: Buffer;
};

/** Reads the folder that `cowctl operator create` wrote; throws CredentialsError for a file that cannot be read. */
export async function readCredentials(folder: string): Promise<OperatorCredentials> {
  const [key, certificate, authority] = await Promise.all([
    readCredential(join(folder, credentialFiles.key)),
    readCredential(join(folder, credentialFiles.certificate)),
    readCredential(join(folder, credentialFiles.authority)),
  ]);
  return { key, certificate, authority };
}

async function readCredential(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new CredentialsError(path, { cause });
  }
}
