/* SPDX-License-Identifier: MIT */
/* What every store promises; run over each kind: contract sqlite, contract postgresql. */
#include <stdio.h>
#include <string.h>

#include "backends.h"

static struct fixture fixture;

static int open_fixture(void **state) {
  fixture_open(&fixture);
  *state = &fixture;
  return 0;
}

static int close_fixture(void **state) {
  (void)state;
  if (fixture.store) fixture_close(&fixture);
  fixture.limits = LIMITS_DEFAULT;
  return 0;
}

static void a_room_comes_back_as_it_was_created(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  assert_int_equal(create_room(f, f->room, "first"), 0);
  assert_int_equal(load_room(f, f->room, &got), 0);
  assert_string_equal(got.text, "first");
  assert_string_equal(got.name, "a room");
  assert_string_equal(got.language, "python");
  assert_string_equal(got.owner_name, "rahul");
  assert_string_equal(got.owner_mail, "rahul@example.org");
  assert_int_equal(got.created_at, 1000);
  assert_int_equal(got.updated_at, 1000);
}

static void an_id_is_given_once(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  assert_int_equal(create_room(f, f->room, "first"), 0);
  assert_int_equal(create_room(f, f->room, "second"), ERR_EXISTS);
  assert_int_equal(load_room(f, f->room, &got), 0);
  assert_string_equal(got.text, "first");
}

static void what_is_not_there_is_not_found(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  struct outcome o = {0};
  assert_int_equal(load_room(f, f->room, &got), ERR_NOT_FOUND);
  assert_int_equal(append_text(f, f->room, "x", NULL), ERR_NOT_FOUND);
  assert_int_equal(delete_room(f, f->room), ERR_NOT_FOUND);
  assert_int_equal(compact_room(f, f->room, NULL, 0, "s"), ERR_NOT_FOUND);
  assert_int_equal(f->store->ops->update_room(f->store, f->room, "n", NULL, 1, on_outcome, &o), 0);
  wait_for(f, &o);
  assert_int_equal(o.err, ERR_NOT_FOUND);
}

static void arguments_that_cannot_be_are_refused(void **state) {
  struct fixture *f = *state;
  struct outcome o = {0};
  struct store_room room = {"", "n", "l", "o", "m", 0, 0};
  assert_int_equal(f->store->ops->create_room(f->store, &room, (const uint8_t *)"x", 1, on_outcome, &o), ERR_INVALID);
  room.id = f->room;
  assert_int_equal(f->store->ops->create_room(f->store, &room, NULL, 0, on_outcome, &o), ERR_INVALID);
  assert_int_equal(start_append(f, f->room, "", &o), ERR_INVALID);
  run_for(f, 20);
  assert_int_equal(o.calls, 0);
}

static void append_order_is_load_order(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  struct outcome o[100] = {0};
  char text[8], expected[1024] = "first";
  assert_int_equal(create_room(f, f->room, "first"), 0);
  for (int i = 0; i < 100; i++) {
    snprintf(text, sizeof text, "%d", i);
    assert_int_equal(start_append(f, f->room, text, &o[i]), 0);
    strcat(strcat(expected, ","), text);
  }
  assert_int_equal(o[0].calls, 0);
  assert_int_equal(load_room(f, f->room, &got), 0); /* sees what was accepted before it */
  assert_string_equal(got.text, expected);
  assert_int_equal(got.updated_at, 2000);
  assert_int_equal(got.at[100], 2000);
  assert_string_equal(got.author, "ann");
  for (int i = 0; i < 100; i++) {
    assert_int_equal(o[i].calls, 1);
    assert_int_equal(o[i].err, 0);
    assert_int_equal(o[i].seq, got.seqs[i + 1]);
    assert_true(got.seqs[i + 1] > got.seqs[i]);
  }
}

struct order {
  int *next;
  int place;
};

static void on_ordered(void *ctx, int err, uint64_t seq) {
  struct order *o = ctx;
  (void)seq;
  assert_int_equal(err, 0);
  assert_int_equal(o->place, (*o->next)++);
}

static void completions_come_in_the_order_of_the_calls(void **state) {
  struct fixture *f = *state;
  struct order orders[50];
  int next = 0;
  struct blob *blob = blob_create("x", 1);
  assert_int_equal(create_room(f, f->room, "first"), 0);
  for (int i = 0; i < 50; i++) {
    orders[i] = (struct order){&next, i};
    assert_int_equal(f->store->ops->append(f->store, f->room, "", 1, blob, on_ordered, &orders[i]), 0);
    if (i % 7 == 0) run_for(f, 2);
  }
  blob_unref(blob);
  assert_int_equal(flush_store(f), 0);
  assert_int_equal(next, 50);
}

static void payloads_are_bytes_of_any_value_and_size(void **state) {
  struct fixture *f = *state;
  static uint8_t all[3000000];
  for (size_t i = 0; i < sizeof all; i++) all[i] = (uint8_t)(i * 7);
  struct outcome o = {0};
  struct blob *blob = blob_create(all, sizeof all);
  assert_int_equal(create_room(f, f->room, "first"), 0);
  assert_int_equal(f->store->ops->append(f->store, f->room, "J\xc3\xbcrgen \xf0\x9f\x90\x82", 5, blob, on_appended, &o),
                   0);
  assert_int_equal(blob->refs, 2);
  wait_for(f, &o);
  assert_int_equal(o.err, 0);
  assert_int_equal(blob->refs, 1);
  fixture_close(f);
  char room[ROOM_ID_SIZE];
  memcpy(room, f->room, sizeof room);
  fixture_open(f);
  assert_int_equal(compact_room(f, room, &o.seq, 1, "s"), 0);
  assert_int_equal(f->store->ops->append(f->store, room, "", 5, blob, on_appended, &(struct outcome){0}), 0);
  struct loaded_copy got;
  assert_int_equal(load_room(f, room, &got), 0);
  assert_int_equal(got.count, 2); /* the first row of the room and the new one */
  blob_unref(blob);
}

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

static int read_history(struct fixture *f, const char *room, struct store_span span, struct loaded_copy *out) {
  *out = (struct loaded_copy){0};
  int err = f->store->ops->history(f->store, room, &span, on_loaded_copy, out);
  assert_int_equal(err, 0);
  for (int i = 0; i < 3000 && out->calls == 0; i++) run_for(f, 5);
  assert_int_equal(out->calls, 1);
  return out->err;
}

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

/* Damage ------------------------------------------------------------------- */

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
  assert_non_null(strstr(got.damage, "1 of 2 rows of its log are missing"));
}

/* Thinning ----------------------------------------------------------------- */

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

struct listing {
  int calls, err;
  size_t count;
  char ids[8][STORE_ROOM_ID_MAX + 1];
};

static void on_listed(void *ctx, int err, const struct store_room *rooms, size_t count) {
  struct listing *l = ctx;
  l->calls++;
  l->err = err;
  l->count = count;
  for (size_t i = 0; i < count && i < 8; i++) snprintf(l->ids[i], sizeof l->ids[i], "%s", rooms[i].id);
}

static struct listing list_of(struct fixture *f, const char *mail, size_t max) {
  struct listing l = {0};
  assert_int_equal(f->store->ops->list(f->store, mail, max, on_listed, &l), 0);
  while (!l.calls) run_for(f, 1);
  assert_int_equal(l.err, 0);
  return l;
}

static void a_list_names_own_rooms_newest_first(void **state) {
  struct fixture *f = *state;
  char ids[3][STORE_ROOM_ID_MAX + 1], mail[80];
  snprintf(mail, sizeof mail, "%s@example.org", f->room);
  for (int i = 0; i < 3; i++) {
    snprintf(ids[i], sizeof ids[i], "%s-%d", f->room, i);
    struct store_room room = {ids[i], "n", "c", "o", mail, 1000 + (uint64_t)i, 1000 + (uint64_t)i};
    struct outcome o = {0};
    assert_int_equal(f->store->ops->create_room(f->store, &room, (const uint8_t *)"x", 1, on_outcome, &o), 0);
    wait_for(f, &o);
  }
  assert_int_equal(append_text(f, ids[0], "y", NULL), 0); /* at 2000: now the newest */
  struct listing l = list_of(f, mail, 10);
  assert_int_equal(l.count, 3);
  assert_string_equal(l.ids[0], ids[0]);
  assert_string_equal(l.ids[1], ids[2]);
  assert_string_equal(l.ids[2], ids[1]);
  assert_int_equal(list_of(f, mail, 2).count, 2);
  assert_int_equal(list_of(f, "nobody@example.org", 2).count, 0);
}

static void a_room_is_renamed_in_part(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  struct outcome o = {0}, p = {0};
  assert_int_equal(create_room(f, f->room, "a"), 0);
  assert_int_equal(f->store->ops->update_room(f->store, f->room, "new name", NULL, 3000, on_outcome, &o), 0);
  wait_for(f, &o);
  assert_int_equal(o.err, 0);
  assert_int_equal(f->store->ops->update_room(f->store, f->room, NULL, "rust", 2500, on_outcome, &p), 0);
  wait_for(f, &p);
  assert_int_equal(load_room(f, f->room, &got), 0);
  assert_string_equal(got.name, "new name");
  assert_string_equal(got.language, "rust");
  assert_int_equal(got.updated_at, 3000);
}

static void a_deleted_room_takes_its_rows_along_and_harms_no_other(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  struct outcome o[4] = {0}, gone = {0};
  char other[STORE_ROOM_ID_MAX + 1];
  snprintf(other, sizeof other, "%s-b", f->room);
  assert_int_equal(create_room(f, f->room, "a"), 0);
  assert_int_equal(create_room(f, other, "b"), 0);
  assert_int_equal(start_append(f, f->room, "a1", &o[0]), 0);
  assert_int_equal(f->store->ops->delete_room(f->store, f->room, on_outcome, &gone), 0);
  assert_int_equal(start_append(f, f->room, "a2", &o[1]), 0);
  assert_int_equal(start_append(f, other, "b1", &o[2]), 0);
  assert_int_equal(start_append(f, f->room, "a3", &o[3]), 0);
  assert_int_equal(flush_store(f), 0);
  assert_int_equal(o[0].err, 0);
  assert_int_equal(gone.err, 0);
  assert_int_equal(o[1].err, ERR_NOT_FOUND);
  assert_int_equal(o[2].err, 0);
  assert_int_equal(o[3].err, ERR_NOT_FOUND);
  assert_int_equal(load_room(f, f->room, &got), ERR_NOT_FOUND);
  assert_int_equal(load_room(f, other, &got), 0);
  assert_string_equal(got.text, "b,b1");
  assert_int_equal(create_room(f, f->room, "anew"), 0);
  assert_int_equal(load_room(f, f->room, &got), 0);
  assert_string_equal(got.text, "anew");
}

static void rooms_past_the_limit_are_refused(void **state) {
  struct fixture *f = *state;
  fixture_close(f);
  f->limits.rooms_max = 1;
  fixture_open(f);
  int err = create_room(f, f->room, "a"); /* the one, unless an earlier test left some */
  assert_true(err == 0 || err == ERR_FULL);
  char other[STORE_ROOM_ID_MAX + 1];
  snprintf(other, sizeof other, "%s-b", f->room);
  assert_int_equal(create_room(f, other, "b"), ERR_FULL);
}

static void flush_waits_for_every_append_before_it(void **state) {
  struct fixture *f = *state;
  struct outcome o = {0};
  assert_int_equal(flush_store(f), 0); /* nothing to do */
  assert_int_equal(create_room(f, f->room, "a"), 0);
  assert_int_equal(start_append(f, f->room, "b", &o), 0);
  assert_int_equal(flush_store(f), 0);
  assert_int_equal(o.calls, 1);
}

static void destroy_cancels_what_is_outstanding(void **state) {
  struct fixture *f = *state;
  struct outcome o[20] = {0}, flush = {0};
  struct loaded_copy got = {0};
  assert_int_equal(create_room(f, f->room, "a"), 0);
  for (int i = 0; i < 20; i++) assert_int_equal(start_append(f, f->room, "b", &o[i]), 0);
  assert_int_equal(f->store->ops->load(f->store, f->room, on_loaded_copy, &got), 0);
  assert_int_equal(f->store->ops->flush(f->store, on_outcome, &flush), 0);
  fixture_close(f);
  for (int i = 0; i < 20; i++) {
    assert_int_equal(o[i].calls, 1);
    assert_int_equal(o[i].err, ERR_CANCELLED);
  }
  assert_int_equal(got.calls, 1);
  assert_int_equal(got.err, ERR_CANCELLED);
  assert_int_equal(flush.err, ERR_CANCELLED);
}

static void past_the_backlog_limit_appends_are_refused(void **state) {
  struct fixture *f = *state;
  struct outcome o[300] = {0};
  static char big[1001];
  memset(big, 'x', 1000);
  assert_int_equal(create_room(f, f->room, "a"), 0);
  fixture_close(f);
  char room[ROOM_ID_SIZE];
  memcpy(room, f->room, sizeof room);
  f->limits.store_backlog_max_bytes = 100000;
  fixture_open(f);
  int accepted = 0, err = 0;
  while (!err && accepted < 300) {
    err = start_append(f, room, big, &o[accepted]);
    if (!err) accepted++;
  }
  assert_int_equal(err, ERR_FULL);
  assert_in_range(accepted, 50, 100);
  assert_in_range(status_of(f).backlog_bytes, 50000, 100000);
  assert_int_equal(flush_store(f), 0);
  assert_int_equal(status_of(f).backlog_bytes, 0);
  assert_int_equal(append_text(f, room, "fits", NULL), 0);
}

static void while_down_nothing_is_acknowledged_and_afterwards_all_is_there(void **state) {
  struct fixture *f = *state;
  struct outcome o[10] = {0};
  struct loaded_copy got;
  fixture_close(f);
  f->limits.store_timeout_ms = 1500;
  fixture_open(f);
  assert_int_equal(create_room(f, f->room, "0"), 0);
  assert_int_equal(ping_store(f), 0);
  assert_true(status_of(f).up);
  f->backend->down(f->dir);
  for (int i = 0; i < 5; i++) {
    assert_int_equal(start_append(f, f->room, "x", &o[i]), 0);
    run_for(f, 100);
  }
  wait_up(f, false);
  struct store_status s = status_of(f);
  assert_string_not_equal(s.reason, "");
  assert_true(s.backlog_bytes > 5);
  assert_int_equal(ping_store(f), ERR_UNAVAILABLE);
  assert_int_equal(load_room(f, f->room, &got), ERR_UNAVAILABLE); /* its rows are not written yet */
  for (int i = 5; i < 10; i++) assert_int_equal(start_append(f, f->room, "y", &o[i]), 0);
  for (int i = 0; i < 10; i++) assert_int_equal(o[i].calls, 0);
  f->backend->up(f->dir);
  assert_int_equal(flush_store(f), 0);
  for (int i = 0; i < 10; i++) {
    assert_int_equal(o[i].calls, 1);
    assert_int_equal(o[i].err, 0);
  }
  assert_true(status_of(f).up);
  assert_int_equal(ping_store(f), 0);
  assert_int_equal(load_room(f, f->room, &got), 0);
  assert_string_equal(got.text, "0,x,x,x,x,x,y,y,y,y,y");
  for (int i = 0; i < 10; i++) assert_int_equal(o[i].seq, got.seqs[i + 1]);
}

static void operations_that_wait_too_long_are_unavailable(void **state) {
  struct fixture *f = *state;
  fixture_close(f);
  f->limits.store_timeout_ms = 2000;
  fixture_open(f);
  assert_int_equal(create_room(f, f->room, "0"), 0);
  f->backend->down(f->dir);
  char other[STORE_ROOM_ID_MAX + 1];
  snprintf(other, sizeof other, "%s-b", f->room);
  assert_int_equal(create_room(f, other, "b"), ERR_UNAVAILABLE);
  assert_int_equal(delete_room(f, f->room), ERR_UNAVAILABLE);
  assert_int_equal(ping_store(f), ERR_UNAVAILABLE);
  f->backend->up(f->dir);
  assert_int_equal(flush_store(f), 0);
  for (int i = 0; i < 100 && ping_store(f) != 0; i++) run_for(f, 50);
  assert_int_equal(ping_store(f), 0);
  assert_int_equal(create_room(f, f->room, "again"), ERR_EXISTS); /* the delete that was given up never ran */
}

static void a_store_opened_again_has_everything(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  char room[ROOM_ID_SIZE];
  memcpy(room, f->room, sizeof room);
  assert_int_equal(create_room(f, room, "a"), 0);
  assert_int_equal(append_text(f, room, "b", NULL), 0);
  fixture_close(f);
  fixture_open(f);
  assert_int_equal(load_room(f, room, &got), 0);
  assert_string_equal(got.text, "a,b");
}

static void what_happened_is_counted(void **state) {
  struct fixture *f = *state;
  struct buf text = BUF_INIT;
  assert_int_equal(create_room(f, f->room, "a"), 0);
  assert_int_equal(append_text(f, f->room, "b", NULL), 0);
  assert_int_equal(metrics_render(f->metrics, &text), 0);
  assert_int_equal(buf_append_byte(&text, 0), 0);
  assert_non_null(strstr((char *)text.data, "yoke_store_up 1"));
  assert_non_null(strstr((char *)text.data, "yoke_store_commit_seconds_count "));
  assert_non_null(strstr((char *)text.data, "yoke_store_backlog_bytes 0"));
  assert_null(strstr((char *)text.data, "yoke_store_commit_rows_total 0\n"));
  assert_non_null(strstr((char *)text.data, "yoke_store_errors_total "));
  buf_deinit(&text);
}

#define TEST(name)                                                                                                     \
  { #name, name, open_fixture, close_fixture, NULL }

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      TEST(a_room_comes_back_as_it_was_created),
      TEST(an_id_is_given_once),
      TEST(what_is_not_there_is_not_found),
      TEST(arguments_that_cannot_be_are_refused),
      TEST(append_order_is_load_order),
      TEST(completions_come_in_the_order_of_the_calls),
      TEST(payloads_are_bytes_of_any_value_and_size),
      TEST(compaction_moves_exactly_the_named_rows),
      TEST(a_snapshot_that_is_not_named_stays),
      TEST(a_history_has_what_compaction_moved_away),
      TEST(heads_of_a_history_come_without_payloads),
      TEST(a_row_whose_bytes_changed_is_refused_by_its_number),
      TEST(a_row_whose_author_or_time_changed_is_refused),
      TEST(a_snapshot_that_changed_or_is_gone_is_refused),
      TEST(a_row_that_is_gone_is_missed),
      TEST(rows_of_the_history_become_one),
      TEST(a_history_is_read_in_pieces),
      TEST(compaction_leaves_rows_of_other_rooms),
      TEST(a_list_names_own_rooms_newest_first),
      TEST(a_room_is_renamed_in_part),
      TEST(a_deleted_room_takes_its_rows_along_and_harms_no_other),
      TEST(flush_waits_for_every_append_before_it),
      TEST(destroy_cancels_what_is_outstanding),
      TEST(past_the_backlog_limit_appends_are_refused),
      TEST(while_down_nothing_is_acknowledged_and_afterwards_all_is_there),
      TEST(operations_that_wait_too_long_are_unavailable),
      TEST(a_store_opened_again_has_everything),
      TEST(what_happened_is_counted),
      TEST(rooms_past_the_limit_are_refused),
  };
  const struct backend *backend = argc > 1 ? backend_find(argv[1]) : NULL;
  if (!backend) {
    fprintf(stderr, "usage: contract sqlite|postgresql\n");
    return 2;
  }
  fixture_init(&fixture, backend);
  int failed = cmocka_run_group_tests_name(backend->name, tests, NULL, NULL);
  fixture_deinit(&fixture);
  return failed;
}
