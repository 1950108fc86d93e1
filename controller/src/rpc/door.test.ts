import { once } from "node:events";
import { connect } from "node:net";
import { connect as connectSecurely } from "node:tls";
import { Server } from "@grpc/grpc-js";
import { expect, it } from "vitest";
import { createAuthority, openAuthority } from "../identity/certificate-authority.ts";
import { openDoor } from "./door.ts";
import { ControllerCredentials } from "./server-credentials.ts";

const limits = { maxConnections: 8, idleMs: 0 };

it("closes on those who never finish their handshake too", async () => {
  const authority = await openAuthority(await createAuthority("lab", new Date()));
  const credentials = new ControllerCredentials(await authority.issueServer(new Date()), undefined);
  const door = await openDoor(new Server(), credentials, { host: "127.0.0.1", port: 0 }, limits);

  const silent = connect(door.port, "127.0.0.1");
  const cutOff = once(silent, "close");
  await once(silent, "connect");
  const speaking = connectSecurely({ port: door.port, rejectUnauthorized: false, ALPNProtocols: ["h2"] });
  await once(speaking, "secureConnect"); // so the one before it was let in
  speaking.destroy();

  await door.close(0);
  await expect(cutOff).resolves.toBeDefined();
});
