/* SPDX-License-Identifier: MIT */
/* Snapshots; reading and restoring as of them. */
#include "every.h"

static yata_snapshot empty(struct world *w) {
  return (yata_snapshot){{.alloc = &w->alloc}, {.alloc = &w->alloc}};
}

static int take(struct world *w) {
  yata_snapshot s = empty(w), again = empty(w);
  yata_slice update = {w->state.data, w->state.len};
  int err = yata_snapshot_take(&s, w->doc);
  THEN(yata_snapshot_of_updates(&again, &update, 1));
  if (err == 0) assert_true(yata_snapshot_equal(&s, &again));
  if (err == 0) assert_false(yata_snapshot_equal(&s, &w->snapshot));
  yata_snapshot_deinit(&s);
  yata_snapshot_deinit(&again);
  return err;
}

static int write(struct world *w) {
  yata_snapshot s = empty(w);
  int err = yata_snapshot_encode(&w->snapshot, &w->out);
  THEN(yata_snapshot_decode(&s, w->out.data, w->out.len));
  yata_buf_clear(&w->out);
  THEN(yata_snapshot_encode_v2(&w->snapshot, &w->out));
  THEN(yata_snapshot_decode_v2(&s, w->out.data, w->out.len));
  yata_buf_clear(&w->out);
  if (err == 0) assert_true(yata_snapshot_equal(&s, &w->snapshot));
  yata_snapshot_deinit(&s);
  return err;
}

static int contains(struct world *w) {
  yata_snapshot s = empty(w);
  bool yes = true;
  int err = yata_snapshot_contains_update(&w->snapshot, w->state.data, w->state.len, &yes);
  if (err == 0) assert_false(yes);
  THEN(yata_snapshot_take(&s, w->doc));
  THEN(yata_snapshot_contains_update_v2(&s, w->state_v2.data, w->state_v2.len, &yes));
  if (err == 0) assert_true(yes);
  yata_snapshot_deinit(&s);
  return err;
}

static int restore(struct world *w) {
  yata_options o = {.client_id = 3, .alloc = &w->alloc};
  yata_doc *then = NULL;
  int err = yata_snapshot_restore(w->doc, &w->snapshot, &o, &then);
  if (err < 0) assert_null(then);
  if (err == 0) assert_ok(yata_doc_check(then));
  yata_doc_destroy(then);
  return err;
}

static int texts(struct world *w) {
  int err = yata_text_read_at(w->doc, w->text, &w->snapshot, &w->out);
  if (err < 0) assert_int_equal(w->out.len, 0);
  yata_buf_clear(&w->out);
  return err;
}

static const yata_any *by_nobody(void *user, enum yata_ychange change, yata_id id) {
  static const yata_any value = {.kind = YATA_ANY_OBJECT};
  (void)user;
  assert_true(change != YATA_CHANGE_NONE && id.client == 77);
  return &value;
}

static int changes(struct world *w) {
  yata_text_view view = {.at = NULL, .before = &w->snapshot, .ychange = by_nobody};
  yata_snapshot now = empty(w);
  yata_text_cursor cursor = {0};
  yata_text_run run;
  int err = yata_snapshot_take(&now, w->doc), got = 0;
  view.at = &now;
  while (err == 0 && (got = yata_text_next_at(w->doc, w->text, &view, &cursor, &run)) == 0) {
  }
  yata_text_cursor_deinit(w->doc, &cursor);
  if (err == 0 && got != YATA_ERR_NOT_FOUND) err = got;
  view.ychange = NULL;
  THEN(yata_text_delta_at(w->doc, w->text, &view, &w->out));
  yata_buf_clear(&w->out);
  yata_snapshot_deinit(&now);
  return err;
}

static int values(struct world *w) {
  yata_array_cursor at = {0};
  yata_value v = {0}, element = {0};
  yata_slice key;
  uint32_t cursor = 0;
  int err = yata_map_next_at(w->doc, w->map, &w->snapshot, &cursor, &key);
  THEN(yata_map_get_at(w->doc, w->map, &w->snapshot, (const char *)key.data, key.len, &v));
  THEN(yata_array_next_at(w->doc, w->array, &w->snapshot, &at, &element));
  yata_value_deinit(&v);
  yata_value_deinit(&element);
  return err;
}

const struct scenario every_snapshot[] = {
    {"take snapshots", take}, {"write snapshots", write}, {"contained updates", contains}, {"restore", restore},
    {"text then", texts},     {"changes since", changes}, {"values then", values},         {NULL, NULL},
};
