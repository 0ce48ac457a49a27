/** Whether an order is to be in the traveller's LINE chat, too: told, or asked, before Confirm. */
import { chatWords, fetchChatWords } from "./chat-words.js";
import { linePush } from "./config.js";
import { h } from "./dom.js";
import { recall, remember } from "./storage.js";

const isAsked = linePush === "asked";
const isWanted = () => recall("to-chat") === true;

/** What of it the order says: nothing, where nobody was asked. */
export const wantsChat = ({ kind }) => isAsked && kind === "user" && { notify: isWanted() };

/** Its words come later, and without them nothing is asked. The choice is remembered. */
export function chatChoice() {
  if (linePush === "never") return null;
  const element = h("p", {});
  fetchChatWords().then(() => element.append(isAsked ? checkbox() : (chatWords("promise") ?? "")));
  return element;
}

function checkbox() {
  const words = chatWords("ask");
  if (!words) return "";
  const box = h("input", {
    type: "checkbox",
    checked: isWanted(),
    onchange: () => remember("to-chat", box.checked),
  });
  return h("label", { class: "chip" }, box, words);
}
