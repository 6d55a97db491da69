const paths = {
  tv: "M2 4h20v13H2zM8 21h8M12 17v4",
  sound: "M4 9v6h4l5 4V5L8 9zM16 9a4 4 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11",
  mute: "M4 9v6h4l5 4V5L8 9zM16 9l5 6M21 9l-5 6",
  theme: "M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18",
  leave: "M10 4H4v16h6M14 8l4 4-4 4M18 12H9",
  pause: "M8 5v14M16 5v14",
  play: "M7 4l13 8-13 8z",
};

// Icon is a sign beside, or instead of, a word that is said elsewhere.
export function Icon({ name }: { name: keyof typeof paths }) {
  return <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d={paths[name]} /></svg>;
}
