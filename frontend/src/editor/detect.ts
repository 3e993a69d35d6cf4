import { languageOfPath, PLAIN } from './languages';

/** A file says what it is near its beginning; short lines keep the patterns below quick. */
const LOOK_AT = 4096;
const LINE_MAX = 160;

const INTERPRETERS: readonly (readonly [RegExp, string])[] = [
  [/^python[\d.]*$|^pypy\d?$/, 'python'],
  [/^(node|nodejs|deno|bun)$/, 'javascript'],
  [/^(ts-node|tsx)$/, 'typescript'],
  [/^(sh|bash|dash|zsh|ksh|ash|fish)$/, 'shell'],
  [/^ruby[\d.]*$/, 'ruby'],
  [/^perl[\d.]*$/, 'perl'],
  [/^php[\d.]*$/, 'php'],
  [/^lua[\d.]*$|^luajit$/, 'lua'],
  [/^Rscript$/, 'r'],
  [/^julia$/, 'julia'],
  [/^elixir$/, 'elixir'],
  [/^(tclsh|wish)[\d.]*$/, 'tcl'],
  [/^(pwsh|powershell)$/, 'powershell'],
  [/^swift$/, 'swift'],
];

/** `#!/usr/bin/env -S python3 -u` → python */
function fromShebang(line: string): string | null {
  if (!line.startsWith('#!')) return null;
  const words = line.slice(2).trim().split(/\s+/);
  const name = (word: string | undefined): string => (word ?? '').replace(/^.*\//, '');
  const program =
    name(words[0]) === 'env'
      ? name(words.slice(1).find((word) => !word.startsWith('-') && !word.includes('=')))
      : name(words[0]);
  return INTERPRETERS.find(([pattern]) => pattern.test(program))?.[1] ?? null;
}

/** What a file opens with, where that alone is proof enough. */
const OPENINGS: readonly (readonly [RegExp, string])[] = [
  [/^<\?xml\b/, 'xml'],
  [/^<!doctype\s+html\b|^<html[\s>]/i, 'html'],
  [/^<\?php\b/, 'php'],
  [/^<svg[\s>]/, 'xml'],
  [/^%YAML\b|^---\n(?=[\w"'-]+:|- )/, 'yaml'],
  [/^@charset "/, 'css'],
  [/^syntax\s*=\s*"proto[23]"\s*;/, 'proto'],
];

/**
 * Signs of a language and their weight. One strong sign (3) decides, or several
 * weak ones; so few lines of prose are taken for code.
 */
const SIGNS: readonly (readonly [string, number, RegExp])[] = [
  ['python', 3, /^[ \t]*def \w+\(.*\)\s*(->.*)?:\s*(#.*)?$/m],
  ['python', 3, /^from [\w.]+ import /m],
  ['python', 2, /^[ \t]*(if|elif|for|while|with|class|try|except)\b.*:\s*(#.*)?$/m],
  ['python', 2, /^import [\w.]+( as \w+)?[ \t]*$/m],
  ['python', 2, /^[ \t]*print\(.*\)[ \t]*$/m],
  ['cpp', 4, /^[ \t]*#include\s*<(iostream|vector|string|map|memory|algorithm|cstdio|cstdlib)>/m],
  ['cpp', 3, /\bstd::\w+|^[ \t]*using namespace \w+;|^[ \t]*template\s*</m],
  ['c', 3, /^[ \t]*#include\s*[<"]\w[\w./]*\.h[>"]/m],
  ['c', 2, /^(int|void|static|char|unsigned)\s+\**\w+\s*\([^)]*\)\s*\{?[ \t]*$/m],
  ['rust', 3, /^[ \t]*(pub )?fn \w+.*\{[ \t]*$/m],
  ['rust', 2, /^[ \t]*(let mut |use (std|crate)::|impl\b|#!?\[\w+)/m],
  ['go', 4, /^package \w+[ \t]*$/m],
  ['go', 2, /^func (\(\w+ \*?\w+\) )?\w+\(/m],
  ['java', 4, /^[ \t]*public (final |abstract )?(class|interface|enum|record) \w+/m],
  ['java', 3, /^import (static )?java[\w.]*\.[\w*]+;/m],
  ['java', 2, /^package [\w.]+;/m],
  ['csharp', 3, /^using System[\w.]*;/m],
  ['csharp', 2, /^namespace [\w.]+\s*[;{]?[ \t]*$/m],
  ['kotlin', 3, /^[ \t]*fun (main|\w+)\(.*\).*\{?[ \t]*$/m],
  ['swift', 3, /^import (Foundation|UIKit|SwiftUI)[ \t]*$/m],
  ['typescript', 3, /^[ \t]*(export )?(interface \w+.*\{|type \w+(<.*>)? = )/m],
  ['typescript', 3, /^[ \t]*(export )?(const|let|function) \w+.*:\s*(string|number|boolean|void|unknown|\w+\[\])/m],
  ['typescript', 2, /^[ \t]*import type /m],
  ['javascript', 3, /^[ \t]*(import .+ from ['"]|export (default|const|function|class)\b)/m],
  ['javascript', 3, /\brequire\(['"][^'"]+['"]\)|\bmodule\.exports\b/],
  ['javascript', 2, /^[ \t]*(const|let|var) \w+\s*=/m],
  ['javascript', 2, /^[ \t]*(async )?function\*? \w+\(.*\)\s*\{|=>\s*[{(]|\bconsole\.\w+\(/m],
  ['ruby', 3, /^[ \t]*def \w+[^:{]*$[\s\S]{0,500}?^[ \t]*end$/m],
  ['ruby', 2, /^[ \t]*(require ['"]|puts |attr_\w+ :)/m],
  ['php', 4, /<\?php\b/],
  ['sql', 3, /^[ \t]*(select\b[\s\S]{1,500}?\bfrom\b|insert into\b|create (table|view|index)\b|update \w+\s+set\b)/im],
  ['html', 3, /<(html|head|body|div|script|span|p|a|ul|table)\b[^>]*>/i],
  ['css', 3, /^[ \t]*[.#]?[\w-]+(\s*[>,:]\s*[\w.#-]+)*\s*\{\s*[\w-]+\s*:[^;{}]+;/m],
  ['markdown', 3, /^#{1,6} \S.*$[\s\S]{0,500}?^(#{1,6} |[-*] |```|\d+\. )/m],
  ['markdown', 3, /^```\w*$|\[[^\]]+\]\(https?:/m],
  ['yaml', 3, /^[\w-]+:\s*\S*\s*\n(\s{2,}[\w-]+:\s|\s*- )/m],
  ['ini', 3, /^\[[\w .-]+\]\s*\n\s*[\w.-]+\s*=/m],
  ['dockerfile', 4, /^FROM \S+[\s\S]{0,500}?^(RUN|COPY|CMD|ENTRYPOINT|WORKDIR) /m],
  ['shell', 2, /^[ \t]*(if \[|fi$|done$|export \w+=|echo ["$])/m],
  ['lua', 3, /^[ \t]*local (function )?\w+[\s\S]{0,500}?\bend\b/m],
];

const ENOUGH = 3;

function isJson(text: string, whole: boolean): boolean {
  const start = text.trimStart();
  if (!/^(\{\s*("|\}|$)|\[\s*([\d"{[\]-]|true|false|null|$))/.test(start)) return false;
  if (!whole) return /^[{[][^;()]*$/.test(start.slice(0, 200));
  try {
    JSON.parse(text);
    return true;
  } catch {
    return /^\{\s*"[^"\n]*"\s*:/.test(start);
  }
}

function shortLines(text: string): string {
  const lines = text.split('\n').map((line) => line.slice(0, LINE_MAX).trimEnd());
  return lines.filter((line) => line !== '').join('\n');
}

function fromContent(text: string): string | null {
  const head = text.slice(0, LOOK_AT);
  const firstLine = head.slice(0, head.indexOf('\n') < 0 ? undefined : head.indexOf('\n'));
  const shebang = fromShebang(firstLine);
  if (shebang !== null) return shebang;
  const start = head.trimStart();
  for (const [pattern, id] of OPENINGS) if (pattern.test(start)) return id;
  if (isJson(head, text.length <= LOOK_AT)) return 'json';
  const score = new Map<string, number>();
  const lines = shortLines(head);
  for (const [id, weight, pattern] of SIGNS) {
    if (pattern.test(lines)) score.set(id, (score.get(id) ?? 0) + weight);
  }
  let best: string | null = null;
  let most = ENOUGH - 1;
  for (const [id, points] of score) {
    if (points > most) [best, most] = [id, points];
  }
  return best;
}

/** By the file's name and, where that says nothing, by its content. Never fails. */
export function detectLanguage(path: string, text: string): string {
  return languageOfPath(path) ?? fromContent(text) ?? PLAIN;
}
