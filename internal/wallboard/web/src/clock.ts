// The server's clock drives all times of the page: the browser's own may be wrong, or be set.
import { signal } from "@preact/signals";

let serverAt = Date.now(), measuredAt = performance.now();

// set takes the server's time as it was told just now.
export function set(time: string): void {
  serverAt = Date.parse(time);
  measuredAt = performance.now();
  tick();
}

// read gives the server's time in milliseconds since 1970.
export const read = (): number => serverAt + performance.now() - measuredAt;

// now is the server's time, to the second in which it is looked at.
export const now = signal(read());

export function tick(): void { now.value = read(); }
