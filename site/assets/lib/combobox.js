// A field that offers what fits while one types: a combobox with a list (WAI-ARIA, list autocomplete).

const PAUSE = 120; // ms of no typing before asking

/**
 * Wires an input and the list that stands right after it. `find(text, signal)` answers {items, note} or throws;
 * `option(item)` makes the element of one, `keyOf(item)` tells it from others; `onPick` gets the one that was chosen
 * and the input. A field that is `free` takes any text: nothing is chosen unless someone points at it. `narrow(text)`
 * answers what is known without asking, as find does, or null. Enter may come before the answer, and so may what is
 * then typed into the field that onPick leads to; `exact(text, signal)` may then answer at once with the one item
 * of that very name, or null.
 */
export function combobox({ input, find, option, keyOf, onPick, free = false, shortest = 1, narrow, exact }) {
  const list = input.nextElementSibling;
  const [options, note] = list.children;
  let items = [];
  let active = -1;
  let moved = false; // someone pointed with the arrow keys since the last letter
  let waiting = false; // for the answer to what stands in the field
  let pickFirst = false; // Enter came before the answer
  let ahead = ""; // and this after it
  let asking = new AbortController();
  let timer;

  function search() {
    stop();
    const text = input.value.trim();
    if (text.length < shortest) return close();
    const known = narrow?.(text);
    if (known) return show(known);
    waiting = true;
    list.dataset.stale = "";
    point(-1); // what is offered still fits what was typed before
    asking = new AbortController();
    timer = setTimeout(ask, PAUSE, text, asking.signal);
    return undefined;
  }

  /** Forgets the question that is under way. */
  function stop() {
    clearTimeout(timer);
    asking.abort();
    delete list.dataset.stale;
    waiting = moved = pickFirst = false;
    ahead = "";
  }

  async function ask(text, signal) {
    if (!free && list.hidden) show({ items: [], note: "Searching …" });
    const found = await find(text, signal).catch((error) => ({ items: [], note: free ? "" : error.message }));
    if (signal.aborted || !input.matches(":focus:enabled")) return;
    waiting = false;
    delete list.dataset.stale;
    show(found);
    if (pickFirst && items.length) pick(items[0]);
    else if (ahead) type(input, ahead);
    pickFirst = false;
  }

  function show(found) {
    const pointed = moved ? items[active] : undefined;
    ({ items } = found);
    options.replaceChildren(...items.map(element));
    note.textContent = found.note ?? "";
    if (!items.length && !found.note) return close();
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    const same = pointed ? items.findIndex((item) => keyOf(item) === keyOf(pointed)) : -1;
    return point(same >= 0 ? same : free || !items.length ? -1 : 0);
  }

  function element(item, index) {
    const stamped = option(item);
    stamped.id = `${options.id}-${index}`;
    stamped.onpointerdown = (event) => event.preventDefault(); // the focus stays in the field
    stamped.onclick = () => pick(item);
    return stamped;
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    point(-1);
  }

  function point(index) {
    options.children[active]?.setAttribute("aria-selected", "false");
    active = index;
    const pointed = options.children[active];
    if (!pointed) return input.removeAttribute("aria-activedescendant");
    pointed.setAttribute("aria-selected", "true");
    pointed.scrollIntoView({ block: "nearest" });
    return input.setAttribute("aria-activedescendant", pointed.id);
  }

  function pick(item) {
    const typed = ahead;
    stop();
    close();
    items = [];
    onPick(item, input);
    if (typed) type(document.activeElement, typed);
  }

  function step(by) {
    if (list.hidden) return search();
    if (!items.length) return undefined;
    moved = true;
    const from = active < 0 && by < 0 ? 0 : active;
    return point((from + by + items.length) % items.length);
  }

  function enter() {
    if (active >= 0 && (moved || !waiting) && !list.hidden) return pick(items[active]);
    if (free || pickFirst || !input.value.trim()) return undefined;
    if (!waiting) search();
    pickFirst = waiting;
    return waiting && pickExact(asking.signal);
  }

  async function pickExact(signal) {
    const item = await exact?.(input.value.trim(), signal);
    if (item && !signal.aborted) pick(item);
  }

  const KEYS = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Enter: enter,
    Escape: () => stop() ?? close(),
  };
  // Not listeners: a form that is opened again is wired again, and must not search twice.
  input.oninput = search;
  input.onblur = () => stop() ?? close();
  input.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.isComposing) return;
    const isAhead = pickFirst && event.key.length === 1;
    if (!isAhead && !(event.key in KEYS)) return;
    event.preventDefault();
    if (isAhead) ahead += event.key;
    else KEYS[event.key]();
  };
}

/** Types a text into a field as its keys would. */
function type(field, text) {
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
