/**
 * Says why a text cannot be the version of a Python to build, in words that follow it;
 * undefined for one that can.
 *
 * A whole release and nothing else: pyenv takes "3.11" for the newest of its kind, which is
 * another one next month, and "pypy" and paths of definitions in the same place.
 */
export function pythonVersionProblem(version: string): string | undefined {
  return /^3\.\d{1,2}\.\d{1,2}$/.test(version) ? undefined : 'is no release of Python 3 in full, such as "3.11.8"';
}

/** What is to be installed into a Python: a distribution in any version, or in one. */
export type PythonRequirement = { readonly name: string; readonly version?: string };

/**
 * Reads "mpi4py" or "click==8.1.7": a name as PEP 508 has it, in its normalised form
 * (PEP 503), and a version as PEP 440 has it. Undefined for whatever else pip would take,
 * such as options, addresses, paths and ranges.
 */
export function parsePythonRequirement(text: string): PythonRequirement | undefined {
  const [name = "", version, ...rest] = text.split("==");
  if (name.length > 128 || !/^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(name) || rest.length > 0)
    return undefined;
  const normalised = normalPythonName(name);
  if (version === undefined) return { name: normalised };
  return /^[0-9][A-Za-z0-9.!+_-]{0,63}$/.test(version) ? { name: normalised, version } : undefined;
}

/** Brings a distribution's name into the one form in which all of its spellings are equal: PEP 503. */
export function normalPythonName(name: string): string {
  return name.replaceAll(/[-_.]+/g, "-").toLowerCase();
}

/** Says why a text is no requirement, in words that follow it; undefined for one. */
export function pythonRequirementProblem(text: string): string | undefined {
  return parsePythonRequirement(text) === undefined
    ? 'is no Python package with or without a version, such as "click" or "click==8.1.7"'
    : undefined;
}

/**
 * Says why a text cannot be the address of a file or a folder to download from, in words
 * that follow it; undefined for one that can.
 *
 * HTTP alone, and no user or password in it: an address shows up in logs and process lists.
 */
export function downloadUrlProblem(text: string): string | undefined {
  // Nothing that a shell, pip's lists (white space) or a template could read as more than an address.
  if (text.length > 2_000 || !/^https?:\/\/[A-Za-z0-9._~:/?#@!&+,;=%[\]-]+$/.test(text))
    return 'is no address that begins with "https://" or "http://"';
  const url = URL.parse(text);
  if (url === null || url.hostname === "") return "is no address";
  return url.username === "" && url.password === "" ? undefined : "has a user or a password in it";
}
