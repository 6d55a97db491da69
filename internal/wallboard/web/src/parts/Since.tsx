import { duration } from "../format.ts";
import { now } from "../state.ts";

// Since is how long ago an instant is, by the server's clock; it ticks.
export function Since({ at }: { at: string | undefined }) {
  return <time class="since" dateTime={at}>{at ? duration(now.value - Date.parse(at)) : ""}</time>;
}
