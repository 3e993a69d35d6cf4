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

/** What the life under test is doing: each failure belongs to one of these. */
enum nomem_part {
  PART_START,   /* the server, its store and its port are opened; for PostgreSQL connections and tables, too */
  PART_CONNECT, /* a connection is accepted and a request read */
  PART_UPGRADE, /* a request becomes a WebSocket in a room */
  PART_SYNC,
  PART_EDIT,
  PART_SAVE,
  PART_REST, /* rooms and files over the API */
  PART_COMPACT,
  PART_HISTORY,
  PART_UNLOAD,
  PART_LOAD,
  PART_STOP,
  PART_BACKUP, /* made, and restored */
  PART_COUNT
};

const char *nomem_part_name(enum nomem_part part);

/** The nth allocation counted in @part fails and the @spell - 1 after it; nth 0: none does. The part is PART_START. */
void nomem_start(enum nomem_part part, uint64_t nth, uint64_t spell);
void nomem_part(enum nomem_part part); /* from here on */
void nomem_end(void);                  /* none fails or is counted any more; what was counted stays */

bool nomem_failed(void);                       /* at least one did, since nomem_start() */
bool nomem_failed_in(enum nomem_part part);    /* and then */
bool nomem_over(void);                         /* none fails at the moment: those that were to fail did */
uint64_t nomem_count(enum nomem_part part);    /* so many were counted in it since */
uint64_t nomem_failures(enum nomem_part part); /* since the program started */

void nomem_enter(void);
void nomem_leave(void);

#define SERVER(call)                                                                                                   \
  do {                                                                                                                 \
    nomem_enter();                                                                                                     \
    call;                                                                                                              \
    nomem_leave();                                                                                                     \
  } while (0)

/** A check that prints what broke. */
#define CHECK(ok, ...) check_that(ok, __FILE__, __LINE__, __VA_ARGS__)
void check_that(bool ok, const char *file, int line, const char *format, ...) __attribute__((format(printf, 4, 5)));
extern uint64_t checks_failed;

#endif
