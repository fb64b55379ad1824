import template from './manifest.json' with { type: 'json' };

export type SampleManifest = typeof template;

/** manifest.json with the URL at which this sample app listens. */
export function sampleManifest(baseUrl: string): SampleManifest {
  return { ...template, baseUrl };
}
