/* SPDX-License-Identifier: MIT */
/* Plain values as JSON.stringify writes them. */
#include "edit.h"

static int put(yata_buf *out, const char *text) {
  return yata_buf_put(out, text, strlen(text));
}

static int put_string(yata_buf *out, const uint8_t *data, size_t len) {
  uint32_t units;
  if (len > 0 && (data == NULL || !yata_utf8_check(data, len, &units))) return YATA_ERR_INVALID;
  return yata_json_put_string(out, (yata_slice){data, len});
}

/* A Uint8Array is an object to JSON.stringify. */
static int put_binary(yata_buf *out, const uint8_t *data, size_t len) {
  YATA_TRY(put(out, "{"));
  for (size_t i = 0; i < len; i++) {
    YATA_TRY(put(out, i == 0 ? "\"" : ",\""));
    YATA_TRY(yata_json_put_number(out, (double)i));
    YATA_TRY(put(out, "\":"));
    YATA_TRY(yata_json_put_number(out, data[i]));
  }
  return put(out, "}");
}

static int put_array(yata_buf *out, const yata_any *any, uint32_t nesting) {
  if (nesting == 0) return YATA_ERR_LIMIT;
  YATA_TRY(put(out, "["));
  for (size_t i = 0; i < any->u.array.len; i++) {
    const yata_any *v = &any->u.array.items[i];
    if (i > 0) YATA_TRY(put(out, ","));
    YATA_TRY(yata_any_stringify(out, v, nesting - 1));
  }
  return put(out, "]");
}

static int put_object(yata_buf *out, const yata_any *any, uint32_t nesting) {
  bool first = true;
  if (nesting == 0) return YATA_ERR_LIMIT;
  YATA_TRY(put(out, "{"));
  for (size_t i = 0; i < any->u.object.len; i++) {
    const yata_any_entry *e = &any->u.object.entries[i];
    if (e->value.kind == YATA_ANY_UNDEFINED) continue;
    if (!first) YATA_TRY(put(out, ","));
    first = false;
    YATA_TRY(put_string(out, e->key.data, e->key.len));
    YATA_TRY(put(out, ":"));
    YATA_TRY(yata_any_stringify(out, &e->value, nesting - 1));
  }
  return put(out, "}");
}

int yata_json_verify(const yata_any *json, uint32_t nesting) {
  uint32_t units;
  if (json->u.bytes.data == NULL || !yata_utf8_check(json->u.bytes.data, json->u.bytes.len, &units))
    return YATA_ERR_INVALID;
  int err = yata_json_check(json->u.bytes.data, json->u.bytes.len, nesting);
  return err == YATA_ERR_MALFORMED ? YATA_ERR_INVALID : err;
}

/* Recursion is bounded by `nesting`. */
int yata_any_stringify(yata_buf *out, const yata_any *any, uint32_t nesting) {
  switch (any->kind) {
  case YATA_ANY_UNDEFINED:
  case YATA_ANY_NULL: return put(out, "null");
  case YATA_ANY_BOOL: return put(out, any->u.boolean ? "true" : "false");
  case YATA_ANY_NUMBER: return yata_json_put_number(out, any->u.number);
  case YATA_ANY_BIGINT: return yata_json_put_bigint(out, any->u.bigint);
  case YATA_ANY_STRING: return put_string(out, any->u.bytes.data, any->u.bytes.len);
  case YATA_ANY_BINARY: return put_binary(out, any->u.bytes.data, any->u.bytes.len);
  case YATA_ANY_ARRAY: return put_array(out, any, nesting);
  case YATA_ANY_OBJECT: return put_object(out, any, nesting);
  case YATA_ANY_JSON:
    YATA_TRY(yata_json_verify(any, nesting));
    return yata_buf_put(out, any->u.bytes.data, any->u.bytes.len);
  default: return YATA_ERR_INVALID;
  }
}
