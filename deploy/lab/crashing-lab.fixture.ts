import { createNspawnLab } from "./nspawn-lab.ts";

// A program that boots a host of the lab it is told, says so, and waits to be killed: crashing-lab.fixture.ts NAME.

const [name = ""] = process.argv.slice(2);
const lab = await createNspawnLab(name);
await lab.boot("victim", { address: "192.168.56.11" });
console.log("booted");
setInterval(() => {}, 60_000);
