import { eventBrokerContract } from "./event-broker.contract.ts";
import { createMemoryEventBroker } from "./memory-event-broker.ts";

eventBrokerContract("memory", async () => ({
  broker: createMemoryEventBroker(),
  at: { address: "192.168.56.10", port: 4222 },
  program: "/usr/sbin/nats-server",
  configuration: "/etc/cowherd/nats/nats-server.conf",
  as: { uid: 990, gid: 990 },
}));
