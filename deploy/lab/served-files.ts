import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import { join, normalize } from "node:path";
import { pipeline } from "node:stream/promises";

/**
 * An HTTP server of the files below a folder, which follows links and lists folders (pip
 * finds packages by such lists). Nothing outside is served unless a link leads there.
 */
export function createFileServer(folder: string): Server {
  return createServer((request, response) => {
    const { method = "", url = "/" } = request;
    answer(folder, method, url, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(statusOf(error)).end();
    });
  });
}

async function answer(root: string, method: string, url: string, response: ServerResponse): Promise<void> {
  if (method !== "GET" && method !== "HEAD") {
    response.writeHead(405, { allow: "GET, HEAD" }).end();
    return;
  }
  const [pathname = "/"] = url.split("?");
  const path = join(root, normalize(`/${decodeURIComponent(pathname)}`)); // an absolute path climbs no higher than /
  const found = await stat(path);
  if (!found.isDirectory()) {
    const headers = { "content-type": "application/octet-stream", "content-length": found.size };
    response.writeHead(200, headers);
    if (method === "HEAD") response.end();
    else await pipeline(createReadStream(path), response);
  } else if (pathname.endsWith("/")) {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(await list(path));
  } else {
    response.writeHead(301, { location: `${pathname}/` }).end();
  }
}

async function list(path: string): Promise<string> {
  const names: string[] = [];
  for (const name of await readdir(path)) {
    const found = await stat(join(path, name));
    names.push(found.isDirectory() ? `${name}/` : name);
  }
  const links = names
    .toSorted()
    .map((name) => `<a href="./${encodeURI(name)}">${name.replaceAll("<", "&lt;")}</a><br>`);
  return `<!doctype html>\n${links.join("\n")}\n`;
}

function statusOf(error: unknown): number {
  if (error instanceof URIError) return 400;
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR") ? 404 : 500;
}
