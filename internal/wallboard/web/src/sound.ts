// beep is a short tone, made here: there is no file to fetch.
let context: AudioContext | null = null;

export function beep(): void {
  context ??= new AudioContext();
  const tone = context.createOscillator(), volume = context.createGain();
  const at = context.currentTime;
  tone.frequency.value = 660;
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.exponentialRampToValueAtTime(0.2, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.5);
  tone.connect(volume).connect(context.destination);
  tone.start(at);
  tone.stop(at + 0.5);
}
