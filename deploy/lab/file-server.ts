import { createFileServer } from "./served-files.ts";

// The program that serves a lab's files to its hosts: file-server.ts FOLDER ADDRESS PORT.
// It says "listening" once it does, and runs until it is killed.

const [folder, address, port] = process.argv.slice(2);
if (folder === undefined || address === undefined || port === undefined) {
  console.error("usage: file-server.ts FOLDER ADDRESS PORT");
  process.exit(2);
}
createFileServer(folder).listen(Number(port), address, () => console.log("listening"));
