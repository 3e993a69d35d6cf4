/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_ROOM_FAKE_STORE_H
#define YOKE_TEST_ROOM_FAKE_STORE_H

#include "port/store.h"

/*
 * A store whose commits a test decides on: calls wait in a queue until
 * fake_store_run() answers them. One room at a time is enough for the tests.
 */
struct fake_call;

struct fake_store {
  struct store store; /* first */
  struct fake_call *head, **tail;
  struct blob *rows[256]; /* committed, by seq; NULL: compacted or failed */
  size_t row_count;       /* seqs given out so far */
  struct blob *snapshot;
  char id[STORE_ROOM_ID_MAX + 1], name[64], language[64], mail[64];
  bool exists;
  int fail_append;   /* answer this error to the next append */
  int refuse_append; /* return this error from the next append, starting nothing */
  int fail_load;
  int fail_history; /* answer this error */
  size_t histories; /* how often it was asked for */
  size_t compactions;
};

void fake_store_init(struct fake_store *s);
void fake_store_deinit(struct fake_store *s);
/** Answer everything that waits; returns how many. */
size_t fake_store_run(struct fake_store *s);

#endif
