/** Where a daemon's launcher listens. */
export type LauncherPlace =
  /** It takes a connection that is closed again for nothing: whoever is refused at all of these knows that it is gone. */
  | { readonly to: "connect"; readonly addresses: readonly { readonly address: string; readonly port: number }[] }
  /**
   * It must not be connected to: Hydra's mpiexec gives up its job when a connection that it took
   * is closed ("assert (!closed) failed", measured with 4.0.2). The daemon's own one tells.
   */
  | { readonly to: "look"; readonly port: number };

/** What Open MPI 4 and PRRTE, which Open MPI 5 uses, give their daemons: the name of a parameter, and then its value. */
const uriParameters = ["orte_hnp_uri", "prte_hnp_uri"];

/** What Hydra's give: "primary:42095", or host and port apart (Intel MPI). */
const controlPort = "--control-port";
const upstreamPort = "--upstream-port";

const mostAddresses = 16; // a command line is its user's to write

/** Reads out of a daemon's command line where its launcher listens. Undefined where it does not say. Pure. */
export function launcherPlaceOf(argv: readonly string[]): LauncherPlace | undefined {
  const after = (name: string) => argv[argv.indexOf(name) + 1] ?? "";
  for (const parameter of uriParameters) {
    if (!argv.includes(parameter)) continue;
    const addresses = addressesOf(after(parameter)).slice(0, mostAddresses);
    if (addresses.length > 0) return { to: "connect", addresses };
  }
  if (argv.includes(controlPort)) return look(after(controlPort).split(":").at(-1));
  if (argv.includes(upstreamPort)) return look(after(upstreamPort));
  return undefined;
}

/** `492109824.0;tcp://10.0.2.15,192.168.56.10:58649`, with masks behind the port in PRRTE's. */
function addressesOf(uri: string): { readonly address: string; readonly port: number }[] {
  return [...uri.matchAll(/tcp:\/\/([\d.,]+):(\d{1,5})/g)].flatMap(([, hosts = "", digits = ""]) => {
    const port = portOf(digits);
    return port === undefined ? [] : hosts.split(",").flatMap((address) => (address === "" ? [] : [{ address, port }]));
  });
}

function look(text: string | undefined): LauncherPlace | undefined {
  const port = portOf(text ?? "");
  return port === undefined ? undefined : { to: "look", port };
}

function portOf(digits: string): number | undefined {
  const port = Number(digits);
  return /^\d+$/.test(digits) && port >= 1 && port <= 65_535 ? port : undefined;
}
