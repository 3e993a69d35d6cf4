/* SPDX-License-Identifier: MIT */
/* A history as it was, and what is damaged in it or missing. */
#include <stdio.h>
#include <string.h>

#include "contract.h"

static void a_history_has_what_compaction_moved_away(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got, all;
  assert_int_equal(create_room(f, f->room, "a"), 0);
  assert_int_equal(append_text(f, f->room, "b", NULL), 0);
  assert_int_equal(append_text(f, f->room, "c", NULL), 0);
  assert_int_equal(load_room(f, f->room, &got), 0);
  uint64_t named[2] = {got.seqs[0], got.seqs[2]};
  assert_int_equal(compact_room(f, f->room, named, 2, "A+C"), 0);
  assert_int_equal(append_text(f, f->room, "d", NULL), 0);
  assert_int_equal(read_history(f, f->room, (struct store_span){0}, &all), 0);
  assert_string_equal(all.text, "a,b,c,d");
  assert_string_equal(all.name, "a room");
  assert_string_equal(all.author, "ann");
  for (size_t i = 0; i < 3; i++) assert_int_equal(all.seqs[i], got.seqs[i]);
  assert_int_equal(all.at[1], 2000);
  assert_int_equal(read_history(f, f->room, (struct store_span){.upto = all.seqs[1]}, &got), 0);
  assert_string_equal(got.text, "a,b");
  assert_int_equal(read_history(f, f->room, (struct store_span){.after = all.seqs[1], .upto = all.seqs[2]}, &got), 0);
  assert_string_equal(got.text, "c");
  assert_int_equal(read_history(f, f->room, (struct store_span){.after = UINT64_MAX, .upto = UINT64_MAX}, &got), 0);
  assert_int_equal(got.count, 0);
  assert_int_equal(read_history(f, "never-made-room-0001", (struct store_span){0}, &got), ERR_NOT_FOUND);
}

static void on_heads(void *ctx, int err, const struct store_loaded *loaded) {
  struct outcome *o = ctx;
  o->calls++;
  o->err = err;
  assert_int_equal(loaded->row_count, 2);
  assert_null(loaded->rows[0].data);
  assert_int_equal(loaded->rows[1].len, 6);
  assert_string_equal(loaded->rows[1].author, "ann");
  o->seq = loaded->rows[1].seq;
}

static void heads_of_a_history_come_without_payloads(void **state) {
  struct fixture *f = *state;
  struct outcome o = {0};
  uint64_t seq = 0;
  const struct store_span span = {.heads_only = true};
  assert_int_equal(create_room(f, f->room, "a"), 0);
  assert_int_equal(append_text(f, f->room, "second", &seq), 0);
  assert_int_equal(f->store->ops->history(f->store, f->room, &span, on_heads, &o), 0);
  wait_for(f, &o);
  assert_int_equal(o.seq, seq);
}

/** A room with a snapshot, one row in the history and two in the log; their seqs. */
static void make_grown_room(struct fixture *f, uint64_t seqs[3]) {
  struct loaded_copy got;
  assert_int_equal(create_room(f, f->room, "first"), 0);
  assert_int_equal(append_text(f, f->room, "second", NULL), 0);
  assert_int_equal(append_text(f, f->room, "third", NULL), 0);
  assert_int_equal(load_room(f, f->room, &got), 0);
  memcpy(seqs, got.seqs, 3 * sizeof *seqs);
  assert_int_equal(compact_room(f, f->room, seqs, 1, "SNAP"), 0);
}

static void a_history_is_read_in_pieces(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  uint64_t seqs[3];
  make_grown_room(f, seqs);
  assert_int_equal(read_history(f, f->room, (struct store_span){.max_rows = 2}, &got), 0);
  assert_string_equal(got.text, "first,second");
  assert_int_equal(read_history(f, f->room, (struct store_span){.after = got.seqs[1], .max_rows = 2}, &got), 0);
  assert_string_equal(got.text, "third");
  assert_int_equal(read_history(f, f->room, (struct store_span){.max_bytes = 5}, &got), 0);
  assert_string_equal(got.text, "first");
  assert_int_equal(read_history(f, f->room, (struct store_span){.max_bytes = 6}, &got), 0);
  assert_string_equal(got.text, "first,second");
  assert_int_equal(read_history(f, f->room, (struct store_span){.after = seqs[2], .max_rows = 2}, &got), 0);
  assert_int_equal(got.count, 0);
}

static void sql(struct fixture *f, const char *format, const char *room, uint64_t seq) {
  char text[256];
  snprintf(text, sizeof text, format, room, (unsigned long long)seq);
  assert_int_equal(f->backend->sql(f->dir, text), 0);
}

static void a_row_whose_bytes_changed_is_refused_by_its_number(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  uint64_t seqs[3];
  make_grown_room(f, seqs);
  sql(f, "UPDATE room_updates SET payload = (SELECT payload FROM room_snapshots WHERE room_id = '%s') WHERE seq = %llu",
      f->room, seqs[2]);
  assert_int_equal(load_room(f, f->room, &got), ERR_CORRUPT);
  assert_int_equal(got.damaged_seq, seqs[2]);
  assert_non_null(strstr(got.damage, "checksum"));
  assert_int_equal(read_history(f, f->room, (struct store_span){0}, &got), ERR_CORRUPT);
  assert_int_equal(got.damaged_seq, seqs[2]);
  assert_int_equal(read_history(f, f->room, (struct store_span){.upto = seqs[1]}, &got), 0); /* what is whole is read */
}

static void a_row_whose_author_or_time_changed_is_refused(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  uint64_t seqs[3];
  make_grown_room(f, seqs);
  sql(f, "UPDATE room_updates SET author = 'eve' WHERE room_id = '%s' AND seq = %llu", f->room, seqs[1]);
  assert_int_equal(load_room(f, f->room, &got), ERR_CORRUPT);
  sql(f, "UPDATE room_updates SET author = 'ann' WHERE room_id = '%s' AND seq = %llu", f->room, seqs[1]);
  assert_int_equal(load_room(f, f->room, &got), 0);
  sql(f, "UPDATE room_updates SET at = at + 1 WHERE room_id = '%s' AND seq = %llu", f->room, seqs[1]);
  assert_int_equal(load_room(f, f->room, &got), ERR_CORRUPT);
}

static void a_snapshot_that_changed_or_is_gone_is_refused(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  uint64_t seqs[3];
  make_grown_room(f, seqs);
  sql(f, "UPDATE room_snapshots SET payload = (SELECT payload FROM room_updates WHERE room_id = '%s' AND seq = %llu)",
      f->room, seqs[2]);
  assert_int_equal(load_room(f, f->room, &got), ERR_CORRUPT);
  assert_int_equal(got.damaged_seq, 0);
  assert_non_null(strstr(got.damage, "snapshot is damaged"));
  sql(f, "DELETE FROM room_snapshots WHERE room_id = '%s' AND 0 <= %llu", f->room, 0);
  assert_int_equal(load_room(f, f->room, &got), ERR_CORRUPT);
  assert_non_null(strstr(got.damage, "snapshot is missing"));
}

static void a_row_that_is_gone_is_missed(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  uint64_t seqs[3];
  make_grown_room(f, seqs);
  sql(f, "DELETE FROM room_updates WHERE room_id = '%s' AND seq = %llu", f->room, seqs[2]); /* the last one, even */
  assert_int_equal(load_room(f, f->room, &got), ERR_CORRUPT);
  assert_non_null(strstr(got.damage, "1 of 2 rows of its log is missing"));
}

static const struct CMUnitTest tests[] = {
    CONTRACT_TEST(a_history_has_what_compaction_moved_away),
    CONTRACT_TEST(heads_of_a_history_come_without_payloads),
    CONTRACT_TEST(a_history_is_read_in_pieces),
    CONTRACT_TEST(a_row_whose_bytes_changed_is_refused_by_its_number),
    CONTRACT_TEST(a_row_whose_author_or_time_changed_is_refused),
    CONTRACT_TEST(a_snapshot_that_changed_or_is_gone_is_refused),
    CONTRACT_TEST(a_row_that_is_gone_is_missed),
};

const struct contract_part contract_history = {tests, sizeof tests / sizeof *tests};
