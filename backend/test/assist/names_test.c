/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assist/names.h"

#define TEXT_BYTES 16

static struct name *intern(struct names *names, const char *text) {
  struct name *name = NULL;
  assert_int_equal(names_intern(names, text, strlen(text), &name), 0);
  return name;
}

static void each_spelling_is_kept_once_however_the_table_grows(void **state) {
  (void)state;
  enum { COUNT = 20000 };
  char(*texts)[TEXT_BYTES] = malloc(COUNT * sizeof *texts);
  struct names names;
  assert_int_equal(names_init(&names, 0), 0);
  for (size_t i = 0; i < COUNT; i++) {
    snprintf(texts[i], TEXT_BYTES, "name%zu", i);
    struct name *name = intern(&names, texts[i]);
    assert_non_null(name);
    name->uses = (uint32_t)i;
  }
  assert_int_equal(names.count, COUNT);
  for (size_t i = 0; i < COUNT; i++) assert_int_equal(intern(&names, texts[i])->uses, i);
  assert_int_equal(names.count, COUNT);
  names_deinit(&names);
  free(texts);
}

static void a_table_that_is_full_keeps_what_it_has(void **state) {
  (void)state;
  enum { COUNT = ASSIST_NAMES_MAX + 10 };
  char(*texts)[TEXT_BYTES] = malloc(COUNT * sizeof *texts);
  struct names names;
  assert_int_equal(names_init(&names, SIZE_MAX), 0);
  for (size_t i = 0; i < COUNT; i++) {
    snprintf(texts[i], TEXT_BYTES, "%zx", i);
    struct name *name = intern(&names, texts[i]);
    assert_true((name != NULL) == (i < ASSIST_NAMES_MAX));
  }
  assert_non_null(intern(&names, texts[0]));
  names_deinit(&names);
  free(texts);
}

static void names_that_are_empty_or_too_long_are_not_kept(void **state) {
  (void)state;
  static char text[ASSIST_NAME_MAX_BYTES + 2];
  memset(text, 'n', sizeof text - 1);
  struct names names;
  assert_int_equal(names_init(&names, 0), 0);
  assert_null(intern(&names, text));
  assert_null(intern(&names, ""));
  assert_non_null(intern(&names, text + 1));
  names_deinit(&names);
}

/* Whoever picks the names to collide must not make the look-ups slow. */
static void names_that_all_collide_are_dropped_past_a_bound(void **state) {
  (void)state;
  struct names names;
  assert_int_equal(names_init(&names, 0), 0);
  for (size_t i = 0; i < names.slot_count; i++) names.slots[i] = 1;
  intern(&names, "a");
  assert_int_equal(names.count, 0);
  names_deinit(&names);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_spelling_is_kept_once_however_the_table_grows),
      cmocka_unit_test(a_table_that_is_full_keeps_what_it_has),
      cmocka_unit_test(names_that_are_empty_or_too_long_are_not_kept),
      cmocka_unit_test(names_that_all_collide_are_dropped_past_a_bound),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
