/* SPDX-License-Identifier: MIT */
/* Plain values: lib0's `any`, written and read. */
#include <math.h>

#include "edit.h"
#include "held.h"

/* ---- writing ------------------------------------------------------------------------------ */

static int put_big_endian(yata_buf *out, uint64_t bits, unsigned bytes) {
  YATA_TRY(yata_buf_reserve(out, bytes));
  for (unsigned i = bytes; i-- > 0;) out->data[out->len++] = (uint8_t)(bits >> (8 * i));
  return 0;
}

static int put_int(yata_buf *out, double value) {
  bool negative = signbit(value);
  uint64_t n = (uint64_t)fabs(value);
  YATA_TRY(yata_buf_put_u8(out, (uint8_t)((n > 0x3f ? 0x80 : 0) | (negative ? 0x40 : 0) | (n & 0x3f))));
  n >>= 6;
  return n > 0 ? yata_buf_put_uint(out, n) : 0;
}

uint8_t yata_number_tag(double value) {
  double size = fabs(value);
  if (size <= 2147483647.0 && (double)(int32_t)value == value) return 125;
  return isinf(value) || (size <= 3.4028234663852886e38 && (double)(float)value == value) ? 124 : 123;
}

static int put_number(yata_buf *out, double value) {
  const uint8_t tag = yata_number_tag(value);
  YATA_TRY(yata_buf_put_u8(out, tag));
  if (tag == 125) return put_int(out, value);
  if (tag == 124) {
    float f = (float)value;
    uint32_t bits;
    memcpy(&bits, &f, sizeof(bits));
    return put_big_endian(out, bits, 4);
  }
  uint64_t bits = 0x7ff8000000000000u; /* the one NaN that JavaScript makes */
  if (!isnan(value)) memcpy(&bits, &value, sizeof(bits));
  return put_big_endian(out, bits, 8);
}

static int put_string(yata_buf *out, const uint8_t *data, size_t len) {
  uint32_t units;
  if (len > 0 && (data == NULL || !yata_utf8_check(data, len, &units))) return YATA_ERR_INVALID;
  YATA_TRY(yata_buf_put_uint(out, len));
  return yata_buf_put(out, data, len);
}

static int put_json(yata_buf *out, const yata_any *json, uint32_t nesting) {
  struct yata_rd rd = yata_rd_of(json->u.bytes.data, json->u.bytes.len);
  YATA_TRY(yata_json_verify(json, nesting));
  return yata_json_to_any(&rd, out);
}

/* Recursion is bounded by `nesting`, at most YATA_NESTING_MAX. */
static int write(yata_buf *out, const yata_any *any, uint32_t nesting, bool json) {
  switch (any->kind) {
  case YATA_ANY_UNDEFINED: return yata_buf_put_u8(out, 127);
  case YATA_ANY_NULL: return yata_buf_put_u8(out, 126);
  case YATA_ANY_BOOL: return yata_buf_put_u8(out, any->u.boolean ? 120 : 121);
  case YATA_ANY_NUMBER: return put_number(out, any->u.number);
  case YATA_ANY_BIGINT: YATA_TRY(yata_buf_put_u8(out, 122)); return put_big_endian(out, (uint64_t)any->u.bigint, 8);
  case YATA_ANY_STRING:
    YATA_TRY(yata_buf_put_u8(out, 119));
    return put_string(out, any->u.bytes.data, any->u.bytes.len);
  case YATA_ANY_BINARY:
    YATA_TRY(yata_buf_put_u8(out, 116));
    YATA_TRY(yata_buf_put_uint(out, any->u.bytes.len));
    return yata_buf_put(out, any->u.bytes.data, any->u.bytes.len);
  case YATA_ANY_ARRAY:
    if (nesting == 0) return YATA_ERR_LIMIT;
    YATA_TRY(yata_buf_put_u8(out, 117));
    YATA_TRY(yata_buf_put_uint(out, any->u.array.len));
    for (size_t i = 0; i < any->u.array.len; i++) YATA_TRY(write(out, &any->u.array.items[i], nesting - 1, json));
    return 0;
  case YATA_ANY_OBJECT:
    if (nesting == 0) return YATA_ERR_LIMIT;
    YATA_TRY(yata_buf_put_u8(out, 118));
    YATA_TRY(yata_buf_put_uint(out, any->u.object.len));
    for (size_t i = 0; i < any->u.object.len; i++) {
      const yata_any_entry *e = &any->u.object.entries[i];
      YATA_TRY(put_string(out, e->key.data, e->key.len));
      YATA_TRY(write(out, &e->value, nesting - 1, json));
    }
    return 0;
  case YATA_ANY_JSON: return json ? put_json(out, any, nesting) : YATA_ERR_INVALID;
  default: return YATA_ERR_INVALID;
  }
}

int yata_any_write(yata_buf *out, const yata_any *any, uint32_t nesting) {
  return write(out, any, nesting, false);
}

int yata_any_write_with_json(yata_buf *out, const yata_any *any, uint32_t nesting) {
  return write(out, any, nesting, true);
}

/* ---- reading ------------------------------------------------------------------------------ */

/* Nodes are cut from one block: first it is measured, then filled. Measuring counts `used` and
 * writes nothing. */
struct nodes {
  uint8_t *block; /* NULL: measuring */
  size_t used;
  bool too_many; /* for the address space: many elements can stand in few bytes */
};

static void *cut(struct nodes *ns, size_t count, size_t size) {
  void *p = ns->block != NULL ? ns->block + ns->used : NULL;
  if (count > (SIZE_MAX / 2 - ns->used) / size)
    ns->too_many = true;
  else
    ns->used += (count * size + 15) / 16 * 16;
  return p;
}

/* The number of elements: there are at least as many bytes, so it fits. */
static int read_count(struct yata_rd *rd, size_t *out) {
  uint64_t n;
  YATA_TRY(yata_rd_uint(rd, &n));
  *out = (size_t)n;
  return 0;
}

static uint64_t big_endian(struct yata_rd *rd, unsigned bytes) {
  uint64_t v = 0;
  for (unsigned i = 0; i < bytes; i++) v = v << 8 | *rd->p++;
  return v;
}

static int read_any(struct yata_rd *rd, struct nodes *ns, yata_any *out);

static int read_array(struct yata_rd *rd, struct nodes *ns, yata_any *out) {
  size_t n;
  YATA_TRY(read_count(rd, &n));
  yata_any *items = cut(ns, n, sizeof(*items)), ignored;
  for (size_t i = 0; i < n; i++) YATA_TRY(read_any(rd, ns, items != NULL ? &items[i] : &ignored));
  out->kind = YATA_ANY_ARRAY;
  out->u.array.items = items;
  out->u.array.len = n;
  return 0;
}

static int read_object(struct yata_rd *rd, struct nodes *ns, yata_any *out) {
  size_t n;
  YATA_TRY(read_count(rd, &n));
  yata_any_entry *entries = cut(ns, n, sizeof(*entries)), ignored;
  for (size_t i = 0; i < n; i++) {
    yata_any_entry *e = entries != NULL ? &entries[i] : &ignored;
    YATA_TRY(yata_rd_bytes(rd, &e->key));
    YATA_TRY(read_any(rd, ns, &e->value));
  }
  out->kind = YATA_ANY_OBJECT;
  out->u.object.entries = entries;
  out->u.object.len = n;
  return 0;
}

static int read_bytes(struct yata_rd *rd, enum yata_any_kind kind, yata_any *out) {
  yata_slice s;
  YATA_TRY(yata_rd_bytes(rd, &s));
  out->kind = kind;
  out->u.bytes.data = s.data;
  out->u.bytes.len = s.len;
  return 0;
}

int yata_any_read_number(struct yata_rd *rd, uint8_t tag, yata_any *out) {
  uint64_t bits;
  float f;
  out->kind = YATA_ANY_NUMBER;
  if (tag == 125) return yata_rd_int(rd, &out->u.number);
  bits = big_endian(rd, tag == 124 ? 4 : 8);
  if (tag == 124) {
    uint32_t b32 = (uint32_t)bits;
    memcpy(&f, &b32, sizeof(f));
    out->u.number = (double)f;
  } else {
    memcpy(&out->u.number, &bits, sizeof(bits));
  }
  return 0;
}

/* The bytes were verified, nesting included, when they came. */
static int read_any(struct yata_rd *rd, struct nodes *ns, yata_any *out) {
  uint8_t tag = *rd->p++;
  *out = (yata_any){0};
  switch (tag) {
  case 116: return read_bytes(rd, YATA_ANY_BINARY, out);
  case 117: return read_array(rd, ns, out);
  case 118: return read_object(rd, ns, out);
  case 119: return read_bytes(rd, YATA_ANY_STRING, out);
  case 120:
  case 121:
    out->kind = YATA_ANY_BOOL;
    out->u.boolean = tag == 120;
    return 0;
  case 122:
    out->kind = YATA_ANY_BIGINT;
    out->u.bigint = (int64_t)big_endian(rd, 8);
    return 0;
  case 126: out->kind = YATA_ANY_NULL; return 0;
  case 127: return 0;
  default: return yata_any_read_number(rd, tag, out);
  }
}

static int take_block(const struct yata_doc *doc, size_t size, yata_value *out) {
  struct yata_mem mem = {.alloc = doc->mem.alloc};
  out->owned = yata_mem_resize(&mem, NULL, 0, size);
  if (out->owned == NULL) return YATA_ERR_NOMEM;
  out->owned_bytes = size;
  out->alloc = doc->mem.alloc;
  return 0;
}

int yata_any_read(const struct yata_doc *doc, yata_slice raw, yata_value *out) {
  struct nodes ns = {0};
  struct yata_rd rd = yata_rd_of(raw.data, raw.len);
  YATA_TRY(read_any(&rd, &ns, &out->any));
  if (ns.too_many) return YATA_ERR_NOMEM;
  if (ns.used == 0) return 0;
  YATA_TRY(take_block(doc, ns.used, out));
  ns = (struct nodes){.block = out->owned};
  rd = yata_rd_of(raw.data, raw.len);
  return read_any(&rd, &ns, &out->any);
}

/* A character where a value is expected: no replica makes that, but bytes may. */
static int unit_value(const struct yata_doc *doc, const struct yata_item *it, uint32_t offset, yata_value *out) {
  YATA_TRY(take_block(doc, 4, out));
  uint16_t unit = yata_text_unit(&doc->clients[it->client].text, it->content + offset);
  out->any.kind = YATA_ANY_STRING;
  out->any.u.bytes.data = out->owned;
  out->any.u.bytes.len = yata_utf8_put(out->owned, unit);
  return 0;
}

int yata_value_of(const struct yata_doc *doc, const struct yata_item *it, uint32_t offset, yata_value *out) {
  *out = (yata_value){0};
  if (it->kind == YATA_WIRE_TYPE) {
    out->type = (yata_type){it->content, doc->types[it->content].generation};
    return 0;
  }
  if (it->kind == YATA_WIRE_STRING) return unit_value(doc, it, offset, out);
  if (!yata_kind_has_values(it->kind)) return 0;
  yata_slice raw = yata_value_bytes(&doc->clients[it->client].values, it->content + offset);
  struct yata_rd rd = yata_rd_of(raw.data, raw.len);
  switch (it->kind) {
  case YATA_WIRE_ANY: return yata_any_read(doc, raw, out);
  case YATA_WIRE_BINARY: return read_bytes(&rd, YATA_ANY_BINARY, &out->any);
  case YATA_WIRE_DOC:
    out->is_subdoc = true;
    out->subdoc = (yata_id){doc->clients[it->client].id, it->clock};
    return read_bytes(&rd, YATA_ANY_STRING, &out->any);
  case YATA_WIRE_FORMAT: return 0;
  case YATA_WIRE_EMBED: YATA_TRY(yata_rd_bytes(&rd, &raw)); return yata_held_read(doc, raw, out);
  default:
    YATA_TRY(read_bytes(&rd, YATA_ANY_JSON, &out->any));
    if (out->any.u.bytes.len == 9 && memcmp(out->any.u.bytes.data, "undefined", 9) == 0) out->any = (yata_any){0};
    return 0;
  }
}

void yata_value_deinit(yata_value *value) {
  struct yata_mem mem = {.alloc = value->alloc, .live = value->owned_bytes};
  if (value->owned != NULL) yata_mem_resize(&mem, value->owned, value->owned_bytes, 0);
  *value = (yata_value){0};
}

yata_any yata_any_null(void) {
  return (yata_any){.kind = YATA_ANY_NULL};
}

yata_any yata_any_bool(bool value) {
  return (yata_any){.kind = YATA_ANY_BOOL, .u.boolean = value};
}

yata_any yata_any_number(double value) {
  return (yata_any){.kind = YATA_ANY_NUMBER, .u.number = value};
}

yata_any yata_any_string_n(const char *utf8, size_t len) {
  yata_any any = {.kind = YATA_ANY_STRING};
  any.u.bytes.data = (const uint8_t *)utf8;
  any.u.bytes.len = len;
  return any;
}

yata_any yata_any_string(const char *utf8) {
  return yata_any_string_n(utf8, strlen(utf8));
}
