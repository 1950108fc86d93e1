import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import { join, normalize } from "node:path";
import { pipeline } from "node:stream/promises";

// The program that serves a lab's files to its hosts: file-server.ts FOLDER ADDRESS PORT.
// It says "listening" once it does, and runs until it is killed.

const [folder, address, port] = process.argv.slice(2);
if (folder === undefined || address === undefined || port === undefined) {
  console.error("usage: file-server.ts FOLDER ADDRESS PORT");
  process.exit(2);
}

const server = createServer((request, response) => {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { allow: "GET, HEAD" }).end();
    return;
  }
  answer(folder, request.url ?? "/", request.method, response).catch((error: unknown) => {
    if (response.headersSent) response.destroy();
    else response.writeHead(isNotFound(error) ? 404 : 500).end();
  });
});
server.listen(Number(port), address, () => console.log("listening"));

async function answer(root: string, url: string, method: string, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(url, "http://lab");
  const path = join(root, normalize(decodeURIComponent(pathname))); // an absolute path cannot climb above the root
  const found = await stat(path);
  if (found.isDirectory() && !pathname.endsWith("/")) {
    response.writeHead(301, { location: `${pathname}/` }).end();
    return;
  }
  if (found.isDirectory()) {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(await listing(path));
    return;
  }
  response.writeHead(200, {
    "content-type": "application/octet-stream",
    "content-length": found.size,
    "last-modified": found.mtime.toUTCString(),
  });
  if (method === "HEAD") response.end();
  else await pipeline(createReadStream(path), response);
}

/** The links that pip's --find-links and --index-url read. */
async function listing(path: string): Promise<string> {
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).toSorted();
  const links = names.map((name) => `<a href="${encodeURI(name)}">${name.replaceAll("<", "&lt;")}</a><br>`);
  return `<!doctype html>\n${links.join("\n")}\n`;
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
