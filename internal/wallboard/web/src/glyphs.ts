// A sign and a hue for each activity: never colour alone.
export interface Look { glyph: string; hue: string }
const looks: Record<string, Look> = {
  Error: { glyph: "✕", hue: "bad" }, Missed: { glyph: "↯", hue: "bad" }, Rejected: { glyph: "⊘", hue: "bad" },
  Monitoring: { glyph: "◎", hue: "busy" }, "On contact": { glyph: "●", hue: "busy" }, "After contact work": { glyph: "✎", hue: "work" },
  Incoming: { glyph: "◔", hue: "ring" }, Available: { glyph: "✓", hue: "good" }, Offline: { glyph: "○", hue: "off" },
};
export const look = (activity: string): Look => looks[activity] ?? { glyph: "‖", hue: "custom" };
