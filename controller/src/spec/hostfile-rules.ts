import { defaultFormPath, defaultHostfile, takenBy } from "./home-layout.ts";
import type { WellFormedHostfile } from "./hostfile-schema.ts";
import { quote } from "./printable.ts";
import type { RuleBreach } from "./rule-breach.ts";
import type { Path } from "./yaml-document.ts";

/** Where one of the hostfiles is to be, and the place in the document that says so. */
export type HostfilePlace = { readonly path: string; readonly key: Path };

/** Lists where the hostfiles are to be, Open MPI's first; none whose place nobody can tell. */
export function hostfilePlaces(
  { path, key, mpich, intel }: WellFormedHostfile,
  home: string | undefined,
): readonly HostfilePlace[] {
  const first = path === undefined ? home && defaultHostfile(home) : (path ?? undefined);
  const beside = (
    [
      ["mpich", mpich],
      ["intel", intel],
    ] as const
  ).flatMap(([form, written]): HostfilePlace[] => {
    if (written === undefined || written === false) return [];
    const place = written === true ? first && defaultFormPath(first, form) : written;
    return place === undefined ? [] : [{ path: place, key: ["hostfile", form] }];
  });
  return first === undefined ? beside : [{ path: first, key }, ...beside];
}

/** Root writes the hostfiles, over whatever is there: only where the user may write too, and not over what the user needs. */
export function hostfileBreaches(
  places: readonly HostfilePlace[],
  home: string | undefined,
  sharedPath: string | undefined,
): readonly RuleBreach[] {
  if (home === undefined) return [];
  const hint = `choose another path, such as ${quote(defaultHostfile(home))}`;
  return places.flatMap(({ path, key }, index): readonly RuleBreach[] => {
    const breach = (message: string) => [{ path: key, place: "value" as const, message }];
    if (!path.startsWith(`${home}/`))
      return breach(`${quote(path)} is not in the user's home: choose a path below ${quote(home)}`);
    const taken = takenBy(home, path);
    if (taken !== undefined) return breach(`${quote(path)} is in the way of ${taken}: ${hint}`);
    if (path === sharedPath) return breach(`${quote(path)} is the shared folder: ${hint}`);
    const other = places.slice(0, index).find((earlier) => earlier.path === path);
    return other === undefined
      ? []
      : breach(`${quote(path)} is also the place of ${other.key.join(".")}: each form needs its own`);
  });
}
