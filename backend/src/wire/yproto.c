/* SPDX-License-Identifier: MIT */
#include "wire/yproto.h"

#include "base/utf8.h"

enum { TYPE_SYNC = 0, TYPE_AWARENESS = 1, TYPE_AUTH = 2, TYPE_QUERY_AWARENESS = 3 };
enum { SYNC_STEP1 = 0, SYNC_STEP2 = 1, SYNC_UPDATE = 2 };
enum { VARUINT_MAX_BYTES = 8, AWARENESS_ENTRY_LEAST_BYTES = 3 };
#define VARUINT_MAX ((UINT64_C(1) << 53) - 1)

int yproto_read_varuint(const uint8_t *in, size_t len, size_t *pos, uint64_t *out) {
  uint64_t value = 0;
  for (size_t i = 0; i < VARUINT_MAX_BYTES && i < len - *pos; i++) {
    uint8_t byte = in[*pos + i];
    value |= (uint64_t)(byte & 0x7f) << 7 * i;
    if (byte & 0x80) continue;
    if (value > VARUINT_MAX) return ERR_MALFORMED;
    *pos += i + 1;
    *out = value;
    return 0;
  }
  return ERR_MALFORMED;
}

/* lib0 varUint8Array: a length and as many bytes, borrowed. */
static int read_bytes(const uint8_t *in, size_t len, size_t *pos, const uint8_t **data, size_t *data_len) {
  uint64_t count;
  size_t at = *pos;
  int err = yproto_read_varuint(in, len, &at, &count);
  if (err) return err;
  if (count > len - at) return ERR_MALFORMED;
  *data = in + at;
  *data_len = (size_t)count;
  *pos = at + (size_t)count;
  return 0;
}

static const char *decode_sync(const uint8_t *in, size_t len, size_t *pos, struct yproto_message *out) {
  uint64_t step;
  if (yproto_read_varuint(in, len, pos, &step)) return "sync message without a step";
  switch (step) {
  case SYNC_STEP1: out->kind = YPROTO_SYNC_STEP1; break;
  case SYNC_STEP2: out->kind = YPROTO_SYNC_STEP2; break;
  case SYNC_UPDATE: out->kind = YPROTO_UPDATE; break;
  default: return "unknown sync step";
  }
  return read_bytes(in, len, pos, &out->data, &out->len) ? "sync message is cut short" : NULL;
}

static void take_rest(const uint8_t *in, size_t len, size_t *pos, struct yproto_message *out) {
  out->data = in + *pos;
  out->len = len - *pos;
  *pos = len;
}

static const char *decode(const uint8_t *in, size_t len, size_t *pos, struct yproto_message *out) {
  uint64_t type;
  if (yproto_read_varuint(in, len, pos, &type)) return "message without a type";
  switch (type) {
  case TYPE_SYNC: return decode_sync(in, len, pos, out);
  case TYPE_AWARENESS:
    out->kind = YPROTO_AWARENESS;
    return read_bytes(in, len, pos, &out->data, &out->len) ? "awareness message is cut short" : NULL;
  case TYPE_AUTH:
    out->kind = YPROTO_AUTH;
    take_rest(in, len, pos, out);
    return NULL;
  case TYPE_QUERY_AWARENESS: out->kind = YPROTO_QUERY_AWARENESS; return NULL;
  case YPROTO_TYPE_SAVED:
    out->kind = YPROTO_SAVED;
    return yproto_read_varuint(in, len, pos, &out->token) ? "saved message without a token" : NULL;
  default:
    out->kind = YPROTO_UNKNOWN;
    take_rest(in, len, pos, out);
    return NULL;
  }
}

int yproto_decode(const uint8_t *in, size_t len, struct yproto_message *out, const char **why) {
  *out = (struct yproto_message){0};
  size_t pos = 0;
  const char *wrong = decode(in, len, &pos, out);
  if (!wrong && pos < len) wrong = "bytes after the end of the message";
  if (why) *why = wrong;
  return wrong ? ERR_MALFORMED : 0;
}

/* A type, perhaps a step, and bytes. */
static int append_message(struct buf *out, const uint8_t *head, size_t head_len, const uint8_t *data, size_t len) {
  size_t before = out->len;
  int err = buf_append(out, head, head_len);
  if (!err) err = buf_append_varuint(out, len);
  if (!err) err = buf_append(out, data, len);
  if (err) out->len = before;
  return err;
}

int yproto_append_step1(struct buf *out, const uint8_t *state_vector, size_t len) {
  return append_message(out, (const uint8_t[]){TYPE_SYNC, SYNC_STEP1}, 2, state_vector, len);
}

int yproto_append_step2(struct buf *out, const uint8_t *update, size_t len) {
  return append_message(out, (const uint8_t[]){TYPE_SYNC, SYNC_STEP2}, 2, update, len);
}

int yproto_append_update(struct buf *out, const uint8_t *update, size_t len) {
  return append_message(out, (const uint8_t[]){TYPE_SYNC, SYNC_UPDATE}, 2, update, len);
}

int yproto_append_awareness(struct buf *out, const uint8_t *awareness, size_t len) {
  return append_message(out, (const uint8_t[]){TYPE_AWARENESS}, 1, awareness, len);
}

int yproto_append_saved(struct buf *out, uint64_t token) {
  size_t before = out->len;
  int err = buf_append_byte(out, YPROTO_TYPE_SAVED);
  if (!err) err = buf_append_varuint(out, token);
  if (err) out->len = before;
  return err;
}

int yproto_awareness_count(const uint8_t *in, size_t len, size_t *pos, uint64_t *count) {
  size_t at = *pos;
  int err = yproto_read_varuint(in, len, &at, count);
  if (err) return err;
  if (*count > (len - at) / AWARENESS_ENTRY_LEAST_BYTES) return ERR_MALFORMED;
  *pos = at;
  return 0;
}

int yproto_awareness_next(const uint8_t *in, size_t len, size_t *pos, struct yproto_awareness_entry *out) {
  size_t at = *pos;
  int err = yproto_read_varuint(in, len, &at, &out->client);
  if (!err) err = yproto_read_varuint(in, len, &at, &out->clock);
  if (!err) err = read_bytes(in, len, &at, &out->json, &out->json_len);
  if (err) return err;
  if (!utf8_valid(out->json, out->json_len)) return ERR_MALFORMED;
  *pos = at;
  return 0;
}

int yproto_awareness_append(struct buf *out, const struct yproto_awareness_entry *entry) {
  size_t before = out->len;
  int err = buf_append_varuint(out, entry->client);
  if (!err) err = buf_append_varuint(out, entry->clock);
  if (!err) err = buf_append_varuint(out, entry->json_len);
  if (!err) err = buf_append(out, entry->json, entry->json_len);
  if (err) out->len = before;
  return err;
}
