/** A user of the local LINE stand-in: an ID token for the asking, so that the road can be tried. */
import { OrderError } from "./order-client.js";
import { forget, recall, remember } from "./storage.js";

export function standinIdentity(standinUrl, guest) {
  arriveFromChat();
  const user = recall("standin-user");
  let token = null;

  async function idToken({ renew = false } = {}) {
    if (!user) return null;
    if (!token || renew) token = await newToken(standinUrl, user);
    return token;
  }

  return {
    ...guest,
    kind: user ? "user" : "guest",
    idToken,
    signIn() {
      remember("standin-user", user ?? { user_id: newUserId(), name: "Traveller" });
      location.reload();
    },
    signOut() {
      forget("standin-user");
      location.reload();
    },
    chatUrl: user && `${standinUrl}/#${user.user_id}`,
  };
}

/** In LINE a chat's link opens as whoever has the chat; the stand-in's chat view says who. */
function arriveFromChat() {
  const [, userId] = /^#standin-user=(U[0-9a-f]{32})$/.exec(location.hash) ?? [];
  if (!userId) return;
  if (recall("standin-user")?.user_id !== userId) {
    remember("standin-user", { user_id: userId, name: "Traveller" });
  }
  history.replaceState(history.state, "", location.pathname + location.search);
}

async function newToken(standinUrl, { user_id, name }) {
  try {
    const response = await fetch(`${standinUrl}/standin/id-token`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user_id, name }),
    });
    return (await response.json()).id_token;
  } catch (error) {
    throw new OrderError("network", `the LINE stand-in does not answer: ${error.message}`);
  }
}

/** In LINE's form: U and 32 hexadecimal digits. */
function newUserId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `U${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
