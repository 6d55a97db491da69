import { downSince, state, table, trouble } from "../feed.ts";
import * as clock from "../clock.ts";
import { duration } from "../format.ts";
import { say } from "../words.ts";

// Connection says whether what is shown is of now, and since when it isn't. Only the state is announced, not each second.
export function Connection() {
  const is = state.value;
  return (
    <span class={"connection " + is} data-state={is} data-position={table.value.position} title={trouble.value}>
      <span class="dot" aria-hidden="true">{is === "live" ? "●" : is === "down" ? "✕" : "◌"}</span>
      <span role="status" data-connection={is}>
        {is === "live" ? say("live") : is === "connecting" ? say("connecting") : <><span class="hidden">{say("lost")}</span><span aria-hidden="true">{say("noNews", duration(clock.now.value - downSince.value))}</span></>}
      </span>
    </span>
  );
}
