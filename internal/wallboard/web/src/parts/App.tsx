import { useSignalEffect } from "@preact/signals";
import { signedIn } from "../session.ts";
import { beeps } from "../state.ts";
import { beep } from "../sound.ts";
import { language } from "../words.ts";
import { view } from "../view.ts";
import { Floor } from "./Floor.tsx";
import { SignIn } from "./SignIn.tsx";
import { Tv } from "./Tv.tsx";

// App is the page: whoever is not signed in is asked to, the rest see the floor, in one of two modes.
export function App() {
  useSignalEffect(() => {
    const root = document.documentElement;
    root.lang = language.value;
    root.dataset.theme = view.value.theme || (view.value.mode === "tv" ? "dark" : "");
    root.dataset.mode = view.value.mode;
  });
  useSignalEffect(() => { if (beeps.value > 0 && view.peek().sound) beep(); });
  switch (signedIn.value) {
    case "asking": return null;
    case "no": return <SignIn />;
  }
  return view.value.mode === "tv" ? <Tv /> : <Floor />;
}
