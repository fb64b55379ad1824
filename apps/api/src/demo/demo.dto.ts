export class DemoPresenceDto {
  /** Whether there is anything of the demo. */
  present: boolean;
  /** Apps with the mark. */
  apps: number;
  /** Deliveries of these apps, those that people made included. */
  deliveries: number;
  /** When the history begins; null without a demo. */
  since: Date | null;
}

export class RemovedDemoDto {
  /** Apps that were removed. */
  apps: number;
  /** Deliveries that were removed. */
  deliveries: number;
}
