/* SPDX-License-Identifier: MIT */
/* Relative positions; who wrote what, and where it is. */
#include "driver.h"

/* The bytes of a position that was given as bytes ('b') or as JSON ('j'). */
static int read_position(struct request *r, yata_relpos *pos) {
  bool json = driver_u8(r) == 'j';
  yata_slice s = driver_bytes(r);
  return json ? yata_relpos_from_json(pos, (const char *)s.data, s.len) : yata_relpos_decode(pos, s.data, s.len);
}

/* As bytes and as JSON. */
static int put_position(const yata_relpos *pos, yata_buf *out) {
  yata_buf bytes = YATA_BUF_INIT;
  int err = yata_relpos_encode(pos, &bytes);
  if (err == 0) err = driver_put_slice(out, (yata_slice){bytes.data, bytes.len});
  yata_buf_clear(&bytes);
  if (err == 0) err = yata_relpos_to_json(pos, &bytes);
  if (err == 0) err = driver_put_slice(out, (yata_slice){bytes.data, bytes.len});
  yata_buf_deinit(&bytes);
  return err;
}

static int create(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r);
  uint32_t index = driver_u32(r);
  int64_t assoc = (int64_t)driver_u64(r);
  yata_relpos pos = YATA_RELPOS_INIT;
  int err = yata_relpos_create(doc, t, index, assoc, &pos);
  if (err == 0) err = put_position(&pos, out);
  yata_relpos_deinit(&pos);
  return err;
}

static int reread(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_relpos pos = YATA_RELPOS_INIT;
  (void)doc;
  int err = read_position(r, &pos);
  if (err == 0) err = put_position(&pos, out);
  yata_relpos_deinit(&pos);
  return err;
}

static int resolve(struct request *r, yata_doc *doc, yata_buf *out) {
  bool follow = driver_u8(r);
  yata_relpos pos = YATA_RELPOS_INIT;
  yata_type t;
  uint32_t index;
  int err = read_position(r, &pos);
  if (err == 0) err = yata_relpos_resolve(doc, &pos, follow, &t, &index);
  if (err == 0) err = driver_put_type(out, t);
  if (err == 0) err = driver_put_u32(out, index);
  yata_relpos_deinit(&pos);
  return err;
}

static int equal(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_relpos a = YATA_RELPOS_INIT, b = YATA_RELPOS_INIT;
  (void)doc;
  int err = read_position(r, &a);
  if (err == 0) err = read_position(r, &b);
  uint8_t same = yata_relpos_equal(&a, &b);
  yata_relpos_deinit(&a);
  yata_relpos_deinit(&b);
  return err < 0 ? err : driver_put(out, &same, 1);
}

/* ---- attribution -------------------------------------------------------------------------- */

static int authors(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r);
  yata_authors cursor = {driver_u32(r), 0};
  yata_range range;
  int err;
  cursor.count = driver_u32(r);
  while ((err = yata_authors_next(doc, t, &cursor, &range)) == 0) {
    err = driver_put_u64(out, range.client);
    if (err == 0) err = driver_put_u64(out, range.clock);
    if (err == 0) err = driver_put_u64(out, range.len);
    if (err < 0) return err;
  }
  return err == YATA_ERR_NOT_FOUND ? 0 : err;
}

static int put_place(yata_buf *out, const yata_located *place) {
  int err = driver_put_u64(out, place->id.clock);
  if (err == 0) err = driver_put_u32(out, place->len);
  if (err == 0) err = driver_put_u32(out, place->state);
  if (err == 0) err = driver_put_type(out, place->type);
  if (err == 0) err = driver_put_u32(out, place->index);
  return err < 0 ? err : driver_put_slice(out, place->key);
}

static int locate(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_range rest = {driver_u64(r), driver_u64(r), 0};
  yata_located place;
  int err;
  rest.len = driver_u64(r);
  while ((err = yata_locate_next(doc, &rest, &place)) == 0)
    if ((err = put_place(out, &place)) < 0) return err;
  return err == YATA_ERR_NOT_FOUND ? 0 : err;
}

const struct operation driver_positions[] = {
    {"relpos", create, false},     {"relpos reread", reread, true}, {"relpos resolve", resolve, false},
    {"relpos equal", equal, true}, {"authors", authors, false},     {"locate", locate, false},
    {NULL, NULL, false},
};
