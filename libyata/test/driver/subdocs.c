/* SPDX-License-Identifier: MIT */
/* Sub-documents. */
#include "driver.h"

static int make(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r);
  bool in_map = driver_u8(r) == 'm';
  yata_slice key = in_map ? driver_bytes(r) : (yata_slice){NULL, 0};
  uint32_t index = in_map ? 0 : driver_u32(r);
  yata_any meta;
  yata_id id;
  yata_subdoc_options o = {.guid = driver_name(r)};
  uint8_t flags = driver_u8(r);
  (void)out;
  o.keep_deleted = flags & 1;
  o.auto_load = flags & 2;
  o.defer = flags & 4;
  meta = driver_any(r);
  if (meta.kind != YATA_ANY_UNDEFINED) o.meta = &meta;
  return in_map ? yata_map_set_subdoc(doc, t, (const char *)key.data, key.len, &o, &id)
                : yata_array_insert_subdoc(doc, t, index, &o, &id);
}

static int put_flags(const yata_subdoc *s, yata_buf *out) {
  int err = driver_put_slice(out, s->guid);
  uint8_t flags = (uint8_t)((s->gc ? 0 : 1) | (s->auto_load ? 2 : 0) | (s->should_load ? 0 : 4));
  return err < 0 ? err : driver_put(out, &flags, 1);
}

/* Of each its guid and a byte of flags. */
static int list(struct request *r, yata_doc *doc, yata_buf *out) {
  uint32_t cursor = 0;
  yata_id id;
  (void)r;
  while (yata_subdoc_next(doc, &cursor, &id) == 0) {
    yata_subdoc s;
    int err = yata_subdoc_get(doc, id, &s);
    if (err == 0) err = put_flags(&s, out);
    yata_value_deinit(&s.options);
    if (err < 0) return err;
  }
  return 0;
}

static int change(struct request *r, yata_doc *doc, yata_buf *out) {
  bool load = driver_u8(r) == 'l';
  uint32_t n = driver_u32(r), cursor = 0;
  yata_id id;
  int err = 0;
  (void)out;
  for (uint32_t i = 0; i <= n && err == 0; i++) err = yata_subdoc_next(doc, &cursor, &id);
  return err < 0 ? err : load ? yata_subdoc_load(doc, id) : yata_subdoc_unload(doc, id);
}

/* What happened to all documents, since it was asked for: of each change a letter and a guid. */
static yata_buf happened;

static void on_txn(void *user, const yata_txn_event *txn) {
  static const char letters[] = "alru";
  uint32_t cursor = 0;
  yata_subdoc_change c;
  (void)user;
  while (yata_txn_next_subdoc(txn, &cursor, &c) == 0) {
    int err = driver_put(&happened, &letters[c.kind], 1);
    if (err == 0) err = driver_put_slice(&happened, c.guid);
    if (err < 0) exit(3);
  }
}

static int watch(struct request *r, yata_doc *doc, yata_buf *out) {
  (void)r;
  (void)out;
  return yata_observe_txn(doc, on_txn, NULL, NULL);
}

static int changes(struct request *r, yata_doc *doc, yata_buf *out) {
  (void)r;
  (void)doc;
  int err = driver_put(out, happened.data, happened.len);
  free(happened.data);
  happened = (yata_buf)YATA_BUF_INIT;
  return err;
}

const struct operation driver_subdocs[] = {
    {"make subdoc", make, false},    {"subdocs", list, false},           {"change subdoc", change, false},
    {"watch subdocs", watch, false}, {"subdoc changes", changes, false}, {NULL, NULL, false},
};
