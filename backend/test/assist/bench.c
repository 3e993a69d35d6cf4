/* SPDX-License-Identifier: MIT */
/*
 * How long an answer takes for 100 KB of code, common and hostile. Run it in a
 * release build: meson test --benchmark. Fails if the best of several runs of
 * anything takes longer than LIMIT_MS of processor time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "assist/engine.h"

#define CODE_BYTES 100000
#define RUNS 20
#define LIMIT_MS 5.0

static char code[CODE_BYTES];

static size_t repeat(const char *piece) {
  size_t len = strlen(piece);
  for (size_t i = 0; i < CODE_BYTES; i++) code[i] = piece[i % len];
  return CODE_BYTES - CODE_BYTES % len;
}

/* Different names of three letters: abc abd … */
static size_t different_names(void) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
  size_t base = sizeof letters - 1;
  for (size_t i = 0; i < CODE_BYTES; i++) {
    size_t n = i / 4;
    size_t digit = i % 4 == 0 ? n / base / base : i % 4 == 1 ? n / base : n;
    code[i] = i % 4 == 3 ? ' ' : letters[digit % base];
  }
  return CODE_BYTES;
}

/* Different names of one letter: U+4E00, U+4E01 … */
static size_t different_letters(void) {
  size_t len = 0;
  for (unsigned c = 0x4E00; len + 4 <= CODE_BYTES && c < 0x9FFF; c++) {
    code[len++] = (char)(0xE0 | c >> 12);
    code[len++] = (char)(0x80 | (c >> 6 & 0x3F));
    code[len++] = (char)(0x80 | (c & 0x3F));
    code[len++] = ' ';
  }
  return len;
}

static double processor_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* The best of RUNS in milliseconds. */
static double measure(const char *language, size_t len, size_t cursor) {
  struct assist engine = engine_assist();
  struct assist_request request = {code, len, cursor, language};
  double best = 1e9;
  for (int i = 0; i < RUNS; i++) {
    struct assist_list list;
    double start = processor_ms();
    int err = engine.suggest(engine.self, &request, &list);
    double spent = processor_ms() - start;
    if (err != 0) {
      fprintf(stderr, "error %d\n", err);
      exit(1);
    }
    assist_list_clear(&list);
    best = spent < best ? spent : best;
  }
  return best;
}

/* The slowest language for the code that stands in the buffer. */
static int report(const char *what, size_t len) {
  static const char *const languages[] = {
      "python", "javascript", "typescript", "c", "cpp", "go", "rust", "java", "plaintext",
  };
  double worst = 0;
  const char *worst_language = "";
  for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++) {
    for (size_t half = 1; half <= 2; half++) {
      double spent = measure(languages[i], len, len / half);
      if (spent > worst) {
        worst = spent;
        worst_language = languages[i];
      }
    }
  }
  printf("%-34s %6.2f ms %6.1f ns/byte  %s\n", what, worst, worst * 1e6 / (double)len, worst_language);
  return worst > LIMIT_MS;
}

int main(void) {
  int failed = 0;
  failed += report("common code", repeat("def load(self, path):\n    with open(path) as file:\n"
                                         "        self.items = json.load(file)  # all of it\n"
                                         "    return [item.name for item in self.items]\n\n"));
  failed += report("different names of three letters", different_names());
  failed += report("different names of one letter", different_letters());
  failed += report("one name", repeat("a"));
  failed += report("one-letter names", repeat("a "));
  failed += report("members", repeat("a."));
  static const char *const hostile[] = {
      "\"",    "'",      "\"\"\"", "`${",        "f'{", "{", "=/[", "/*",     "/",  "r#", "r#\"",
      "R\"x(", "R\"x()", "#",      "#include <", "\\",  "1", "1.",  "f\"{\n", "\n", "<'", "\"\n",
  };
  for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
    char what[32];
    size_t len = (size_t)snprintf(what, sizeof what, "nothing but %s", hostile[i]);
    for (size_t j = 0; j < len; j++) what[j] = what[j] == '\n' ? '~' : what[j];
    failed += report(what, repeat(hostile[i]));
  }
  return failed > 0;
}
