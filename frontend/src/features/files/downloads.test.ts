// @vitest-environment node
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { fileNameOf, makeZip, safeEntries, safePath, zipName } from './downloads';

describe('safePath', () => {
  it.each([
    ['src/main.py', 'src/main.py'],
    ['/etc/passwd', 'etc/passwd'],
    ['../../x', 'x'],
    ['a/../b', 'a/b'],
    ['..\\..\\x.txt', 'x.txt'],
    ['C:\\windows\\x', 'C_/windows/x'],
    ['a\u0000b\n', 'a_b_'],
    ['aux.txt', '_aux.txt'],
    ['dir./file. ', 'dir/file'],
    ['.gitignore', '.gitignore'],
    ['...', 'file'],
    ['', 'file'],
  ])('%j becomes %j', (path, safe) => {
    expect(safePath(path)).toBe(safe);
  });
});

describe('makeZip', () => {
  it('holds every file, also those whose safe paths are alike', () => {
    const zip = unzipSync(
      makeZip(
        new Map([
          ['../a.py', 'one'],
          ['A.py', 'two ümläut 😀'],
          ['src/b', ''],
        ]),
      ),
    );
    expect(Object.keys(zip)).toEqual(['a.py', 'A (2).py', 'src/b']);
    expect(strFromU8(zip['A (2).py'] ?? new Uint8Array())).toBe('two ümläut 😀');
  });

  it('numbers hidden files without tearing their names', () => {
    const entries = safeEntries(
      new Map([
        ['.env', ''],
        ['/.env', ''],
      ]),
    );
    expect([...entries.keys()]).toEqual(['.env', '.env (2)']);
  });
});

describe('names of downloads', () => {
  it('come from the path and the title', () => {
    expect(fileNameOf('src/../x/main.py')).toBe('main.py');
    expect(zipName('Fix the parser / 2')).toBe('Fix-the-parser-2.zip');
    expect(zipName('///')).toBe('room.zip');
  });
});
