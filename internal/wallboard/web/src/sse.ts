// Server-sent events, as the HTML Living Standard has them.

export interface Message { event: string; data: string; id: string | null }

// reader gives a function that takes text as it comes and gives the events that it completes.
export function reader(): (text: string) => Message[] {
  let rest = "";
  let event = "", id: string | null = null;
  let data: string[] = [];
  return (text) => {
    const messages: Message[] = [];
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const raw of lines) {
      const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
      if (line === "") {
        if (data.length) messages.push({ event: event || "message", data: data.join("\n"), id });
        event = ""; data = []; id = null;
        continue;
      }
      const colon = line.indexOf(":");
      const name = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? "" : line.slice(colon + (line[colon + 1] === " " ? 2 : 1));
      if (name === "event") event = value;
      else if (name === "data") data.push(value);
      else if (name === "id") id = value;
    }
    return messages;
  };
}
