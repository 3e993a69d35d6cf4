/* SPDX-License-Identifier: MIT */
/* A replica that is obviously right and slow: every unit is a record of its own in a linked list, integrated as Yjs'
 * Item.integrate says, and what cannot be integrated yet waits in a heap of operations that are tried again and
 * again. It shares no code with the library. No memory: it ends. */
#ifndef YATA_TEST_ORACLE_H
#define YATA_TEST_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ORACLE_CLIENTS 8
#define ORACLE_UNITS 8192 /* of one client */
#define ORACLE_LISTS 6
#define ORACLE_HEAP 65536

/* Clients by number: 0 has the lowest id. */
struct oracle_id {
  int client; /* -1: none */
  uint32_t clock;
};

enum oracle_kind { ORACLE_TEXT, ORACLE_ARRAY, ORACLE_KEY }; /* KEY: what one key of a map has held, newest last */

/* What travels: one unit made, or deleted. */
struct oracle_op {
  bool deletes;
  struct oracle_id id;
  int list;
  struct oracle_id origin, right; /* what it was made between */
  int value;
};

struct oracle_unit {
  struct oracle_op made;
  bool deleted;
  struct oracle_unit *prev, *next;
};

struct oracle {
  int client;
  enum oracle_kind kinds[ORACLE_LISTS];
  struct oracle_unit *first[ORACLE_LISTS];
  struct oracle_unit *units[ORACLE_CLIENTS][ORACLE_UNITS]; /* by clock */
  uint32_t state[ORACLE_CLIENTS];
  struct oracle_op waiting[ORACLE_HEAP];
  size_t n_waiting;
  struct oracle_op made[ORACLE_HEAP]; /* by this client */
  size_t n_made;
};

struct oracle *oracle_create(int client, const enum oracle_kind *kinds);
void oracle_destroy(struct oracle *o);

/* Local edits: what they do is appended to `made`. */

/** Insert at a position among what is visible. */
void oracle_insert(struct oracle *o, int list, uint32_t index, const int *values, uint32_t count);
void oracle_delete(struct oracle *o, int list, uint32_t index, uint32_t count);
/** Set, or delete, what a key holds. */
void oracle_set(struct oracle *o, int list, int value);
void oracle_unset(struct oracle *o, int list);

/** Take operations of another client, in any order, any number of times. */
void oracle_take(struct oracle *o, const struct oracle_op *ops, size_t count);

uint32_t oracle_length(const struct oracle *o, int list);
/** The visible unit at an index; NULL past the end. Of a key: index 0. */
const struct oracle_unit *oracle_at(const struct oracle *o, int list, uint32_t index);

#endif
