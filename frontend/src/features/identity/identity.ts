import { create } from 'zustand';
import { readObject, writeText } from '../settings/storage';
import { COLORS } from './colors';

export interface Identity {
  /** Empty until the person has given one. */
  readonly name: string;
  /** What the person gave; empty when none was given. */
  readonly mail: string;
  /** Stands for the mail where none was given: stable for this browser. */
  readonly anonymousMail: string;
  readonly color: string;
}

export const NAME_MAX = 40;
const IDENTITY_KEY = 'yoke.identity';
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

export function cleanName(name: string): string {
  const trimmed = name.replace(CONTROL_CHARACTERS, ' ').replace(/\s+/g, ' ').trim();
  return [...trimmed].slice(0, NAME_MAX).join('').trim();
}

/** Null when the mail may be used (an empty one may), otherwise a sentence. */
export function checkMail(mail: string): string | null {
  const trimmed = mail.trim();
  if (
    trimmed === '' ||
    /^[^\s@,;<>()[\]"\\\x00-\x20\x7f-\uffff]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$/.test(trimmed)
  )
    return null;
  return 'An e-mail address looks like name@example.org.';
}

export function mailOf(identity: Identity): string {
  return identity.mail || identity.anonymousMail;
}

export function loadIdentity(): Identity {
  const kept = readObject(IDENTITY_KEY);
  const mail = typeof kept['mail'] === 'string' ? kept['mail'].trim() : '';
  const identity: Identity = {
    name: typeof kept['name'] === 'string' ? cleanName(kept['name']) : '',
    mail: checkMail(mail) === null ? mail : '',
    anonymousMail: isAnonymousMail(kept['anonymousMail'])
      ? kept['anonymousMail']
      : makeAnonymousMail(),
    color: isColor(kept['color']) ? kept['color'] : randomColor(),
  };
  keep(identity);
  return identity;
}

function isColor(value: unknown): value is string {
  return typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value);
}

function isAnonymousMail(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{24}@anonymous\.invalid$/.test(value);
}

function makeAnonymousMail(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex}@anonymous.invalid`;
}

function randomColor(): string {
  const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
  return COLORS[byte % COLORS.length]?.value ?? '#0f766e';
}

function keep(identity: Identity): void {
  const { name, mail, anonymousMail, color } = identity;
  writeText(IDENTITY_KEY, JSON.stringify({ name, mail, anonymousMail, color }));
}

interface IdentityStore extends Identity {
  readonly change: (change: Partial<Pick<Identity, 'name' | 'mail' | 'color'>>) => void;
}

export const useIdentity = create<IdentityStore>((set, get) => ({
  ...loadIdentity(),
  change: (change) => {
    set(change);
    keep(get());
  },
}));
