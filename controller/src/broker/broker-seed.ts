import { open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { createUser, fromSeed } from "nkeys.js";

/**
 * Returns the public nkey of the seed at `path`, which is made where there is none, for its
 * owner alone to read.
 *
 * A seed that is torn is replaced: the broker then learns the new key as it learnt the first.
 */
export async function openBrokerSeed(path: string): Promise<string> {
  return (await readPublicKey(path)) ?? (await makeSeed(path));
}

async function readPublicKey(path: string): Promise<string | undefined> {
  try {
    return fromSeed(new TextEncoder().encode((await readFile(path, "utf8")).trim())).getPublicKey();
  } catch {
    return undefined; // missing, or torn
  }
}

async function makeSeed(path: string): Promise<string> {
  const pair = createUser();
  const draft = `${path}.draft`;
  {
    await using file = await open(draft, "w", 0o600);
    await file.chmod(0o600); // a draft that was there may be of another mode
    await file.writeFile(`${new TextDecoder().decode(pair.getSeed())}\n`);
    await file.sync();
  }
  await rename(draft, path);
  await using folder = await open(dirname(path), "r");
  await folder.sync();
  return pair.getPublicKey();
}
