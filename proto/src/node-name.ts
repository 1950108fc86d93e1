/**
 * The words of Open MPI's hostfile grammar that are also well-formed host names: a node
 * so named is a parse error, or another node.
 *
 * From the lexers of Open MPI 4.1 (orte/util/hostfile/hostfile_lex.l) and PRRTE 3, which
 * Open MPI 5 uses (src/util/hostfile/hostfile_lex.l). Their further words hold "_".
 */
const hostfileWords: ReadonlySet<string> = new Set([
  "boards",
  "cores",
  "cores-per-socket",
  "count",
  "count-max",
  "cpu",
  "cpu-max",
  "cpu-set",
  "max-count",
  "max-cpu",
  "max-slots",
  "port",
  "rank",
  "slot",
  "slots",
  "slots-max",
  "sockets",
  "sockets-per-board",
  "user-name",
  "username",
]);

/** Tells whether Open MPI reads a name, in this very spelling or with "_" for "-", as a word of its hostfile's grammar. */
export function isHostfileWord(name: string): boolean {
  return hostfileWords.has(name.replaceAll("_", "-"));
}

/** Names that Debian's own /etc/hosts gives to loopback and multicast addresses. */
const loopbackNames: ReadonlySet<string> = new Set([
  "ip6-allnodes",
  "ip6-allrouters",
  "ip6-localhost",
  "ip6-loopback",
  "localhost",
]);

const longest = 63;

/**
 * Says why a name cannot be a node's; undefined for one that can.
 *
 * A node's name is its host name (a label of RFC 1123), its key in /etc/hosts and its line
 * in the hostfile, so it must mean one thing to all three.
 */
export function nodeNameProblem(name: string): string | undefined {
  if (name === "") return "a node needs a name";
  if (name.length > longest) return `the name has ${name.length} characters: a host name has at most ${longest}`;
  if (name.includes("."))
    return `the name is qualified: use the short name ${JSON.stringify(name.split(".", 1).join(""))}`;
  if (/[A-Z]/.test(name))
    return `the name has upper case, which names another host to MPI: use ${JSON.stringify(name.toLowerCase())}`;
  if (name.includes("_")) return `"_" is not for host names: use ${JSON.stringify(name.replaceAll("_", "-"))}`;
  if (!/^[a-z0-9-]+$/.test(name)) return `${printable(name)} is no host name: use letters a to z, digits and "-"`;
  if (name.startsWith("-") || name.endsWith("-")) return 'a host name neither starts nor ends with "-"';
  if (/^[0-9-]+$/.test(name))
    return `a hostfile would read ${JSON.stringify(name)} as a number: use a letter in the name`;
  if (/^0x[0-9a-f]*$/.test(name)) return `the system reads ${JSON.stringify(name)} as an address: use another name`;
  if (hostfileWords.has(name))
    return `${JSON.stringify(name)} is a word of the hostfile's own grammar: use another name`;
  if (loopbackNames.has(name)) return `${JSON.stringify(name)} names every machine itself: use another name`;
  return undefined;
}

/** Quotes a name that may hold anything; what could steer a terminal or pass for a letter becomes "?". */
function printable(name: string): string {
  return JSON.stringify(name).replace(/[^ -~]/g, "?");
}
