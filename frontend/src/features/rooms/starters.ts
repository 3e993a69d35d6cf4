export interface Starter {
  /** The `language` of the API. */
  readonly language: string;
  readonly label: string;
  /** What the server names the main file; shown in the preview alone. */
  readonly fileName: string;
  readonly code: string;
}

const PYTHON = `from collections import Counter


def top_words(text: str, count: int = 3) -> list[tuple[str, int]]:
    """Return the most frequent words, most frequent first."""
    return Counter(text.lower().split()).most_common(count)


if __name__ == "__main__":
    for word, times in top_words("to be or not to be"):
        print(f"{word}: {times}")
`;

const JAVASCRIPT = `/** Groups items by what \`keyOf\` says of each. */
function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}

console.log(groupBy(["pear", "plum", "apple"], (word) => word[0]));
`;

const TYPESCRIPT = `type Result<T> = { ok: true; value: T } | { ok: false; error: string };

function parsePort(text: string): Result<number> {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    return { ok: false, error: \`"\${text}" is not a port\` };
  }
  return { ok: true, value: port };
}

console.log(parsePort("8000"));
`;

const C = `#include <stdio.h>

static unsigned gcd(unsigned a, unsigned b)
{
    while (b != 0) {
        unsigned rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

int main(void)
{
    printf("gcd(84, 36) = %u\\n", gcd(84, 36));
    return 0;
}
`;

const CPP = `#include <algorithm>
#include <iostream>
#include <vector>

int main()
{
    std::vector<int> numbers{5, 3, 8, 1};
    std::sort(numbers.begin(), numbers.end());

    for (int number : numbers) {
        std::cout << number << '\\n';
    }
}
`;

const GO = `package main

import "fmt"

func fibonacci(n int) []int {
	numbers := make([]int, 0, n)
	a, b := 0, 1
	for range n {
		numbers = append(numbers, a)
		a, b = b, a+b
	}
	return numbers
}

func main() {
	fmt.Println(fibonacci(10))
}
`;

const RUST = `use std::collections::HashMap;

fn count_letters(text: &str) -> HashMap<char, usize> {
    let mut counts = HashMap::new();
    for letter in text.chars().filter(|c| c.is_alphabetic()) {
        *counts.entry(letter).or_insert(0) += 1;
    }
    counts
}

fn main() {
    println!("{:?}", count_letters("hello, pair"));
}
`;

const JAVA = `import java.util.List;

public class Main {
    static int sum(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).sum();
    }

    public static void main(String[] args) {
        System.out.println(sum(List.of(1, 2, 3, 4)));
    }
}
`;

const HTML = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Our page</title>
    <style>
      body { font-family: system-ui; margin: 4rem auto; max-width: 40rem; }
    </style>
  </head>
  <body>
    <h1>Our page</h1>
    <p>Two people are writing this.</p>
  </body>
</html>
`;

const MARKDOWN = `# Notes

## What we know

- 

## What we try next

1. 
`;

export const STARTERS: readonly Starter[] = [
  { language: 'python', label: 'Python', fileName: 'main.py', code: PYTHON },
  { language: 'javascript', label: 'JavaScript', fileName: 'main.js', code: JAVASCRIPT },
  { language: 'typescript', label: 'TypeScript', fileName: 'main.ts', code: TYPESCRIPT },
  { language: 'c', label: 'C', fileName: 'main.c', code: C },
  { language: 'cpp', label: 'C++', fileName: 'main.cpp', code: CPP },
  { language: 'go', label: 'Go', fileName: 'main.go', code: GO },
  { language: 'rust', label: 'Rust', fileName: 'main.rs', code: RUST },
  { language: 'java', label: 'Java', fileName: 'Main.java', code: JAVA },
  { language: 'html', label: 'HTML', fileName: 'index.html', code: HTML },
  { language: 'markdown', label: 'Markdown', fileName: 'README.md', code: MARKDOWN },
  { language: 'plaintext', label: 'Plain text', fileName: 'main.txt', code: '' },
];

export function starterFor(language: string): Starter {
  const found = STARTERS.find((starter) => starter.language === language) ?? STARTERS[0];
  if (!found) throw new Error('There are no starters.');
  return found;
}
