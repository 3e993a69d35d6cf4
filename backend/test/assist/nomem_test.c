/* SPDX-License-Identifier: MIT */
/* The same question with the first, second … allocation failing. */
#include "fixture.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static size_t left = SIZE_MAX; /* allocations until one fails */

static bool fails(void) {
  return left != SIZE_MAX && left-- == 0;
}

void *__wrap_malloc(size_t size) {
  return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
  return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size) {
  return fails() ? NULL : __real_realloc(old, size);
}

static void running_out_of_memory_anywhere_is_an_error_and_leaks_nothing(void **state) {
  (void)state;
  enum { BYTES = 40000, WORD_MAX = 16 };
  static char code[BYTES];
  size_t len = 0;
  for (int i = 0; len + WORD_MAX < BYTES; i++) len += (size_t)snprintf(code + len, BYTES - len, "n%x ", (unsigned)i);
  struct assist engine = engine_assist();
  struct assist_request request = {code, len, len, "python"};
  int err = ERR_NOMEM;
  size_t failed = 0;
  while (err == ERR_NOMEM) {
    struct assist_list list = {.count = 7};
    left = failed;
    err = engine.suggest(engine.self, &request, &list);
    left = SIZE_MAX;
    assert_int_equal(list.count, err == 0 ? ASSIST_SUGGESTIONS_MAX : 7);
    if (err == 0) assist_list_clear(&list);
    failed += err == ERR_NOMEM;
  }
  assert_int_equal(err, 0);
  assert_true(failed >= 5);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(running_out_of_memory_anywhere_is_an_error_and_leaks_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
