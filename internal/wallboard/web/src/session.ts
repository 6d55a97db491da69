// Who is signed in: a token that the tab keeps, or the browser if it was asked to.
import { signal } from "@preact/signals";
import { ask } from "./api.ts";

const key = "rollcall.token";
const kept = (): string | null => sessionStorage.getItem(key) ?? localStorage.getItem(key);

export const token = signal<string | null>(kept());
export const signedIn = signal<"asking" | "yes" | "no">("asking");
export const why = signal<"" | "wrong" | "over" | "ticket">(""); // why there is nobody

export function signIn(given: string, browser: boolean): void {
  forget();
  (browser ? localStorage : sessionStorage).setItem(key, given);
  token.value = given;
  why.value = "";
  signedIn.value = "yes";
}

function forget(): void {
  sessionStorage.removeItem(key);
  localStorage.removeItem(key);
  token.value = null;
}

export function signOut(reason: typeof why.value = ""): void {
  forget();
  why.value = reason;
  signedIn.value = "no";
}

// begin takes a ticket out of the URL, or what is kept. Without either a server that believes everybody needs none.
export async function begin(): Promise<void> {
  const ticket = new URLSearchParams(location.hash.slice(1)).get("ticket");
  if (ticket) {
    history.replaceState(null, "", location.pathname + location.search);
    try {
      const answer = await ask("/v1/wallboard-sessions", null, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ ticket }) });
      signIn((await answer.json()).token, false);
      return;
    } catch {
      if (!kept()) { signOut("ticket"); return; }
    }
  }
  if (kept()) { signedIn.value = "yes"; return; }
  try {
    await ask("/v1/instances", null);
    signedIn.value = "yes";
  } catch {
    signedIn.value = "no";
  }
}
