/* SPDX-License-Identifier: MIT */
/* Snapshots, and reading as of them. A snapshot in a request is its bytes in version 1; none: no bytes. */
#include "driver.h"

static int read_snapshot(struct request *r, yata_snapshot *s, bool *given) {
  yata_slice bytes = driver_bytes(r);
  *given = bytes.len > 0;
  return *given ? yata_snapshot_decode(s, bytes.data, bytes.len) : 0;
}

static int take(struct request *r, yata_doc *doc, yata_buf *out) {
  bool v2 = driver_u8(r) == 2;
  yata_snapshot s = YATA_SNAPSHOT_INIT;
  int err = yata_snapshot_take(&s, doc);
  if (err == 0) err = v2 ? yata_snapshot_encode_v2(&s, out) : yata_snapshot_encode(&s, out);
  yata_snapshot_deinit(&s);
  return err;
}

static int of_updates(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_slice updates[64];
  size_t n = driver_u32(r);
  yata_snapshot s = YATA_SNAPSHOT_INIT;
  (void)doc;
  for (size_t i = 0; i < n && i < 64; i++) updates[i] = driver_bytes(r);
  int err = yata_snapshot_of_updates(&s, updates, n < 64 ? n : 64);
  if (err == 0) err = yata_snapshot_encode(&s, out);
  yata_snapshot_deinit(&s);
  return err;
}

/* A snapshot in one version, written in the other. */
static int convert(struct request *r, yata_doc *doc, yata_buf *out) {
  bool v2 = driver_u8(r) == 2;
  yata_slice bytes = driver_bytes(r);
  yata_snapshot s = YATA_SNAPSHOT_INIT;
  (void)doc;
  int err = v2 ? yata_snapshot_decode_v2(&s, bytes.data, bytes.len) : yata_snapshot_decode(&s, bytes.data, bytes.len);
  if (err == 0) err = v2 ? yata_snapshot_encode(&s, out) : yata_snapshot_encode_v2(&s, out);
  yata_snapshot_deinit(&s);
  return err;
}

static int put_bool(yata_buf *out, bool yes) {
  uint8_t byte = yes;
  return driver_put(out, &byte, 1);
}

static int equal(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_snapshot a = YATA_SNAPSHOT_INIT, b = YATA_SNAPSHOT_INIT;
  bool given;
  (void)doc;
  int err = read_snapshot(r, &a, &given);
  if (err == 0) err = read_snapshot(r, &b, &given);
  if (err == 0) err = put_bool(out, yata_snapshot_equal(&a, &b));
  yata_snapshot_deinit(&a);
  yata_snapshot_deinit(&b);
  return err;
}

static int contains(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_snapshot s = YATA_SNAPSHOT_INIT;
  bool v2 = driver_u8(r) == 2, given, yes = false;
  (void)doc;
  int err = read_snapshot(r, &s, &given);
  yata_slice update = driver_bytes(r);
  if (err == 0)
    err = v2 ? yata_snapshot_contains_update_v2(&s, update.data, update.len, &yes)
             : yata_snapshot_contains_update(&s, update.data, update.len, &yes);
  if (err == 0) err = put_bool(out, yes);
  yata_snapshot_deinit(&s);
  return err;
}

/* The state of the restored document. */
static int restore_as(struct request *r, yata_doc *doc, yata_buf *out, bool v2) {
  yata_options o = {.client_id = 1, .keep_deleted = driver_u8(r)};
  yata_snapshot s = YATA_SNAPSHOT_INIT;
  yata_doc *made = NULL;
  bool given;
  int err = read_snapshot(r, &s, &given);
  if (err == 0) err = yata_snapshot_restore(doc, &s, &o, &made);
  if (err == 0) err = (v2 ? yata_encode_state_as_update_v2 : yata_encode_state_as_update)(made, NULL, 0, out);
  if (err == 0 && yata_doc_check(made) < 0) err = DRIVER_CHECK_FAILED;
  yata_doc_destroy(made);
  yata_snapshot_deinit(&s);
  return err;
}

static int restore(struct request *r, yata_doc *doc, yata_buf *out) {
  return restore_as(r, doc, out, false);
}

static int restore_v2(struct request *r, yata_doc *doc, yata_buf *out) {
  return restore_as(r, doc, out, true);
}

/* An attribute that names the client, so that its parts are one run, and the clock of its first. */
static const yata_any *by_client(void *user, enum yata_ychange change, yata_id id) {
  static yata_any_entry entries[3];
  static yata_any value;
  (void)user;
  entries[0] = (yata_any_entry){{(const uint8_t *)"user", 4}, yata_any_number((double)id.client)};
  entries[1] = (yata_any_entry){{(const uint8_t *)"type", 4},
                                yata_any_string(change == YATA_CHANGE_ADDED ? "added" : "removed")};
  entries[2] = (yata_any_entry){{(const uint8_t *)"clock", 5}, yata_any_number((double)id.clock)};
  value = (yata_any){.kind = YATA_ANY_OBJECT, .u.object = {entries, 3}};
  return &value;
}

static int delta(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r);
  yata_snapshot at = YATA_SNAPSHOT_INIT, before = YATA_SNAPSHOT_INIT;
  bool given[2] = {false, false};
  yata_text_view view = {.ychange = driver_u8(r) ? by_client : NULL};
  int err = read_snapshot(r, &at, &given[0]);
  if (err == 0) err = read_snapshot(r, &before, &given[1]);
  view.at = given[0] ? &at : NULL;
  view.before = given[1] ? &before : NULL;
  if (err == 0) err = yata_text_delta_at(doc, t, &view, out);
  yata_snapshot_deinit(&at);
  yata_snapshot_deinit(&before);
  return err;
}

static int text(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r);
  yata_snapshot s = YATA_SNAPSHOT_INIT;
  bool given;
  int err = read_snapshot(r, &s, &given);
  if (err == 0) err = yata_text_read_at(doc, t, &s, out);
  yata_snapshot_deinit(&s);
  return err;
}

/* ---- keys and values ---------------------------------------------------------------------- */

static int map(yata_doc *doc, yata_type t, const yata_snapshot *s, yata_buf *out) {
  uint32_t cursor = 0;
  yata_slice key;
  int err;
  driver_json(out, "{");
  while ((err = yata_map_next_at(doc, t, s, &cursor, &key)) == 0) {
    yata_value v;
    err = yata_map_get_at(doc, t, s, (const char *)key.data, key.len, &v);
    if (err < 0) return err;
    driver_json_string(out, key);
    driver_json(out, ":");
    driver_json_value(out, &v);
    driver_json(out, ",");
    yata_value_deinit(&v);
  }
  driver_json_close(out, "}");
  return err == YATA_ERR_NOT_FOUND ? 0 : err;
}

static int array(yata_doc *doc, yata_type t, const yata_snapshot *s, yata_buf *out) {
  yata_array_cursor cursor = {0};
  yata_value v;
  int err;
  driver_json(out, "[");
  while ((err = yata_array_next_at(doc, t, s, &cursor, &v)) == 0) {
    driver_json_value(out, &v);
    driver_json(out, ",");
    yata_value_deinit(&v);
  }
  driver_json_close(out, "]");
  return err == YATA_ERR_NOT_FOUND ? 0 : err;
}

/* A list ('a') or a map as JSON. */
static int content(struct request *r, yata_doc *doc, yata_buf *out) {
  bool list = driver_u8(r) == 'a';
  yata_type t = driver_type(r);
  yata_snapshot s = YATA_SNAPSHOT_INIT;
  bool given;
  int err = read_snapshot(r, &s, &given);
  if (err == 0) err = list ? array(doc, t, &s, out) : map(doc, t, &s, out);
  yata_snapshot_deinit(&s);
  return err;
}

const struct operation driver_snapshots[] = {
    {"snapshot", take, false},
    {"snapshot of updates", of_updates, true},
    {"snapshot convert", convert, true},
    {"snapshot equal", equal, true},
    {"snapshot contains", contains, true},
    {"snapshot restore", restore, false},
    {"snapshot restore2", restore_v2, false},
    {"snapshot delta", delta, false},
    {"snapshot text", text, false},
    {"snapshot content", content, false},
    {NULL, NULL, false},
};
