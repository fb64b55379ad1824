import type { Preset } from '../presets/preset.js';

const PRESETS: readonly Preset[] = [];

const BY_NAME = new Map(PRESETS.map((preset) => [preset.name, preset]));

export function presetNamed(name: string): Preset | null {
  return BY_NAME.get(name) ?? null;
}
