/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "nomem.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static atomic_bool entered;
static atomic_int part_now;
static atomic_uint_fast64_t counts[PART_COUNT], failed_now[PART_COUNT], failures[PART_COUNT];

/* What is to fail: set before the life begins. */
static enum nomem_part target;
static uint64_t target_nth;
static atomic_uint_fast64_t left; /* of the spell, once it began */
static atomic_bool began;

uint64_t checks_failed;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_reallocarray(void *old, size_t n, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t most);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_reallocarray(void *old, size_t n, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t most);

const char *nomem_part_name(enum nomem_part part) {
  static const char *const names[PART_COUNT] = {"start",   "connect", "upgrade", "sync", "edit", "save",  "rest",
                                                "compact", "history", "unload",  "load", "stop", "backup"};
  return names[part];
}

void nomem_start(enum nomem_part part, uint64_t nth, uint64_t spell) {
  target = part;
  target_nth = nth;
  left = nth ? spell : 0;
  began = false;
  part_now = PART_START;
  for (int i = 0; i < PART_COUNT; i++) counts[i] = failed_now[i] = 0;
}

void nomem_part(enum nomem_part part) {
  part_now = part;
}

void nomem_end(void) {
  left = 0;
  part_now = PART_COUNT;
}

bool nomem_failed_in(enum nomem_part part) {
  return failed_now[part] > 0;
}

bool nomem_failed(void) {
  return began;
}

bool nomem_over(void) {
  return left == 0;
}

uint64_t nomem_count(enum nomem_part part) {
  return counts[part];
}

uint64_t nomem_failures(enum nomem_part part) {
  return failures[part];
}

void nomem_enter(void) {
  entered = true;
}

void nomem_leave(void) {
  entered = false;
}

static bool fails(void) {
  int part = part_now;
  if (!entered || part == PART_COUNT) return false;
  uint64_t nth = atomic_fetch_add(&counts[part], 1) + 1;
  if (!left) return false;
  if (part == (int)target && nth == target_nth) began = true;
  if (!began) return false;
  left--;
  atomic_fetch_add(&failures[part], 1);
  atomic_fetch_add(&failed_now[part], 1);
  return true;
}

void *__wrap_malloc(size_t size) {
  return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size) {
  return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size) {
  return fails() ? NULL : __real_realloc(old, size);
}

void *__wrap_reallocarray(void *old, size_t n, size_t size) {
  return fails() ? NULL : __real_reallocarray(old, n, size);
}

char *__wrap_strdup(const char *text) {
  return fails() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t most) {
  return fails() ? NULL : __real_strndup(text, most);
}

void check_that(bool ok, const char *file, int line, const char *format, ...) {
  if (ok) return;
  va_list args;
  va_start(args, format);
  const char *slash = strrchr(file, '/');
  printf("# %s:%d: ", slash ? slash + 1 : file, line);
  vprintf(format, args);
  printf("\n");
  va_end(args);
  checks_failed++;
}
