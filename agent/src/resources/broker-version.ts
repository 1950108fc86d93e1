const [major, minor] = [2, 10]; // the first that can write each event to the disk before it says that it has it

/** Says why a version of the server is none that can be the broker; undefined for one that can. */
export function brokerVersionProblem(program: string, version: string | undefined): string | undefined {
  if (version === undefined) return `${program} does not tell that it is a nats-server`;
  const [first = 0, second = 0] = version.split(".").map(Number);
  if (first > major || (first === major && second >= minor)) return undefined;
  return `${program} is nats-server ${version}, and the event broker needs ${major}.${minor} or newer`;
}
