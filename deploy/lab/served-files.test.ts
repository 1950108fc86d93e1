import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { request, type Server } from "node:http";
import { tmpdir } from "node:os";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createFileServer } from "./served-files.ts";

let folder: string;
let server: Server;

beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/served-`);
  await writeFile(`${folder}/secret`, "outside\n");
  await mkdir(`${folder}/elsewhere`);
  await writeFile(`${folder}/elsewhere/mpi_1%3a4.1.deb`, "package\n");
  await mkdir(`${folder}/root`);
  await symlink(`${folder}/elsewhere`, `${folder}/root/debian`);
  server = createFileServer(`${folder}/root`).listen(`${folder}/socket`);
  await once(server, "listening");
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

/** Sends the path as it is: a URL would be tidied on the way. */
async function ask(path: string, method = "GET") {
  const asked = request({ socketPath: `${folder}/socket`, path, method }).end();
  return new Promise<{ status: number | undefined; location: string | undefined; body: string }>((resolve, reject) => {
    asked.once("error", reject);
    asked.once("response", (response) => {
      const { statusCode: status, headers } = response;
      text(response).then((body) => resolve({ status, location: headers.location, body }), reject);
    });
  });
}

it("serves a file through a link, under the name that apt gives it", async () => {
  expect(await ask("/debian/mpi_1%253a4.1.deb")).toMatchObject({ status: 200, body: "package\n" });
  expect(await ask("/debian/mpi_1%253a4.1.deb", "HEAD")).toMatchObject({ status: 200, body: "" });
});

it("lists a folder as links, at an address that ends in a slash", async () => {
  expect(await ask("/debian")).toMatchObject({ status: 301, location: "/debian/" });
  expect((await ask("/")).body).toContain('<a href="./debian/">');
  expect((await ask("/debian/")).body).toContain('<a href="./mpi_1%253a4.1.deb">');
});

it.each(["/../secret", "/%2e%2e/secret", "/debian/../../secret", "/..%2fsecret", "/absent", "/debian/mpi/x"])(
  "finds nothing at %s",
  async (path) => expect((await ask(path)).status).toBe(404),
);

it("refuses what is no path, and what would change something", async () => {
  expect((await ask("/%zz")).status).toBe(400);
  expect((await ask("/debian/", "DELETE")).status).toBe(405);
});
