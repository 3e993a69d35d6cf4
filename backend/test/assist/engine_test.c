/* SPDX-License-Identifier: MIT */
/* The port's contract: cursors, languages, limits, errors, new names. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int ask(const char *code, size_t len, size_t cursor_utf16, const char *language, struct assist_list *out) {
  struct assist engine = engine_assist();
  struct assist_request request = {code, len, cursor_utf16, language};
  return engine.suggest(engine.self, &request, out);
}

static void the_first_example_of_the_documentation_gets_a_useful_answer(void **state) {
  (void)state;
  const char *code = "def my_func";
  struct assist_list list = {0};
  assert_int_equal(ask(code, strlen(code), 12, "python", &list), 0);
  assert_int_equal(list.count, 1);
  assert_string_equal(list.items[0].label, "my_func():");
  assert_string_equal(list.items[0].insert_text, "my_func($2):\n    ${0:pass}");
  assert_string_equal(list.items[0].detail, "new function");
  assert_int_equal(list.items[0].kind, ASSIST_SNIPPET);
  assert_string_equal(list.language, "python");
  assert_int_equal(list.replace_from_utf16, 4);
  assert_int_equal(list.replace_to_utf16, 11);
  assist_list_clear(&list);
}

static void a_new_name_is_completed_and_known_names_are_not_in_the_way(void **state) {
  (void)state;
  fixture_expect("python", "def |", "name():");
  fixture_expect_no("python", "value = 1\ndef va|", "value");
  fixture_expect("python", "load()\ndef lo|", "load");
  fixture_expect_no("python", "def load(): pass\nload()\ndef lo|", "load");
  fixture_expect_quiet("python", "def my|_func(a): pass");
  fixture_expect("javascript", "function run|", "run() {}");
  fixture_expect("rust", "fn run|", "run() {}");
  fixture_expect("go", "func run|", "run() {}");
  fixture_expect("java", "class Room|", "Room {}");
  fixture_expect("c", "struct room {}; struct ro|", "room");
  fixture_expect_no("java", "Room.class.na|", "name {}");
}

static void a_dollar_in_a_new_name_is_escaped_in_the_snippet(void **state) {
  (void)state;
  struct assist_list list = fixture_ask("javascript", "function $x|");
  assert_string_equal(fixture_find(&list, "$x() {}")->insert_text, "\\$x($2) {\n    $0\n}");
  assist_list_clear(&list);
}

static void the_cursor_counts_utf16_units(void **state) {
  (void)state;
  const char *code = "s = '\xF0\x9F\x98\x80'; name = 1; na";
  struct assist_list list = {0};
  assert_int_equal(ask(code, strlen(code), strlen(code) - 2, "python", &list), 0);
  assert_string_equal(list.items[0].label, "name");
  assert_int_equal(list.replace_from_utf16, strlen(code) - 4);
  assert_int_equal(list.replace_to_utf16, strlen(code) - 2);
  assist_list_clear(&list);
}

static void a_cursor_past_the_end_is_the_end(void **state) {
  (void)state;
  struct assist_list list = {0};
  assert_int_equal(ask("name = 1\nna", 11, SIZE_MAX, "python", &list), 0);
  assert_string_equal(list.items[0].label, "name");
  assert_int_equal(list.replace_to_utf16, 11);
  assist_list_clear(&list);
}

static void languages_have_aliases_in_any_case_and_unknown_ones_are_plain_text(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"Python", "python"},   {"py", "python"},  {"js", "javascript"}, {"TS", "typescript"}, {"C", "c"},
      {"c++", "cpp"},         {"golang", "go"},  {"rs", "rust"},       {"JAVA", "java"},     {"text", "plaintext"},
      {"cobol", "plaintext"}, {"", "plaintext"}, {NULL, "plaintext"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct assist_list list = {0};
    assert_int_equal(ask("a", 1, 0, cases[i][0], &list), 0);
    assert_string_equal(list.language, cases[i][1]);
    assist_list_clear(&list);
  }
}

static void no_code_at_all_is_no_error(void **state) {
  (void)state;
  struct assist_list list = {0};
  assert_int_equal(ask(NULL, 0, 0, "go", &list), 0);
  assert_non_null(fixture_find(&list, "func"));
  assist_list_clear(&list);
  assist_list_clear(&list);
}

static void code_past_the_limit_is_refused(void **state) {
  (void)state;
  size_t len = ASSIST_CODE_MAX_BYTES;
  char *code = malloc(len + 1);
  assert_non_null(code);
  memset(code, ' ', len + 1);
  struct assist_list list = {.count = 7};
  assert_int_equal(ask(code, len + 1, 0, "c", &list), ERR_TOO_LARGE);
  assert_int_equal(list.count, 7);
  assert_int_equal(ask(code, len, len, "c", &list), 0);
  assert_int_equal(list.replace_to_utf16, len);
  assist_list_clear(&list);
  free(code);
}

static void bytes_that_are_not_utf8_are_refused(void **state) {
  (void)state;
  struct assist_list list = {.count = 7};
  assert_int_equal(ask("a\xFF", 2, 0, "c", &list), ERR_MALFORMED);
  assert_int_equal(ask("\xE5\x90", 2, 0, "c", &list), ERR_MALFORMED);
  assert_int_equal(ask("\xED\xA0\x80", 3, 0, "c", &list), ERR_MALFORMED);
  assert_int_equal(list.count, 7);
}

static void no_more_than_the_best_fifty_are_given(void **state) {
  (void)state;
  char code[4000] = "";
  for (int i = 0; i < 200; i++) snprintf(code + strlen(code), sizeof code - strlen(code), "name%d; ", i);
  strcat(code, "na|");
  struct assist_list list = fixture_ask("c", code);
  assert_int_equal(list.count, ASSIST_SUGGESTIONS_MAX);
  assert_string_equal(list.items[0].label, "name199");
  assert_null(fixture_find(&list, "name0"));
  assist_list_clear(&list);
}

static void names_past_the_limit_are_not_suggested(void **state) {
  (void)state;
  char code[400];
  memset(code, 'n', sizeof code);
  strcpy(code + ASSIST_NAME_MAX_BYTES, " n|");
  struct assist_list list = fixture_ask("plaintext", code);
  assert_int_equal(list.count, 1);
  assert_int_equal(strlen(list.items[0].label), ASSIST_NAME_MAX_BYTES);
  assist_list_clear(&list);
  memset(code, 'n', sizeof code);
  strcpy(code + ASSIST_NAME_MAX_BYTES + 1, " n|");
  fixture_expect_quiet("plaintext", code);
}

static void null_bytes_in_the_code_do_no_harm(void **state) {
  (void)state;
  struct assist_list list = {0};
  assert_int_equal(ask("name\0na", 7, 7, "python", &list), 0);
  assert_string_equal(list.items[0].label, "name");
  assist_list_clear(&list);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_first_example_of_the_documentation_gets_a_useful_answer),
      cmocka_unit_test(a_new_name_is_completed_and_known_names_are_not_in_the_way),
      cmocka_unit_test(a_dollar_in_a_new_name_is_escaped_in_the_snippet),
      cmocka_unit_test(the_cursor_counts_utf16_units),
      cmocka_unit_test(a_cursor_past_the_end_is_the_end),
      cmocka_unit_test(languages_have_aliases_in_any_case_and_unknown_ones_are_plain_text),
      cmocka_unit_test(no_code_at_all_is_no_error),
      cmocka_unit_test(code_past_the_limit_is_refused),
      cmocka_unit_test(bytes_that_are_not_utf8_are_refused),
      cmocka_unit_test(no_more_than_the_best_fifty_are_given),
      cmocka_unit_test(names_past_the_limit_are_not_suggested),
      cmocka_unit_test(null_bytes_in_the_code_do_no_harm),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
