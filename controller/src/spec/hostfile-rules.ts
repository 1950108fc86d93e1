import { defaultHostfile, takenBy } from "./home-layout.ts";
import { quote } from "./printable.ts";
import type { RuleBreach } from "./rule-breach.ts";

/** Root writes the hostfile, over whatever is there: only where the user may write too, and not over what the user needs. */
export function hostfileBreaches(
  hostfile: string | undefined,
  home: string | undefined,
  sharedPath: string | undefined,
): readonly RuleBreach[] {
  if (hostfile === undefined || home === undefined) return [];
  const breach = (message: string) => [{ path: ["hostfile"], place: "value" as const, message }];
  if (!hostfile.startsWith(`${home}/`)) {
    return breach(`${quote(hostfile)} is not in the user's home: choose a path below ${quote(home)}`);
  }
  const hint = `choose another path, such as ${quote(defaultHostfile(home))}`;
  const taken = takenBy(home, hostfile);
  if (taken !== undefined) return breach(`${quote(hostfile)} is in the way of ${taken}: ${hint}`);
  return hostfile === sharedPath ? breach(`${quote(hostfile)} is the shared folder: ${hint}`) : [];
}
