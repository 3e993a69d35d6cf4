import { beforeEach, describe, expect, it } from 'vitest';
import { COLORS, initials, textOn } from './colors';
import { checkMail, cleanName, loadIdentity, mailOf } from './identity';

beforeEach(() => localStorage.clear());

describe('identity', () => {
  it('starts without a name, with a stable stand-in for the mail', () => {
    const first = loadIdentity();
    expect(first.name).toBe('');
    expect(first.anonymousMail).toMatch(/^[0-9a-f]{24}@anonymous\.invalid$/);
    expect(loadIdentity()).toEqual(first);
    expect(mailOf(first)).toBe(first.anonymousMail);
    expect(mailOf({ ...first, mail: 'a@b.org' })).toBe('a@b.org');
  });

  it('does not trust what is stored', () => {
    localStorage.setItem(
      'yoke.identity',
      JSON.stringify({ name: ' A\u0000da\n ', mail: 'no mail', anonymousMail: 3, color: 'url(x)' }),
    );
    const identity = loadIdentity();
    expect(identity.name).toBe('A da');
    expect(identity.mail).toBe('');
    expect(identity.color).toMatch(/^#[0-9a-f]{6}$/);
  });

  it('shortens long names by characters, not by halves of them', () => {
    expect(cleanName('😀'.repeat(50))).toBe('😀'.repeat(40));
  });

  it('checks mails', () => {
    expect(checkMail('')).toBeNull();
    expect(checkMail('rahul_pair_programming@gmail.com')).toBeNull();
    expect(checkMail('nobody')).not.toBeNull();
    expect(checkMail('a b@c.org')).not.toBeNull();
    expect(checkMail('a@b@c.org')).not.toBeNull();
    expect(checkMail('<a@c.org>')).not.toBeNull();
  });
});

describe('colours', () => {
  it('all carry white text', () => {
    expect(COLORS.map(({ value }) => textOn(value))).toEqual(COLORS.map(() => '#ffffff'));
  });

  it('take black text where they are light', () => {
    expect(textOn('#ffee00')).toBe('#000000');
  });

  it('initials', () => {
    expect(initials('Ada King Lovelace')).toBe('AL');
    expect(initials('😀 x')).toBe('😀X');
    expect(initials('bob')).toBe('B');
  });
});
