import { withFileLock } from "../lab/machine/file-lock.ts";
import { bundlePrograms, readVersion } from "./bundle-programs.ts";
import { writeDebianPackage } from "./debian-package.ts";
import { productPackage } from "./product-package.ts";
import { bundleFolder } from "./programs.ts";
import { buildRankProgram } from "./rank-program.ts";
import { findRuntime, runtimePackage } from "./runtime-package.ts";

/** The product's two Debian packages, as paths on this machine. */
export type ProductPackages = { readonly runtime: string; readonly product: string };

export type BuildOptions = {
  /** Where the packages go; dist/packages if absent. */
  readonly out?: string;
  /** Told, in a line each, what takes long. */
  readonly report?: (line: string) => void;
};

const packageFolder = `${bundleFolder}/packages`;

/**
 * Bundles the programs and packs them. A runtime that is there already and equal is not packed
 * again. Who comes while another builds waits, and finds it done.
 */
export async function buildPackages({ out = packageFolder, report }: BuildOptions = {}): Promise<ProductPackages> {
  return await withFileLock(`${bundleFolder}/packages.lock`, async () => {
    const product = await buildProduct(await readVersion(), { bundles: bundleFolder, out, ...(report && { report }) });
    return { runtime: await writeDebianPackage(runtimePackage(await findRuntime()), out, report), product };
  });
}

/** Bundles the programs into the folder `bundles` and packs them, as any version. Returns the package's path. */
export async function buildProduct(
  version: string,
  { bundles, out, report = () => {} }: BuildOptions & { readonly bundles: string; readonly out: string },
): Promise<string> {
  const { version: runtimeVersion, architecture } = await findRuntime();
  report("bundling the programs");
  await Promise.all([bundlePrograms(version, bundles), buildRankProgram(bundles)]);
  return writeDebianPackage(await productPackage({ version, runtimeVersion, architecture, bundles }), out, report);
}
