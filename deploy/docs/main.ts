import { readFile, writeFile } from "node:fs/promises";
import { samples } from "../../proto/src/event.fixture.ts";
import { projectFolder } from "../packaging/programs.ts";
import { eventsIn } from "./event-schema.ts";
import { renderEventsPage } from "./events-page.ts";

/** Writes the pages that are generated, from the image of the schema. */
const image = await readFile(`${projectFolder}proto/schema/cowherd.binpb`);
await writeFile(`${projectFolder}docs/events.md`, renderEventsPage(eventsIn(image), samples));
