import {
  DiscardPolicy,
  type JetStreamManager,
  type NatsConnection,
  NatsError,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "nats";
import type { StreamPlan } from "./event-bus.ts";
import { isAsPlanned, streamFields } from "./stream-config.ts";

const requestMs = 5_000;
const streamNotFound = 10_059;

/** Makes the stream, or makes one that stands be as planned. What is in it stays. Rejects with the client's error. */
export async function keepStream(connection: NatsConnection, plan: StreamPlan): Promise<void> {
  const manager = await connection.jetstreamManager({ timeout: requestMs, checkAPI: false });
  const wanted = streamFields(plan);
  const standing = await configOf(manager, plan.name);
  if (standing === undefined) {
    await manager.streams.add({
      name: plan.name,
      description: "What became different in the cluster. Kept by its controller.",
      ...wanted,
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
    });
  } else if (!isAsPlanned(standing, wanted)) {
    await manager.streams.update(plan.name, { ...standing, ...wanted });
  }
}

async function configOf(manager: JetStreamManager, name: string): Promise<StreamConfig | undefined> {
  try {
    return (await manager.streams.info(name)).config;
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.err_code === streamNotFound) return undefined;
    throw error;
  }
}
