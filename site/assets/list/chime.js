// Two soft notes for a new order. Browsers allow a page sound only after a click or key in it.
import { byId } from "../lib/dom.js";
import { ringing } from "../lib/settings.js";

const NOTES = [
  { hertz: 660, after: 0 }, // `after` in seconds
  { hertz: 880, after: 0.14 },
];
const LENGTH = 0.5; // seconds
const LOUDNESS = 0.15;

let context;
const wake = () => ringing.isOn() && (context ??= new AudioContext()).resume();
for (const eventName of ["pointerdown", "keydown"]) addEventListener(eventName, wake);

/** Show on the button whether the sound is on. */
export const showSwitch = () => (byId("sound").ariaPressed = String(ringing.isOn()));

/** Switch the sound off, or switch it on and play it once. This browser remembers the setting. */
export async function toggle() {
  ringing.set(!ringing.isOn());
  showSwitch();
  await wake();
  ring();
}

/** Play the sound, if it is switched on. */
export function ring() {
  if (ringing.isOn() && context?.state === "running") NOTES.forEach(sound);
}

function sound({ hertz, after }) {
  const start = context.currentTime + after;
  const tone = new OscillatorNode(context, { frequency: hertz });
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.setValueAtTime(LOUDNESS, start);
  volume.gain.exponentialRampToValueAtTime(0.001, start + LENGTH);
  tone.connect(volume).connect(context.destination);
  tone.start(start);
  tone.stop(start + LENGTH);
}
