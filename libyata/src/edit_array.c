/* SPDX-License-Identifier: MIT */
/* Arrays, as Y.Array. */
#include "edit.h"

int yata_array_length(const yata_doc *doc, yata_type array, uint32_t *out) {
  uint32_t t;
  YATA_TRY(yata_handle(doc, array, YATA_KIND_ARRAY, &t));
  *out = doc->types[t].length;
  return 0;
}

int yata_array_get(const yata_doc *doc, yata_type array, uint32_t index, yata_value *out) {
  uint32_t t, start;
  *out = (yata_value){0};
  YATA_TRY(yata_handle(doc, array, YATA_KIND_ARRAY, &t));
  if (index >= doc->types[t].length) return YATA_ERR_RANGE;
  /* Looking may build what finds the next position faster; the content stays as it is. */
  uint32_t h = yata_seek((struct yata_doc *)doc, t, index + 1, &start);
  return yata_value_of(doc, &doc->items[h], index - start, out);
}

int yata_array_next(const yata_doc *doc, yata_type array, yata_array_cursor *cursor, yata_value *out) {
  uint32_t t;
  *out = (yata_value){0};
  YATA_TRY(yata_handle(doc, array, YATA_KIND_ARRAY, &t));
  uint32_t h = cursor->item, offset = cursor->offset + 1;
  if (h == 0) {
    h = doc->types[t].start;
    offset = 0;
  } else if (offset >= doc->items[h].len) {
    h = doc->items[h].right;
    offset = 0;
  }
  while (h != 0 && !yata_item_counts(&doc->items[h])) h = doc->items[h].right;
  if (h == 0) return YATA_ERR_NOT_FOUND;
  YATA_TRY(yata_value_of(doc, &doc->items[h], offset, out));
  *cursor = (yata_array_cursor){h, offset};
  return 0;
}

/* One item with values[0 .. count): all plain, or a single binary. */
static int insert_item(struct yata_doc *doc, uint32_t t, uint32_t *left, uint32_t right, const yata_any *values,
                       size_t count, yata_buf *buf) {
  struct yata_new n;
  if (count > YATA_CLOCK_MAX) return YATA_ERR_LIMIT;
  yata_buf_clear(buf);
  YATA_TRY(yata_local_item(doc, t, 0, *left, right, (uint32_t)count, &n));
  if (values->kind == YATA_ANY_BINARY) {
    n.kind = YATA_WIRE_BINARY;
    YATA_TRY(yata_buf_put_uint(buf, values->u.bytes.len));
    YATA_TRY(yata_buf_put(buf, values->u.bytes.data, values->u.bytes.len));
  } else {
    n.kind = YATA_WIRE_ANY;
    for (size_t i = 0; i < count; i++) YATA_TRY(yata_any_write(buf, &values[i], doc->max_nesting));
  }
  n.content = (yata_slice){buf->data, buf->len};
  return yata_integrate(doc, &n, left);
}

static int insert_between(struct yata_doc *doc, uint32_t t, uint32_t left, uint32_t right, const yata_any *values,
                          size_t count, yata_buf *buf) {
  for (size_t i = 0, n; i < count; i += n) {
    n = 1;
    if (values[i].kind != YATA_ANY_BINARY)
      while (i + n < count && values[i + n].kind != YATA_ANY_BINARY) n++;
    YATA_TRY(insert_item(doc, t, &left, right, &values[i], n, buf));
  }
  return 0;
}

static int insert_values(struct yata_doc *doc, uint32_t t, uint32_t index, const yata_any *values, size_t count,
                         yata_buf *buf) {
  uint32_t left, right;
  YATA_TRY(yata_position(doc, t, index, &left, &right));
  return insert_between(doc, t, left, right, values, count, buf);
}

static int begin_insert(struct yata_doc *doc, yata_type array, uint32_t index, struct yata_op *op, uint32_t *t) {
  YATA_TRY(yata_handle(doc, array, YATA_KIND_ARRAY, t));
  if (index > doc->types[*t].length) return YATA_ERR_RANGE;
  return yata_op_begin(doc, op);
}

int yata_array_insert(yata_doc *doc, yata_type array, uint32_t index, const yata_any *values, size_t count) {
  struct yata_op op;
  uint32_t t;
  yata_buf buf;
  YATA_TRY(begin_insert(doc, array, index, &op, &t));
  if (count == 0) return 0;
  yata_buf_init(&buf, &doc->alloc);
  int err = insert_values(doc, t, index, values, count, &buf);
  yata_buf_deinit(&buf);
  return yata_op_end(doc, &op, err);
}

int yata_array_insert_type(yata_doc *doc, yata_type array, uint32_t index, enum yata_kind kind, yata_type *out) {
  return yata_xml_insert(doc, array, index, kind, NULL, out);
}

/* Behind the last item of the list, deleted or not: as Y.Array.push, which is not insert at the end. */
static int push_values(struct yata_doc *doc, uint32_t t, const yata_any *values, size_t count, yata_buf *buf) {
  uint32_t left, right;
  YATA_TRY(yata_position(doc, t, doc->types[t].length, &left, &right));
  while (right != 0) {
    left = right;
    right = doc->items[right].right;
  }
  return insert_between(doc, t, left, right, values, count, buf);
}

int yata_array_push(yata_doc *doc, yata_type array, const yata_any *values, size_t count) {
  struct yata_op op;
  uint32_t t;
  yata_buf buf;
  YATA_TRY(begin_insert(doc, array, 0, &op, &t));
  if (count == 0) return 0;
  yata_buf_init(&buf, &doc->alloc);
  /* In Yjs that is so of arrays alone. */
  int err = doc->types[t].kind == YATA_KIND_ARRAY ? push_values(doc, t, values, count, &buf)
                                                  : insert_values(doc, t, doc->types[t].length, values, count, &buf);
  yata_buf_deinit(&buf);
  return yata_op_end(doc, &op, err);
}

int yata_array_seek(const yata_doc *doc, yata_type array, uint32_t index, yata_array_cursor *cursor) {
  uint32_t t, start;
  *cursor = (yata_array_cursor){0, 0};
  YATA_TRY(yata_handle(doc, array, YATA_KIND_ARRAY, &t));
  if (index > doc->types[t].length) return YATA_ERR_RANGE;
  if (index == 0) return 0;
  /* As in yata_array_get. */
  cursor->item = yata_seek((struct yata_doc *)doc, t, index, &start);
  cursor->offset = index - 1 - start;
  return 0;
}

static int delete_units(struct yata_doc *doc, uint32_t t, uint32_t index, uint32_t count) {
  uint32_t left, h, rest;
  YATA_TRY(yata_position(doc, t, index, &left, &h));
  for (; h != 0 && count > 0; h = doc->items[h].right) {
    if (yata_item_deleted(doc, h)) continue;
    if (count < doc->items[h].len) YATA_TRY(yata_split(doc, h, count, &rest));
    count -= doc->items[h].len;
    YATA_TRY(yata_delete(doc, h));
  }
  return 0;
}

int yata_array_delete(yata_doc *doc, yata_type array, uint32_t index, uint32_t count) {
  struct yata_op op;
  uint32_t t;
  YATA_TRY(yata_handle(doc, array, YATA_KIND_ARRAY, &t));
  if (index > doc->types[t].length || count > doc->types[t].length - index) return YATA_ERR_RANGE;
  YATA_TRY(yata_op_begin(doc, &op));
  if (count == 0) return 0;
  return yata_op_end(doc, &op, delete_units(doc, t, index, count));
}
