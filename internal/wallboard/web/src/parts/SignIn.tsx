import { useState } from "preact/hooks";
import { ask, Refused } from "../api.ts";
import { signIn, why } from "../session.ts";
import { say, type Word } from "../words.ts";

const reasons: Record<string, Word> = { wrong: "wrongToken", over: "sessionOver", ticket: "ticketUsed" };

// SignIn asks for a bearer token, and tells why if somebody was signed in before.
export function SignIn() {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState("");
  const submit = async (e: SubmitEvent): Promise<void> => {
    e.preventDefault();
    const form = new FormData(e.currentTarget as HTMLFormElement);
    const token = String(form.get("token")).trim();
    setBusy(true);
    setTrouble("");
    try {
      await ask("/v1/instances", token);
      signIn(token, form.has("keep"));
    } catch (x) {
      why.value = "";
      setTrouble(x instanceof Refused && x.status !== 401 ? x.message : say("wrongToken"));
      setBusy(false);
    }
  };
  const told = trouble || (why.value && say(reasons[why.value]!));
  return (
    <main class="signin">
      <form onSubmit={(e) => void submit(e as unknown as SubmitEvent)}>
        <h1><span class="mark" aria-hidden="true" />rollcall</h1>
        <p>{say("intro")}</p>
        <label for="token">{say("token")}</label>
        <input id="token" name="token" type="password" required autocomplete="off" spellcheck={false} autofocus aria-describedby="help" />
        <p id="help" class="quiet">{say("tokenHelp")} <code>rollcall token create --wallboard</code></p>
        <label class="check"><input type="checkbox" name="keep" /> {say("keep")}</label>
        <p role="alert" class="wrong">{told}</p>
        <button class="main" disabled={busy}>{say("signIn")}</button>
      </form>
    </main>
  );
}
