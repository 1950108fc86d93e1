/**
 * Says why a name cannot be that of a package to install, in words that follow the name;
 * undefined for one that can.
 *
 * The characters are those of Debian policy 5.6.1. apt-get and dpkg-query take more than
 * names in the same place: versions, architectures, patterns, and a "-" or "+" at the end
 * that removes or installs.
 */
export function packageNameProblem(name: string): string | undefined {
  if (!/^[a-z0-9][a-z0-9+.-]{1,127}$/.test(name)) {
    return "is no Debian package's name: use a to z, digits and + . -, without version or architecture";
  }
  return /[a-z0-9]$|^[a-z0-9]+\+\+$/.test(name)
    ? undefined
    : 'is more than a name to apt: end with a letter or a digit, or be like "g++"';
}
