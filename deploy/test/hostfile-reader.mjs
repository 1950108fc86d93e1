// Reads a hostfile every 10 ms until it is ended. Prints "reading" once it has read, and at the
// end, as one line of JSON, how often it read and every state that it should never have seen.
// Runs on the primary, on its own. Given the file, the nodes that were ever ready ("a,b"; ""
// where that is not looked at), and those that are to be in it always.
import { readFileSync } from "node:fs";

const [path, ready, ...always] = process.argv.slice(2);
const wrong = new Set();
let reads = 0;

function judge(text) {
  if (!text.endsWith("\n")) return "a torn last line";
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  if (lines.length === 0) return "no nodes";
  const strange = lines.find((line) => !/^[a-z][a-z0-9-]* slots=[1-9][0-9]*$/.test(line));
  if (strange !== undefined) return `a line ${JSON.stringify(strange)}`;
  const stranger = lines.find((line) => ready !== "" && !ready.split(",").includes(line.split(" ")[0]));
  if (stranger !== undefined) return `a node that was never ready: ${JSON.stringify(stranger)}`;
  const lost = always.find((node) => !lines.some((line) => line.startsWith(`${node} `)));
  return lost === undefined ? undefined : `no ${lost}`;
}

function read() {
  reads += 1;
  try {
    const problem = judge(readFileSync(path, "utf8"));
    if (problem !== undefined) wrong.add(problem);
  } catch (error) {
    wrong.add(String(error));
  }
}

const timer = setInterval(read, 10);
process.on("SIGTERM", () => {
  clearInterval(timer);
  console.log(JSON.stringify({ reads, wrong: [...wrong] }));
});
read();
console.log("reading"); // from here on it can be ended
