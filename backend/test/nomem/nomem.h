/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_NOMEM_NOMEM_H
#define YOKE_TEST_NOMEM_NOMEM_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Allocations that fail on demand, for a program linked with -Wl,--wrap of
 * malloc, calloc, realloc, reallocarray, strdup and strndup: those of our own
 * code, on all its threads, but not those inside of other libraries. They are
 * counted and fail only while a call into the server is under way: SERVER().
 */

void nomem_start(uint64_t nth); /* the nth counted one fails; 0: none does */
bool nomem_failed(void);        /* it did, since nomem_start() */
uint64_t nomem_count(void);     /* so many were counted since */

void nomem_enter(void);
void nomem_leave(void);

#define SERVER(call)                                                                                                   \
  do {                                                                                                                 \
    nomem_enter();                                                                                                     \
    call;                                                                                                              \
    nomem_leave();                                                                                                     \
  } while (0)

#endif
