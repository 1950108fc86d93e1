import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { AuthorityFiles } from "../identity/certificate-authority.ts";

/** Where a cluster lies in the state folder. */
export type ClusterFolder = {
  readonly database: string;
  readonly authority: AuthorityFiles;
  readonly broker: BrokerFiles;
};

/** Paths of who the controller is at the cluster's own broker, which may be missing, and of who vouches for the broker. */
export type BrokerFiles = { readonly credentials: string; readonly ca: string };

/** There is a cluster in the state folder already. Nothing was changed. */
export class AlreadyInitialisedError extends Error {
  override readonly name = "AlreadyInitialisedError";
}

const folderName = "cluster";
const draftPrefix = "cluster.draft-";
const databaseName = "cluster.sqlite";
const certificateName = "authority.pem";
const keyName = "authority.key";
const brokerSeedName = "broker.seed";

/** Opens the cluster's folder. Undefined where there is none. */
export async function findClusterFolder(stateFolder: string): Promise<ClusterFolder | undefined> {
  const folder = join(stateFolder, folderName);
  if (!(await exists(folder))) return undefined;
  return {
    database: join(folder, databaseName),
    broker: { credentials: join(folder, brokerSeedName), ca: join(folder, certificateName) },
    authority: {
      certificate: await readFile(join(folder, certificateName), "utf8"),
      privateKey: await readFile(join(folder, keyName), "utf8"),
    },
  };
}

/**
 * Makes the cluster's folder: whole, or not at all.
 *
 * `fill` writes the database at the path it is given. Whatever cuts this off leaves a
 * draft, which the next call removes. Throws AlreadyInitialisedError.
 */
export async function makeClusterFolder(
  stateFolder: string,
  authority: AuthorityFiles,
  fill: (database: string) => void,
): Promise<void> {
  const folder = join(stateFolder, folderName);
  if (await exists(folder)) throw new AlreadyInitialisedError(`there is a cluster in ${stateFolder} already`);
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  await removeDrafts(stateFolder);

  const draft = await mkdtemp(join(stateFolder, draftPrefix)); // mode 0700
  await writeDurably(join(draft, keyName), authority.privateKey, 0o600);
  await writeDurably(join(draft, certificateName), authority.certificate, 0o644);
  fill(join(draft, databaseName));
  await syncFolder(draft);
  await rename(draft, folder); // fails where another init was faster: its folder is not empty
  await syncFolder(stateFolder);
}

async function removeDrafts(stateFolder: string): Promise<void> {
  for (const name of await readdir(stateFolder)) {
    if (name.startsWith(draftPrefix)) await rm(join(stateFolder, name), { recursive: true });
  }
}

async function writeDurably(path: string, content: string, mode: number): Promise<void> {
  await using file = await open(path, "wx", mode);
  await file.writeFile(content);
  await file.chmod(mode); // open() leaves the umask's bits out
  await file.sync();
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, "r");
  await folder.sync();
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}
