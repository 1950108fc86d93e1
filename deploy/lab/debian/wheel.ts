import { createHash } from "node:crypto";
import { type ZipEntry, zipOf } from "./zip.ts";

/** What makes a wheel of files: name, version and tag as they stand in its own name, and its METADATA. */
export type WheelDescription = {
  readonly name: string;
  readonly version: string;
  /** Such as "py3-none-any". */
  readonly tag: string;
  readonly metadata: Buffer;
};

/** Names the file of a wheel, by which pip knows what is in it. */
export function wheelName({ name, version, tag }: Omit<WheelDescription, "metadata">): string {
  return `${name}-${version}-${tag}.whl`;
}

/** Makes a wheel of the files of a package. Pure. The format is the Python Packaging Authority's binary distribution format. */
export function wheelOf({ name, version, tag, metadata }: WheelDescription, files: readonly ZipEntry[]): Buffer {
  const info = `${name}-${version}.dist-info`;
  const isPure = tag.endsWith("-none-any");
  const wheel = `Wheel-Version: 1.0\nGenerator: cowherd-lab\nRoot-Is-Purelib: ${isPure}\nTag: ${tag}\n`;
  const entries = [
    ...files,
    { name: `${info}/METADATA`, content: metadata },
    { name: `${info}/WHEEL`, content: Buffer.from(wheel) },
  ];
  const lines = entries.map(({ name: path, content }) => {
    const hash = createHash("sha256").update(content).digest("base64url");
    return `${path},sha256=${hash},${content.length}\n`;
  });
  const record = { name: `${info}/RECORD`, content: Buffer.from(`${lines.join("")}${info}/RECORD,,\n`) };
  return zipOf([...entries, record]);
}
