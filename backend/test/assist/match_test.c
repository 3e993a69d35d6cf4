/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "assist/match.h"

static void expect(const char *query, const char *name, enum match wanted) {
  enum match match = match_name(query, strlen(query), name, strlen(name));
  if (match != wanted) fail_msg("%s in %s: %d, not %d", query, name, (int)match, (int)wanted);
}

static void prefixes_match_best_in_their_own_case(void **state) {
  (void)state;
  expect("", "name", MATCH_PREFIX);
  expect("name", "name", MATCH_WHOLE);
  expect("na", "name", MATCH_PREFIX);
  expect("na", "Name", MATCH_PREFIX_NOCASE);
  expect("NAME", "name", MATCH_PREFIX_NOCASE);
  expect("names", "name", MATCH_NONE);
}

static void humps_begin_at_capitals_underscores_and_digits(void **state) {
  (void)state;
  expect("gUN", "getUserName", MATCH_HUMP);
  expect("gun", "getUserName", MATCH_HUMP_NOCASE);
  expect("geuna", "getUserName", MATCH_HUMP_NOCASE);
  expect("gN", "getUserName", MATCH_HUMP);
  expect("mf", "my_func", MATCH_HUMP);
  expect("mf", "_my_func", MATCH_HUMP);
  expect("HS", "HTTPServer", MATCH_HUMP);
  expect("u8", "utf8_feed", MATCH_HUMP);
  expect("pS", "$pageSize", MATCH_HUMP);
}

static void letters_within_a_hump_do_not_match_alone(void **state) {
  (void)state;
  expect("gsn", "getUserName", MATCH_NONE);
  expect("et", "getUserName", MATCH_NONE);
  expect("gunx", "getUserName", MATCH_NONE);
  expect("nu", "getUserName", MATCH_NONE);
}

static void later_humps_match_from_two_letters_on(void **state) {
  (void)state;
  expect("name", "getUserName", MATCH_INNER);
  expect("un", "getUserName", MATCH_INNER);
  expect("n", "getUserName", MATCH_NONE);
}

static void a_letter_that_fits_twice_is_tried_in_every_place(void **state) {
  (void)state;
  expect("aab", "aa_b", MATCH_HUMP);
  expect("abac", "ab_abac_c", MATCH_HUMP);
  expect("fobar", "foo_fob_ar_bar", MATCH_HUMP);
}

static void humps_are_looked_for_in_the_beginning_of_long_names(void **state) {
  (void)state;
  char name[200];
  memset(name, 'a', sizeof name);
  memcpy(name + MATCH_HUMP_MAX_BYTES - 2, "_b", 2);
  assert_int_equal(match_name("ab", 2, name, sizeof name), MATCH_HUMP);
  memset(name, 'a', sizeof name);
  memcpy(name + MATCH_HUMP_MAX_BYTES - 1, "_b", 2);
  assert_int_equal(match_name("ab", 2, name, sizeof name), MATCH_NONE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(prefixes_match_best_in_their_own_case),
      cmocka_unit_test(humps_begin_at_capitals_underscores_and_digits),
      cmocka_unit_test(letters_within_a_hump_do_not_match_alone),
      cmocka_unit_test(later_humps_match_from_two_letters_on),
      cmocka_unit_test(a_letter_that_fits_twice_is_tried_in_every_place),
      cmocka_unit_test(humps_are_looked_for_in_the_beginning_of_long_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
