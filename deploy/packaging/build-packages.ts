import { bundlePrograms, readVersion } from "./bundle-programs.ts";
import { writeDebianPackage } from "./debian-package.ts";
import { productPackage } from "./product-package.ts";
import { bundleFolder } from "./programs.ts";
import { findRuntime, runtimePackage } from "./runtime-package.ts";

/** The product's two Debian packages, as paths on this machine. */
export type ProductPackages = { readonly runtime: string; readonly product: string };

export type BuildOptions = {
  /** Where the packages go; dist/packages if absent. */
  readonly out?: string;
  /** The product's version; that of package.json if absent. */
  readonly version?: string;
  /** Told, in a line each, what takes long. */
  readonly report?: (line: string) => void;
};

/** Where packages go unless told otherwise. */
export const packageFolder = `${bundleFolder}/packages`;

/** Bundles the programs and packs them. A runtime that is there already and equal is not packed again: that takes a minute. */
export async function buildPackages({
  out = packageFolder,
  version,
  report = () => {},
}: BuildOptions = {}): Promise<ProductPackages> {
  const runtime = await findRuntime();
  report("bundling the programs");
  const productVersion = version ?? (await readVersion());
  await bundlePrograms(productVersion);
  const parts = { version: productVersion, runtimeVersion: runtime.version, bundles: bundleFolder };
  return {
    runtime: await writeDebianPackage(runtimePackage(runtime), out, report),
    product: await writeDebianPackage(await productPackage(parts), out, report),
  };
}
