/* SPDX-License-Identifier: MIT */
/* Random code made of what lexers trip over, in every language and at every place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"

#define ROUNDS 4000
#define CODE_BYTES 400

static const char *const languages[] = {
    "python", "javascript", "typescript", "c", "cpp", "go", "rust", "java", "plaintext",
};

static const char *const pieces[] = {
    "\"",
    "'",
    "`",
    "\"\"\"",
    "'''",
    "\\",
    "\n",
    "\r\n",
    "\r",
    "/",
    "//",
    "/*",
    "*/",
    "#",
    "${",
    "{",
    "}",
    "{{",
    "(",
    ")",
    "[",
    "]",
    ".",
    "..",
    "->",
    "::",
    "?.",
    ":",
    "<",
    ">",
    "=",
    "!",
    "$",
    "@",
    "f\"",
    "r#\"",
    "\"#",
    "R\"x(",
    ")x\"",
    "u8\"",
    "b'",
    "r#",
    "0x1",
    "1e",
    "1.",
    "12",
    "_",
    " ",
    "\t",
    "name",
    "getUserName",
    "my_func",
    "self",
    "def ",
    "class ",
    "function ",
    "fn ",
    "import ",
    "#include <",
    "#define ",
    "struct ",
    "\xC3\xA9",
    "\xE5\x90\x8D",
    "\xF0\x9F\x98\x80",
    "\xE2\x80\x94",
};

static uint64_t next_random(uint64_t *seed) {
  *seed ^= *seed << 13;
  *seed ^= *seed >> 7;
  *seed ^= *seed << 17;
  return *seed;
}

static size_t make_code(char *code, uint64_t *seed) {
  size_t wanted = next_random(seed) % (CODE_BYTES - 16);
  size_t len = 0;
  while (len < wanted) {
    const char *piece = pieces[next_random(seed) % (sizeof pieces / sizeof pieces[0])];
    memcpy(code + len, piece, strlen(piece));
    len += strlen(piece);
  }
  return len;
}

static void any_code_gets_an_answer_that_keeps_the_promises(void **state) {
  (void)state;
  const char *given = getenv("SEED");
  uint64_t start = given != NULL ? strtoull(given, NULL, 10) : 1;
  print_message("# SEED=%llu\n", (unsigned long long)start);
  uint64_t seed = start * 2 + 1;
  for (int round = 0; round < ROUNDS; round++) {
    char text[CODE_BYTES];
    size_t len = make_code(text, &seed);
    if (len > 0 && next_random(&seed) % 16 == 0) text[next_random(&seed) % len] = (char)next_random(&seed);
    char *code = malloc(len > 0 ? len : 1);
    assert_non_null(code);
    memcpy(code, text, len);
    struct assist_request request = {
        .code = code,
        .code_len = len,
        .cursor_utf16 = next_random(&seed) % (len + 2),
        .language = languages[next_random(&seed) % (sizeof languages / sizeof languages[0])],
    };
    const char *broken = check_question(&request);
    if (broken != NULL) fail_msg("round %d, %s: %s in\n%.*s", round, request.language, broken, (int)len, code);
    free(code);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(any_code_gets_an_answer_that_keeps_the_promises),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
