/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_BASE_FAILING_ALLOC_H
#define YOKE_TEST_BASE_FAILING_ALLOC_H

/* For one file of a test that is linked with -Wl,--wrap of these functions: the nth allocation fails. */

#include "base/support.h"

static size_t allocations_left = SIZE_MAX; /* until one fails */
static bool allocation_failed;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t most);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t most);

static bool fails_now(void) {
  if (allocations_left == SIZE_MAX || --allocations_left > 0) return false;
  allocations_left = SIZE_MAX;
  allocation_failed = true;
  return true;
}

void *__wrap_malloc(size_t size) {
  return fails_now() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
  return fails_now() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size) {
  return fails_now() ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *text) {
  return fails_now() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t most) {
  return fails_now() ? NULL : __real_strndup(text, most);
}

/* Run @scenario with the 1st, 2nd ... allocation failing, until none does. It
 * returns an error code, which must tell; leaks are the sanitizer's to find. */
static void fail_each_allocation(int (*scenario)(void)) {
  for (size_t nth = 1;; nth++) {
    allocations_left = nth;
    allocation_failed = false;
    int err = scenario();
    allocations_left = SIZE_MAX;
    if (!allocation_failed) {
      assert_int_equal(err, 0);
      assert_true(nth > 1);
      return;
    }
    assert_int_equal(err, ERR_NOMEM);
  }
}

#endif
