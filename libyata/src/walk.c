/* SPDX-License-Identifier: MIT */
/* Walking an update once, verifying it; and what only counts. */
#include "update.h"

int yata_section_read(struct yata_rd *rd, uint64_t *structs, struct yata_wid *id) {
  const uint8_t *at = rd->p;
  rd->what = "the number of a client's structs, no more than fit";
  YATA_TRY(yata_rd_uint(rd, structs));
  /* Every struct takes two bytes at least. */
  if (*structs > (size_t)(rd->end - rd->p) / 2) {
    rd->p = at;
    return YATA_ERR_MALFORMED;
  }
  rd->what = "a client id below 2^53";
  YATA_TRY(yata_rd_uint(rd, &id->client));
  rd->what = "a clock below 2^31";
  return yata_rd_clock(rd, &id->clock);
}

static int walk_section(struct yata_rd *rd, uint32_t nesting, const struct yata_walk *w) {
  uint64_t structs;
  struct yata_struct st = {0};
  YATA_TRY(yata_section_read(rd, &structs, &st.id));
  if (w->on_section) YATA_TRY(w->on_section(w->user, st.id.client, structs));
  for (uint64_t i = 0; i < structs; i++) {
    size_t offset = (size_t)(rd->p - rd->base);
    YATA_TRY(yata_struct_read(rd, nesting, &st));
    if (w->on_struct) YATA_TRY(w->on_struct(w->user, &st, offset));
    st.id.clock += st.len;
  }
  if (w->on_section_end) return w->on_section_end(w->user, (size_t)(rd->p - rd->base), st.id.clock);
  return 0;
}

static int walk_deleted(struct yata_rd *rd, const struct yata_walk *w) {
  uint64_t client, ranges, clock, len;
  const uint8_t *at;
  rd->what = "the delete set: a client id below 2^53";
  YATA_TRY(yata_rd_uint(rd, &client));
  at = rd->p;
  rd->what = "the delete set: a client's number of ranges, no more than fit";
  YATA_TRY(yata_rd_uint(rd, &ranges));
  if (ranges > (size_t)(rd->end - rd->p) / 2) {
    rd->p = at;
    return YATA_ERR_MALFORMED;
  }
  rd->what = "the delete set: a range's clock and length";
  for (uint64_t i = 0; i < ranges; i++) {
    at = rd->p;
    YATA_TRY(yata_rd_uint(rd, &clock));
    YATA_TRY(yata_rd_uint(rd, &len));
    if (clock > YATA_CLOCK_MAX || len > YATA_CLOCK_MAX - clock) {
      rd->p = at;
      rd->what = "the delete set: a range that ends below the greatest clock";
      return YATA_ERR_LIMIT;
    }
    if (w->on_deleted) YATA_TRY(w->on_deleted(w->user, client, clock, len));
  }
  return 0;
}

int yata_deleted_walk(struct yata_rd *rd, const struct yata_walk *w) {
  uint64_t n;
  rd->what = "the delete set: its number of clients";
  YATA_TRY(yata_rd_uint(rd, &n));
  for (uint64_t i = 0; i < n; i++) YATA_TRY(walk_deleted(rd, w));
  rd->what = "the end";
  return rd->p == rd->end ? 0 : YATA_ERR_MALFORMED;
}

static int walk_all(struct yata_rd *rd, uint32_t nesting, const struct yata_walk *w) {
  uint64_t n;
  rd->what = "the number of clients";
  YATA_TRY(yata_rd_uint(rd, &n));
  for (uint64_t i = 0; i < n; i++) YATA_TRY(walk_section(rd, nesting, w));
  return yata_deleted_walk(rd, w);
}

int yata_update_walk(const uint8_t *data, size_t len, uint32_t nesting, const struct yata_walk *walk,
                     size_t *error_offset) {
  struct yata_rd rd = yata_rd_of(data, len);
  if (data == NULL) rd = yata_rd_of((const uint8_t *)"", 0);
  if (len > UINT32_MAX) {
    if (error_offset != NULL) *error_offset = 0;
    return YATA_ERR_LIMIT;
  }
  rd.held = walk->held;
  int err = walk_all(&rd, nesting, walk);
  if (err < 0 && error_offset != NULL) *error_offset = (size_t)(rd.p - rd.base);
  return err;
}

const char *yata_update_explain(const uint8_t *update, size_t len, size_t *error_offset) {
  static const struct yata_walk nothing;
  struct yata_rd rd = yata_rd_of(update, len);
  int err = walk_all(&rd, YATA_NESTING_MAX, &nothing);
  if (error_offset != NULL) *error_offset = (size_t)(rd.p - rd.base);
  return err < 0 ? rd.what : NULL;
}

int yata_update_validate(const uint8_t *update, size_t len, size_t *error_offset) {
  static const struct yata_walk nothing;
  return yata_update_walk(update, len, YATA_NESTING_MAX, &nothing, error_offset);
}

int yata_state_vector_validate(const uint8_t *sv, size_t len, size_t *error_offset) {
  struct yata_rd rd = yata_rd_of(sv, len);
  uint64_t n, v;
  int err = yata_rd_uint(&rd, &n);
  for (uint64_t i = 0; err == 0 && i < n; i++) {
    err = yata_rd_uint(&rd, &v);
    if (err == 0) err = yata_rd_uint(&rd, &v);
  }
  if (err == 0 && rd.p != rd.end) err = YATA_ERR_MALFORMED;
  if (err < 0 && error_offset != NULL) *error_offset = (size_t)(rd.p - rd.base);
  return err;
}

static int count_section(void *user, uint64_t client, uint64_t structs) {
  (void)client;
  (void)structs;
  ((yata_update_info *)user)->clients++;
  return 0;
}

static int count_struct(void *user, const struct yata_struct *st, size_t offset) {
  yata_update_info *info = user;
  (void)offset;
  info->structs++;
  if (st->kind != YATA_WIRE_SKIP) info->units += st->len;
  return 0;
}

static int count_deleted(void *user, uint64_t client, uint64_t clock, uint64_t len) {
  (void)client;
  (void)clock;
  (void)len;
  ((yata_update_info *)user)->deleted_ranges++;
  return 0;
}

int yata_update_inspect(const uint8_t *update, size_t len, yata_update_info *out) {
  *out = (yata_update_info){0};
  struct yata_walk walk = {count_section, count_struct, NULL, count_deleted, out, false};
  return yata_update_walk(update, len, YATA_NESTING_MAX, &walk, NULL);
}
