/** Names systemd's unit for a path, as `systemd-escape --path --suffix=…` does (systemd.unit(5)). */
export function unitOfPath(path: string, suffix: "mount" | "automount"): string {
  const inner = path.split("/").filter((part) => part !== "");
  const escaped = inner
    .join("/")
    .replaceAll(/^\.|[^A-Za-z0-9:_.]/g, (character) => (character === "/" ? "-" : hex(character)));
  return `${escaped === "" ? "-" : escaped}.${suffix}`;
}

function hex(character: string): string {
  return [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
}
