/* SPDX-License-Identifier: MIT */
#include "room/paths.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "support.h"

static void ordinary_paths_are_fine(void **state) {
  (void)state;
  const char *fine[] = {"a", "main.py", "src/deep/er/x.c", "with space.txt", ".gitignore", "..a", "é/漢.txt", "a..b"};
  for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) assert_null(paths_problem(fine[i], 255));
}

static void unsafe_paths_are_refused_with_a_reason(void **state) {
  (void)state;
  const char *bad[] = {"",
                       " ",
                       "/etc/passwd",
                       "../x",
                       "a/../b",
                       "a/./b",
                       "a//b",
                       "a/",
                       "a\\b",
                       "C:/win",
                       "a\nb",
                       "\x7f",
                       " a",
                       "a ",
                       ("\xe2\x80\xae"
                        "x"),
                       "\xc2\x85"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_non_null(paths_problem(bad[i], 255));
  assert_string_equal(paths_problem("0123456789abcdef", 15), "the path is too long");
}

static void expect_safe(const char *from, const char *want) {
  char *safe = NULL;
  assert_int_equal(paths_make_safe(from, strlen(from), 255, &safe), 0);
  assert_string_equal(safe, want);
  assert_null(paths_problem(safe, 255));
  free(safe);
}

static void what_others_made_is_made_safe(void **state) {
  (void)state;
  expect_safe("a/b.txt", "a/b.txt");
  expect_safe("../../etc/passwd", "etc/passwd");
  expect_safe("/abs", "abs");
  expect_safe("C:\\Users\\x", "Users/x");
  expect_safe("a/./../b", "a/b");
  expect_safe("a\x01\x02/ b ", "a/b");
  expect_safe("", "untitled");
  expect_safe("..", "untitled");
  expect_safe("///", "untitled");
}

static void a_path_that_is_too_long_keeps_its_name(void **state) {
  (void)state;
  char *safe = NULL;
  assert_int_equal(paths_make_safe("folder/name.txt", 15, 10, &safe), 0);
  assert_string_equal(safe, "name.txt");
  free(safe);
  assert_int_equal(paths_make_safe("\xc3\xa9\xc3\xa9\xc3\xa9", 6, 5, &safe), 0);
  assert_string_equal(safe, "\xc3\xa9\xc3\xa9");
  free(safe);
}

static void of_two_with_one_path_the_smaller_id_keeps_it(void **state) {
  (void)state; /* and a suffix never takes a name that another file asks for */
  struct paths_entry e[] = {{"1", strdup("a.py")},  {"2", strdup("a.py")}, {"3", strdup("a (2).py")},
                            {"4", strdup("a.py")},  {"5", strdup("src")},  {"6", strdup("src/x")},
                            {"7", strdup("noext")}, {"8", strdup("noext")}};
  size_t n = sizeof e / sizeof *e;
  assert_int_equal(paths_make_unique(e, n), 0);
  const char *want[] = {"a.py", "a (3).py", "a (2).py", "a (4).py", "src (2)", "src/x", "noext", "noext (2)"};
  for (size_t i = 0; i < n; i++) {
    assert_string_equal(e[i].shown, want[i]);
    free(e[i].shown);
  }
}

static void ten_thousand_files_with_one_path_take_no_time(void **state) {
  (void)state; /* anyone in a room can make them with one small update */
  enum { COUNT = 10000 };
  static struct paths_entry e[COUNT];
  for (size_t i = 0; i < COUNT; i++) e[i] = (struct paths_entry){"", strdup("a.py")};
  clock_t before = clock();
  assert_int_equal(paths_make_unique(e, COUNT), 0);
  assert_true(clock() - before < 2 * CLOCKS_PER_SEC);
  assert_string_equal(e[0].shown, "a.py");
  assert_string_equal(e[COUNT - 1].shown, "a (10000).py");
  for (size_t i = 0; i < COUNT; i++) free(e[i].shown);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ordinary_paths_are_fine),
      cmocka_unit_test(unsafe_paths_are_refused_with_a_reason),
      cmocka_unit_test(what_others_made_is_made_safe),
      cmocka_unit_test(a_path_that_is_too_long_keeps_its_name),
      cmocka_unit_test(of_two_with_one_path_the_smaller_id_keeps_it),
      cmocka_unit_test(ten_thousand_files_with_one_path_take_no_time),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
