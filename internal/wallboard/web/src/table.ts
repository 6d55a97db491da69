// The store: what the page knows of the floor is a pure function of the frames that it was sent.
import type { Agent, Frame } from "./api.ts";

export interface Table {
  readonly agents: ReadonlyMap<string, Agent>; // :: id -> row, of the version at position
  readonly position: string; // "" until the first is whole
  readonly total: number; // as the server counts
  readonly staleAfter: number; // seconds without news after which an agent who is online is stale; 0 for never
  readonly coming: ReadonlyMap<string, Agent> | null; // a state that is not whole yet
}

export const empty: Table = { agents: new Map(), position: "", total: 0, staleAfter: 0, coming: null };

export function apply(table: Table, frame: Frame): Table {
  switch (frame.event) {
    case "reset": // what is there is void, but shown until the new state is whole
      return { ...table, coming: new Map() };
    case "state": {
      const coming = new Map(table.coming);
      for (const a of frame.data.agents) coming.set(a.id, a);
      return { ...table, coming };
    }
    case "synced": {
      const { position, total, staleAfterSeconds } = frame.data;
      return { agents: table.coming ?? table.agents, position, total, staleAfter: staleAfterSeconds, coming: null };
    }
    case "change": {
      const { position, total, left } = frame.data;
      const agents = new Map(table.agents);
      for (const id of left) agents.delete(id);
      for (const a of frame.data.agents) agents.set(a.id, a);
      return { ...table, agents, position, total };
    }
  }
}

// afresh drops a state that was broken off: the next connection begins it again.
export const afresh = (table: Table): Table => ({ ...table, coming: null });
