/* SPDX-License-Identifier: MIT */
/* Rows that move to the history, and rows of it that are put together. */
#include <stdio.h>
#include <string.h>

#include "contract.h"

static void compaction_moves_exactly_the_named_rows(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  struct outcome late = {0};
  assert_int_equal(create_room(f, f->room, "a"), 0);
  assert_int_equal(append_text(f, f->room, "b", NULL), 0);
  assert_int_equal(append_text(f, f->room, "c", NULL), 0);
  assert_int_equal(load_room(f, f->room, &got), 0);
  uint64_t named[2] = {got.seqs[0], got.seqs[2]};
  assert_int_equal(start_append(f, f->room, "d", &late), 0);
  assert_int_equal(compact_room(f, f->room, named, 2, "A+C"), 0);
  assert_int_equal(append_text(f, f->room, "e", NULL), 0);
  assert_int_equal(load_room(f, f->room, &got), 0);
  assert_string_equal(got.text, "A+C|b,d,e");
  assert_int_equal(compact_room(f, f->room, got.seqs, got.count, "ALL"), 0);
  assert_int_equal(load_room(f, f->room, &got), 0);
  assert_string_equal(got.text, "ALL|");
  assert_int_equal(compact_room(f, f->room, named, 2, "AGAIN"), 0); /* rows that are gone do no harm */
  assert_int_equal(load_room(f, f->room, &got), 0);
  assert_string_equal(got.text, "AGAIN|");
}

static void a_snapshot_that_is_not_named_stays(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  assert_int_equal(create_room(f, f->room, "a"), 0);
  assert_int_equal(load_room(f, f->room, &got), 0);
  assert_int_equal(compact_room(f, f->room, got.seqs, 1, "OURS"), 0);
  uint64_t ours = f->snapshot;
  f->snapshot = 0; /* as a server does that has not seen it */
  assert_int_equal(append_text(f, f->room, "b", NULL), 0);
  assert_int_equal(compact_room(f, f->room, got.seqs, 1, "THEIRS"), 0);
  assert_int_equal(load_room(f, f->room, &got), 0);
  assert_string_equal(got.text, "OURS,THEIRS|b");
  assert_int_equal(got.snapshots[0], ours);
  assert_int_equal(got.snapshots[1], f->snapshot);
  f->snapshot = ours;
  assert_int_equal(compact_room(f, f->room, got.seqs, got.count, "MORE"), 0);
  assert_int_equal(load_room(f, f->room, &got), 0);
  assert_string_equal(got.text, "THEIRS,MORE|");
}

static void compaction_leaves_rows_of_other_rooms(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  char other[STORE_ROOM_ID_MAX + 1];
  snprintf(other, sizeof other, "%s-b", f->room);
  assert_int_equal(create_room(f, f->room, "a"), 0);
  assert_int_equal(create_room(f, other, "b"), 0);
  assert_int_equal(load_room(f, other, &got), 0);
  assert_int_equal(compact_room(f, f->room, got.seqs, 1, "A"), 0);
  assert_int_equal(load_room(f, other, &got), 0);
  assert_string_equal(got.text, "b");
}

static int thin_room(struct fixture *f, const uint64_t *seqs, size_t count, const char *payload) {
  struct outcome o = {0};
  struct blob *blob = blob_create(payload, strlen(payload));
  const struct store_thin what = {
      .seqs = seqs, .count = count, .author = "ann", .from = 1000, .at = 2000, .updates = count, .payload = blob};
  assert_int_equal(f->store->ops->thin(f->store, f->room, &what, on_outcome, &o), 0);
  blob_unref(blob);
  wait_for(f, &o);
  return o.err;
}

static void rows_of_the_history_become_one(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  assert_int_equal(create_room(f, f->room, "first"), 0);
  for (int i = 0; i < 4; i++) assert_int_equal(append_text(f, f->room, "abcd", NULL), 0);
  assert_int_equal(load_room(f, f->room, &got), 0);
  uint64_t seqs[5];
  memcpy(seqs, got.seqs, sizeof seqs);
  assert_int_equal(thin_room(f, &seqs[1], 2, "no"), ERR_NOT_FOUND); /* still in the log */
  assert_int_equal(compact_room(f, f->room, seqs, 4, "SNAP"), 0);
  assert_int_equal(thin_room(f, &seqs[3], 2, "no"), ERR_NOT_FOUND); /* one of them is */
  assert_int_equal(thin_room(f, &seqs[1], 3, "MERGED"), 0);
  assert_int_equal(thin_room(f, &seqs[1], 3, "again"), ERR_NOT_FOUND);
  assert_int_equal(read_history(f, f->room, (struct store_span){0}, &got), 0);
  assert_string_equal(got.text, "first,MERGED,abcd");
  assert_int_equal(got.seqs[1], seqs[3]);
  assert_int_equal(got.from[1], 1000);
  assert_int_equal(got.updates[1], 3);
  assert_int_equal(got.updates[0], 1);
  assert_int_equal(got.history_rows, 2);
  assert_int_equal(got.history_bytes, strlen("first") + strlen("MERGED"));
  assert_int_equal(load_room(f, f->room, &got), 0);
  assert_string_equal(got.text, "SNAP|abcd");
}

static const struct CMUnitTest tests[] = {
    CONTRACT_TEST(compaction_moves_exactly_the_named_rows),
    CONTRACT_TEST(a_snapshot_that_is_not_named_stays),
    CONTRACT_TEST(compaction_leaves_rows_of_other_rooms),
    CONTRACT_TEST(rows_of_the_history_become_one),
};

const struct contract_part contract_compact = {tests, sizeof tests / sizeof *tests};
