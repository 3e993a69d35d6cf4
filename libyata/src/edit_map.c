/* SPDX-License-Identifier: MIT */
/* Maps, as Y.Map. */
#include "edit.h"

static int check_key(const char *key, size_t len, yata_slice *out) {
  uint32_t units;
  *out = (yata_slice){(const uint8_t *)key, len};
  if ((key == NULL && len > 0) || len > UINT32_MAX) return YATA_ERR_INVALID;
  return yata_utf8_check(out->data, len, &units) ? 0 : YATA_ERR_INVALID;
}

/* A new item at a key; its content is still to be filled in. */
static int begin_item(struct yata_doc *doc, uint32_t t, yata_slice key, struct yata_new *n) {
  uint32_t k;
  YATA_TRY(yata_key_get(doc, key, &k));
  return yata_local_item(doc, t, k, yata_ent_get(doc, t, k), 0, 1, n);
}

static int set_value(struct yata_doc *doc, uint32_t t, yata_slice key, const yata_any *value) {
  struct yata_new n;
  yata_buf buf;
  yata_buf_init(&buf, &doc->alloc);
  int err = begin_item(doc, t, key, &n);
  if (err == 0 && value->kind == YATA_ANY_BINARY) {
    n.kind = YATA_WIRE_BINARY;
    err = yata_buf_put_uint(&buf, value->u.bytes.len);
    if (err == 0) err = yata_buf_put(&buf, value->u.bytes.data, value->u.bytes.len);
  } else if (err == 0) {
    n.kind = YATA_WIRE_ANY;
    err = yata_any_write(&buf, value, doc->max_nesting);
  }
  n.content = (yata_slice){buf.data, buf.len};
  if (err == 0) err = yata_integrate(doc, &n, NULL);
  yata_buf_deinit(&buf);
  return err;
}

int yata_map_set(yata_doc *doc, yata_type map, const char *key, size_t key_len, const yata_any *value) {
  struct yata_op op;
  yata_slice k;
  uint32_t t;
  YATA_TRY(yata_handle(doc, map, YATA_KIND_MAP, &t));
  YATA_TRY(check_key(key, key_len, &k));
  YATA_TRY(yata_op_begin(doc, &op));
  return yata_op_end(doc, &op, set_value(doc, t, k, value));
}

static int set_type(struct yata_doc *doc, uint32_t t, yata_slice key, enum yata_kind kind, yata_slice name,
                    yata_type *out) {
  struct yata_new n;
  uint32_t h;
  YATA_TRY(begin_item(doc, t, key, &n));
  n.kind = YATA_WIRE_TYPE;
  n.type_kind = kind;
  n.type_name = name;
  YATA_TRY(yata_integrate(doc, &n, &h));
  *out = yata_handle_of(doc, doc->items[h].content);
  return 0;
}

int yata_map_set_type(yata_doc *doc, yata_type map, const char *key, size_t key_len, enum yata_kind kind,
                      yata_type *out) {
  return yata_map_set_xml(doc, map, key, key_len, kind, NULL, out);
}

int yata_map_set_xml(yata_doc *doc, yata_type map, const char *key, size_t key_len, enum yata_kind kind,
                     const char *name, yata_type *out) {
  struct yata_op op;
  yata_slice k, s;
  uint32_t t;
  YATA_TRY(yata_type_name_check(kind, name, &s));
  YATA_TRY(yata_handle(doc, map, YATA_KIND_MAP, &t));
  YATA_TRY(check_key(key, key_len, &k));
  YATA_TRY(yata_op_begin(doc, &op));
  return yata_op_end(doc, &op, set_type(doc, t, k, kind, s, out));
}

/* The live item at a key. */
static int find(const struct yata_doc *doc, yata_type map, const char *key, size_t key_len, uint32_t *h) {
  yata_slice k;
  uint32_t t;
  YATA_TRY(yata_handle(doc, map, YATA_KIND_MAP, &t));
  YATA_TRY(check_key(key, key_len, &k));
  uint32_t id = yata_key_find(doc, k);
  *h = id != 0 ? yata_ent_get(doc, t, id) : 0;
  return *h != 0 && !yata_item_deleted(doc, *h) ? 0 : YATA_ERR_NOT_FOUND;
}

int yata_map_get(const yata_doc *doc, yata_type map, const char *key, size_t key_len, yata_value *out) {
  uint32_t h;
  *out = (yata_value){0};
  YATA_TRY(find(doc, map, key, key_len, &h));
  return yata_value_of(doc, &doc->items[h], doc->items[h].len - 1, out);
}

bool yata_map_has(const yata_doc *doc, yata_type map, const char *key, size_t key_len) {
  uint32_t h;
  return find(doc, map, key, key_len, &h) == 0;
}

int yata_map_delete(yata_doc *doc, yata_type map, const char *key, size_t key_len) {
  struct yata_op op;
  uint32_t h;
  YATA_TRY(find(doc, map, key, key_len, &h));
  YATA_TRY(yata_op_begin(doc, &op));
  return yata_op_end(doc, &op, yata_delete(doc, h));
}

int yata_map_clear(yata_doc *doc, yata_type map) {
  struct yata_op op;
  uint32_t t;
  YATA_TRY(yata_handle(doc, map, YATA_KIND_MAP, &t));
  YATA_TRY(yata_op_begin(doc, &op));
  int err = 0;
  for (uint32_t e = doc->types[t].first; e != 0 && err == 0; e = doc->ents[e].next)
    err = yata_delete(doc, doc->ents[e].item);
  return yata_op_end(doc, &op, err);
}

int yata_map_length(const yata_doc *doc, yata_type map, uint32_t *out) {
  uint32_t t;
  YATA_TRY(yata_handle(doc, map, YATA_KIND_MAP, &t));
  *out = 0;
  for (uint32_t e = doc->types[t].first; e != 0; e = doc->ents[e].next)
    *out += !yata_item_deleted(doc, doc->ents[e].item);
  return 0;
}

int yata_map_next(const yata_doc *doc, yata_type map, uint32_t *cursor, yata_slice *key) {
  uint32_t t;
  YATA_TRY(yata_handle(doc, map, YATA_KIND_MAP, &t));
  uint32_t e = *cursor == 0 ? doc->types[t].first : doc->ents[*cursor].next;
  while (e != 0 && yata_item_deleted(doc, doc->ents[e].item)) e = doc->ents[e].next;
  if (e == 0) return YATA_ERR_NOT_FOUND;
  *cursor = e;
  *key = yata_key_bytes(doc, doc->ents[e].key);
  return 0;
}
