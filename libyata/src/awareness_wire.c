/* SPDX-License-Identifier: MIT */
/* Awareness updates as bytes: the number of entries, then of each a client, a clock and a JSON text. */
#include "awareness.h"

bool yata_awareness_is_null(yata_slice json) {
  if (json.data == NULL) return true;
  const uint8_t *p = json.data, *end = p + json.len;
  while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')) p++;
  return end - p >= 4 && memcmp(p, "null", 4) == 0;
}

int yata_awareness_read(struct yata_rd *rd, yata_awareness_entry *e) {
  YATA_TRY(yata_rd_uint(rd, &e->client));
  YATA_TRY(yata_rd_uint(rd, &e->clock));
  return yata_rd_bytes(rd, &e->json);
}

static int check_entry(struct yata_rd *rd) {
  yata_awareness_entry e;
  uint32_t units;
  const uint8_t *at = rd->p;
  int err = yata_awareness_read(rd, &e);
  if (err == 0 && (e.json.len == 0 || !yata_utf8_check(e.json.data, e.json.len, &units))) err = YATA_ERR_MALFORMED;
  if (err == 0 && yata_json_check(e.json.data, e.json.len, YATA_NESTING_MAX) < 0) err = YATA_ERR_MALFORMED;
  if (err < 0) rd->p = at;
  return err;
}

int yata_awareness_validate(const uint8_t *update, size_t len, size_t *error_offset) {
  struct yata_rd rd = yata_rd_of(update, len);
  uint64_t count = 0;
  int err = yata_rd_uint(&rd, &count);
  for (uint64_t i = 0; i < count && err == 0; i++) err = check_entry(&rd);
  if (err == 0 && rd.p != rd.end) err = YATA_ERR_MALFORMED;
  if (err < 0 && error_offset != NULL) *error_offset = (size_t)(rd.p - rd.base);
  return err;
}

static int put_entry(yata_buf *out, uint64_t client, uint64_t clock, yata_slice json) {
  YATA_TRY(yata_buf_put_uint(out, client));
  YATA_TRY(yata_buf_put_uint(out, clock));
  if (json.data == NULL) json = (yata_slice){(const uint8_t *)"null", 4};
  YATA_TRY(yata_buf_put_uint(out, json.len));
  return yata_buf_put(out, json.data, json.len);
}

static int put_slot(const yata_awareness *a, uint32_t s, yata_buf *out) {
  const struct yata_slot *slot = &a->slots[s];
  if (s == YATA_NO_SLOT) return YATA_ERR_NOT_FOUND;
  return put_entry(out, slot->client, slot->clock, (yata_slice){slot->json, slot->len});
}

int yata_awareness_encode(const yata_awareness *a, const uint64_t *clients, size_t count, yata_buf *out) {
  size_t at = out->len;
  int err = yata_buf_put_uint(out, clients != NULL ? count : a->present);
  if (clients == NULL)
    for (uint32_t s = a->slots[0].next; s != 0 && err == 0; s = a->slots[s].next) err = put_slot(a, s, out);
  else
    for (size_t i = 0; i < count && err == 0; i++) err = put_slot(a, yata_slot_find(a, clients[i]), out);
  if (err < 0) out->len = at;
  return err;
}

typedef int modifier(void *user, const yata_awareness_entry *entry, yata_slice *json);

static int modify_entry(struct yata_rd *rd, modifier *modify, void *user, yata_buf *out) {
  yata_awareness_entry e;
  uint32_t units;
  YATA_TRY(yata_awareness_read(rd, &e));
  yata_slice json = e.json;
  YATA_TRY(modify(user, &e, &json));
  if (json.data == NULL || json.len == 0 || !yata_utf8_check(json.data, json.len, &units) ||
      yata_json_check(json.data, json.len, YATA_NESTING_MAX) < 0)
    return YATA_ERR_INVALID;
  return put_entry(out, e.client, e.clock, json);
}

int yata_awareness_modify(const uint8_t *update, size_t len,
                          int (*modify)(void *user, const yata_awareness_entry *entry, yata_slice *json), void *user,
                          yata_buf *out) {
  struct yata_rd rd = yata_rd_of(update, len);
  size_t at = out->len;
  uint64_t count;
  YATA_TRY(yata_awareness_validate(update, len, NULL));
  YATA_TRY(yata_rd_uint(&rd, &count));
  int err = yata_buf_put_uint(out, count);
  for (uint64_t i = 0; i < count && err == 0; i++) err = modify_entry(&rd, modify, user, out);
  if (err < 0) out->len = at;
  return err;
}
