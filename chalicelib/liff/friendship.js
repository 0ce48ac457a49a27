/**
 * Whether the traveller is a friend of the official account, and how they become one: to others
 * LINE delivers nothing. Nothing waits for this, and where LINE does not say, nothing is told.
 */
import { chatWords, fetchChatWords } from "./chat-words.js";
import { addFriendUrl, linePush, standinUrl } from "./config.js";
import { h } from "./dom.js";
import { action } from "./layout.js";
import { recall } from "./storage.js";

/** An element that shows itself to a traveller who is no friend; `whenItMoves()`: it comes, or goes.
 * `update({ isDoubted })`: whether LINE has nobody to give this order's message to, by what the
 * server heard. */
export function friendPrompt({ kind }, whenItMoves = () => {}) {
  const element = h("div", { hidden: true });
  const account = kind === "user" && linePush !== "never" ? ofLiff() ?? ofStandin() : null;
  /** Null where LINE does not say. */
  let isFriend = null;
  let isDoubted = false;

  async function ask() {
    try {
      isFriend = await account.isFriend();
    } catch {
      isFriend = null; // No network, or no scope `profile`.
    }
    await draw();
  }

  async function draw() {
    await fetchChatWords();
    const isShown = Boolean(chatWords("befriend")) && (isFriend === false || (isDoubted && isFriend === null));
    if (element.hidden === !isShown) return;
    whenItMoves();
    element.hidden = !isShown;
    element.replaceChildren(...(isShown ? [h("p", {}, chatWords("befriend")), way()].filter(Boolean) : []));
  }

  /** LINE's own question, where its SDK has one; else the link. */
  const way = () => (account?.become ? button() : link());

  function button() {
    const tapped = async () => {
      try {
        await account.become();
      } catch {
        element.lastChild.replaceWith(link() ?? "");
      }
      await ask();
    };
    return action(chatWords("add_friend"), "secondary", tapped);
  }

  if (account) ask();
  return {
    element,
    update(news) {
      if (news.isDoubted === isDoubted) return;
      isDoubted = news.isDoubted;
      draw();
    },
  };
}

const link = () =>
  addFriendUrl &&
  h(
    "a",
    { class: "action secondary", href: addFriendUrl, target: "_blank", rel: "noopener" },
    chatWords("add_friend"),
  );

function ofLiff() {
  const { liff } = window;
  if (!liff?.getFriendship) return null;
  return {
    isFriend: async () => (await liff.getFriendship()).friendFlag,
    become: liff.requestFriendship && (() => liff.requestFriendship()),
  };
}

function ofStandin() {
  const user_id = recall("standin-user")?.user_id;
  if (!standinUrl || !user_id) return null;
  const friends = `${standinUrl}/standin/friends`;
  return {
    async isFriend() {
      const response = await fetch(`${friends}?user_id=${user_id}`);
      return (await response.json()).is === "friend";
    },
    become: () =>
      fetch(friends, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ user_id, is: "friend" }),
      }),
  };
}
