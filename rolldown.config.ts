import { readVersion } from "./deploy/packaging/bundle-programs.ts";
import { bundleFolder, bundleOptions, programNames } from "./deploy/packaging/programs.ts";

const version = await readVersion();

export default programNames.map((name) => {
  const { input, output } = bundleOptions(name, version, bundleFolder);
  return { ...input, output };
});
