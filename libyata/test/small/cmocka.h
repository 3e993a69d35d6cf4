/* SPDX-License-Identifier: MIT */
/* What the tests use of cmocka, for where it is not installed: 32-bit programs on a 64-bit machine,
 * and other compilers. A check that fails ends its test; the results are TAP. */
#ifndef YATA_SMALL_CMOCKA_H
#define YATA_SMALL_CMOCKA_H

#include <inttypes.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct CMUnitTest {
  const char *name;
  void (*test)(void **state);
  int (*setup)(void **state);
  int (*teardown)(void **state);
};

static jmp_buf small_end;
static bool small_skipped;

static inline _Noreturn void small_fail(const char *file, int line, const char *what) {
  fprintf(stderr, "%s:%d: %s\n", file, line, what);
  fflush(stderr);
  longjmp(small_end, 1);
}

static inline void small_equal(const char *file, int line, const char *what, bool equal, intmax_t a, intmax_t b) {
  if (equal) return;
  fprintf(stderr, "%s:%d: %" PRIdMAX " and %" PRIdMAX "\n", file, line, a, b);
  small_fail(file, line, what);
}

static inline _Noreturn void small_skip(void) {
  small_skipped = true;
  longjmp(small_end, 1);
}

#define small_check(cond, what) ((cond) ? (void)0 : small_fail(__FILE__, __LINE__, what))
#define small_ints(a, b, wanted)                                                                                       \
  do {                                                                                                                 \
    intmax_t small_a = (intmax_t)(a), small_b = (intmax_t)(b);                                                         \
    small_equal(__FILE__, __LINE__, "(" #a ") against (" #b ")", (small_a == small_b) == (wanted), small_a, small_b);  \
  } while (0)

#define assert_true(cond) small_check(cond, #cond)
#define assert_false(cond) small_check(!(cond), "not " #cond)
#define assert_null(p) small_check((p) == NULL, #p " is not NULL")
#define assert_non_null(p) small_check((p) != NULL, #p " is NULL")
#define assert_ptr_equal(a, b) small_check((const void *)(a) == (const void *)(b), #a " is not " #b)
#define assert_int_equal(a, b) small_ints(a, b, true)
#define assert_int_not_equal(a, b) small_ints(a, b, false)
#define assert_in_range(n, low, high) small_check((n) >= (low) && (n) <= (high), #n " is out of range")
#define assert_memory_equal(a, b, size) small_check(memcmp(a, b, size) == 0, #a " differs from " #b)
#define assert_memory_not_equal(a, b, size) small_check(memcmp(a, b, size) != 0, #a " is " #b)
#define assert_string_equal(a, b) small_check(strcmp(a, b) == 0, #a " differs from " #b)
#define assert_string_not_equal(a, b) small_check(strcmp(a, b) != 0, #a " is " #b)
#define fail() small_fail(__FILE__, __LINE__, "fail()")
#define fail_msg(...)                                                                                                  \
  do {                                                                                                                 \
    fprintf(stderr, __VA_ARGS__);                                                                                      \
    small_fail(__FILE__, __LINE__, "");                                                                                \
  } while (0)
#define skip() small_skip()
#define print_message(...) (void)printf(__VA_ARGS__)
#define print_error(...) (void)fprintf(stderr, __VA_ARGS__)

enum small_output { CM_OUTPUT_TAP };
#define cmocka_set_message_output(output) ((void)(output))

#define cmocka_unit_test(f)                                                                                            \
  { #f, f, NULL, NULL }
#define cmocka_unit_test_setup(f, setup)                                                                               \
  { #f, f, setup, NULL }
#define cmocka_unit_test_teardown(f, teardown)                                                                         \
  { #f, f, NULL, teardown }
#define cmocka_unit_test_setup_teardown(f, setup, teardown)                                                            \
  { #f, f, setup, teardown }
#define cmocka_run_group_tests(tests, setup, teardown)                                                                 \
  small_run(tests, sizeof(tests) / sizeof((tests)[0]), setup, teardown)

static inline bool small_run_one(const struct CMUnitTest *test, void *state) {
  volatile bool passed = false; /* set between setjmp and longjmp */
  small_skipped = false;
  if (setjmp(small_end) == 0) {
    if (test->setup == NULL || test->setup(&state) == 0) {
      test->test(&state);
      passed = true;
    }
  }
  if (test->teardown != NULL && test->teardown(&state) != 0) passed = false;
  return passed || small_skipped;
}

static inline int small_run(const struct CMUnitTest *tests, size_t count, int (*setup)(void **),
                            int (*teardown)(void **)) {
  void *state = NULL;
  int failed = setup != NULL && setup(&state) != 0;
  printf("1..%zu\n", count);
  for (size_t i = 0; i < count; i++) {
    bool ok = failed == 0 || setup == NULL ? small_run_one(&tests[i], state) : false;
    failed += !ok;
    printf("%s %zu - %s%s\n", ok ? "ok" : "not ok", i + 1, tests[i].name, small_skipped ? " # SKIP" : "");
    fflush(stdout);
  }
  if (teardown != NULL && teardown(&state) != 0) failed++;
  return failed;
}

#endif
