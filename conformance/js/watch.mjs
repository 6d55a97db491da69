// Watches as a browser's EventSource does: prints the name of each event.
import { EventSource } from "eventsource";

const source = new EventSource(process.argv[2]);
for (const name of ["state", "synced", "change", "reset"]) {
  source.addEventListener(name, () => console.log("event: " + name));
}
source.onerror = (e) => console.log("error: " + (e.code ?? "cut off"));
