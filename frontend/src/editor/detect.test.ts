import { expect, test } from 'vitest';
import { detectLanguage } from './detect';
import { isLanguage, LANGUAGES, languageLabel, languageOfPath } from './languages';

test.each([
  ['main.py', 'python'],
  ['src/deep/App.TSX', 'typescript'],
  ['a.b.c.rs', 'rust'],
  ['Dockerfile', 'dockerfile'],
  ['Dockerfile.dev', 'dockerfile'],
  ['.bashrc', 'shell'],
  ['x.hpp', 'cpp'],
  ['x.h', 'c'],
  ['README', 'markdown'],
  ['.editorconfig', 'ini'],
  ['package.json', 'json'],
])('%s is %s by its name', (path, language) => {
  expect(detectLanguage(path, '<?xml version="1.0"?>')).toBe(language);
});

test.each([
  ['#!/usr/bin/env python3\n', 'python'],
  ['#!/usr/bin/env -S node --harmony\n', 'javascript'],
  ['#!/bin/bash -e\n', 'shell'],
  ['<?xml version="1.0"?>\n<a/>', 'xml'],
  ['\n<!DOCTYPE html>\n<p>', 'html'],
  ['{"a": 1}', 'json'],
  ['[\n  {"a": 1},\n', 'plaintext'],
  ['def f(x):\n    return x\n', 'python'],
  ['import os\nfor x in y:\n  pass\n', 'python'],
  ['#include <stdio.h>\nint main(void)\n{\n}\n', 'c'],
  ['#include <iostream>\nint main() { std::cout << 1; }\n', 'cpp'],
  ['package main\n\nfunc main() {\n}\n', 'go'],
  ['fn main() {\n    println!("hi");\n}\n', 'rust'],
  ['public class Main {\n}\n', 'java'],
  ["import x from 'y';\nconst a = 1;\n", 'javascript'],
  ['interface A {\n  b: string;\n}\n', 'typescript'],
  ['SELECT a\nFROM b;\n', 'sql'],
  ['FROM debian:12\nRUN true\n', 'dockerfile'],
  ['# Title\n\n- one\n- two\n', 'markdown'],
  ['name: x\non:\n  push: y\n', 'yaml'],
  ['Dear all,\n\nwe import a lot of tea from India.\n', 'plaintext'],
  ['', 'plaintext'],
])('%j is %s by its content', (text, language) => {
  expect(detectLanguage('untitled', text)).toBe(language);
});

test('every id stands once, and an unknown id is shown as it is', () => {
  expect(new Set(LANGUAGES.map((one) => one.id)).size).toBe(LANGUAGES.length);
  expect(LANGUAGES[0]?.id).toBe('plaintext');
  expect(isLanguage('python')).toBe(true);
  expect(languageLabel('cpp')).toBe('C++');
  expect(languageLabel('brainfuck')).toBe('brainfuck');
  expect(languageOfPath('untitled')).toBeNull();
});

test('a large or strange text is looked at in no time', () => {
  const started = performance.now();
  detectLanguage('x', ' '.repeat(1e6));
  detectLanguage('x', '{'.repeat(1e6));
  detectLanguage('x', 'a, '.repeat(3e5));
  detectLanguage('x', '\n'.repeat(1e6));
  detectLanguage('x', 'def a\n'.repeat(2e5));
  detectLanguage('x', '# a\n\t'.repeat(2e5));
  expect(performance.now() - started).toBeLessThan(4000);
});
