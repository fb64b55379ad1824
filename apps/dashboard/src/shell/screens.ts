import {
  Activity,
  AppWindow,
  Bell,
  CircuitBoard,
  ClipboardCheck,
  Gauge,
  HeartPulse,
  Inbox,
  KeyRound,
  MailX,
  Radio,
  Rss,
  Send,
  Server,
  Webhook,
  type LucideIcon,
} from 'lucide-react';

/** A place in the navigation. */
export interface Place {
  title: string;
  /** Within the scope. */
  path: string;
  icon: LucideIcon;
  /** Second key after `g`. */
  key: string;
}

export const OPERATOR_PLACES: readonly Place[] = [
  { title: 'Overview', path: '/', icon: Gauge, key: 'o' },
  { title: 'Apps', path: '/apps', icon: AppWindow, key: 'a' },
  { title: 'Deliveries', path: '/deliveries', icon: Send, key: 'd' },
  { title: 'Dead letters', path: '/dead-letters', icon: MailX, key: 'l' },
  { title: 'Breakers', path: '/breakers', icon: CircuitBoard, key: 'b' },
  { title: 'Events', path: '/events', icon: Rss, key: 'e' },
  { title: 'Inbound', path: '/inbound', icon: Inbox, key: 'i' },
  { title: 'Live feed', path: '/feed', icon: Radio, key: 'f' },
  { title: 'Alerts', path: '/alerts', icon: Bell, key: 't' },
  { title: 'Health checks', path: '/health', icon: HeartPulse, key: 'h' },
  { title: 'System', path: '/system', icon: Server, key: 's' },
];

export const OWNER_PLACES: readonly Place[] = [
  { title: 'Home', path: '/', icon: Activity, key: 'o' },
  { title: 'Deliveries', path: '/deliveries', icon: Send, key: 'd' },
  { title: 'Dead letters', path: '/dead-letters', icon: MailX, key: 'l' },
  { title: 'Breakers', path: '/breakers', icon: CircuitBoard, key: 'b' },
  { title: 'Subscriptions', path: '/subscriptions', icon: Webhook, key: 'u' },
  { title: 'Conformance', path: '/conformance', icon: ClipboardCheck, key: 'c' },
  { title: 'Secrets', path: '/secrets', icon: KeyRound, key: 'k' },
];
