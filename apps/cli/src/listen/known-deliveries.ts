/** The deliveries whose requests came, so that none is handled twice. The oldest are forgotten. */
export class KnownDeliveries {
  private readonly ids = new Set<string>();

  constructor(private readonly max: number) {}

  has(id: string): boolean {
    return this.ids.has(id);
  }

  /** @returns whether it is new */
  add(id: string): boolean {
    if (this.ids.has(id)) return false;
    this.ids.add(id);
    const [oldest] = this.ids.size > this.max ? this.ids : [];
    if (oldest !== undefined) this.ids.delete(oldest);
    return true;
  }
}
