/**
 * Returns a network without the bits of any host: 192.168.56.10/24 is 192.168.56.0/24.
 *
 * Open MPI's manual asks for the precise network, and some of its releases ignore any other. Pure.
 */
export function exactNetwork(subnet: string): string {
  const [address = "", length = ""] = subnet.split("/");
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(length));
  const base = number - (number % size);
  const parts = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256);
  return `${parts.join(".")}/${length}`;
}
