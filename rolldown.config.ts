import { readVersion } from "./deploy/packaging/bundle-programs.ts";
import { bundleFolder, bundleOptions, programNames } from "./deploy/packaging/programs.ts";

const version = await readVersion();

export default programNames.map((name) => bundleOptions(name, version, bundleFolder));
