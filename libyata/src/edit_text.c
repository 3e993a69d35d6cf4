/* SPDX-License-Identifier: MIT */
/* Text: by UTF-16 position, as Y.Text. */
#include "text.h"

#include "edit_quick.h"
#include "held.h"
#include "typing.h"

int yata_text_length(const yata_doc *doc, yata_type text, uint32_t *out) {
  uint32_t t;
  YATA_TRY(yata_handle(doc, text, YATA_KIND_TEXT, &t));
  *out = doc->types[t].length;
  return 0;
}

/* ---- what callers give ---------------------------------------------------------------------- */

static int write_values(struct yata_doc *doc, const yata_any *object, yata_buf *held, struct yata_formats *as) {
  for (size_t i = 0; i < object->u.object.len; i++) {
    const yata_any_entry *e = &object->u.object.entries[i];
    struct yata_format a = {.key = e->key};
    uint32_t units;
    size_t at = held->len;
    if ((e->key.data == NULL && e->key.len > 0) || !yata_utf8_check(e->key.data, e->key.len, &units))
      return YATA_ERR_INVALID;
    YATA_TRY(yata_held_write(held, &e->value, doc->max_nesting));
    /* The buffer may still move: only the place, for now. */
    a.value = (yata_slice){NULL, held->len - at};
    a.item = (uint32_t)at;
    if (held->len > YATA_CLOCK_MAX) return YATA_ERR_LIMIT;
    YATA_TRY(yata_mem_grow(&doc->mem, &as->v, &as->cap, (size_t)as->n + 1, sizeof(*as->v)));
    as->v[as->n++] = a;
  }
  return 0;
}

int yata_formats_given(struct yata_doc *doc, const yata_any *object, yata_buf *held, struct yata_formats *as) {
  struct yata_formats places = {0};
  if (object->kind != YATA_ANY_OBJECT) return YATA_ERR_INVALID;
  int err = write_values(doc, object, held, &places);
  for (uint32_t i = 0; i < places.n && err == 0; i++) {
    struct yata_format a = places.v[i];
    a.value.data = held->data + a.item;
    a.item = 0;
    err = yata_formats_set_member(doc, as, a);
  }
  yata_formats_deinit(doc, &places);
  return err;
}

static int check_text(const char *utf8, size_t len, yata_slice *s, uint32_t *units) {
  *s = (yata_slice){(const uint8_t *)utf8, len};
  *units = 0;
  if (len == 0) return 0;
  if (len == 1 && utf8 != NULL && s->data[0] < 0x80) {
    *units = 1;
    return 0;
  }
  return utf8 != NULL && yata_utf8_check(s->data, s->len, units) ? 0 : YATA_ERR_INVALID;
}

static int find(const struct yata_doc *doc, yata_type text, uint32_t index, uint32_t *t) {
  YATA_TRY(yata_handle(doc, text, YATA_KIND_TEXT, t));
  if (index > doc->types[*t].length) return YATA_ERR_RANGE;
  return doc->txn.open && !doc->busy ? 0 : YATA_ERR_STATE;
}

static int begin(struct yata_doc *doc, yata_type text, uint32_t index, struct yata_op *op, uint32_t *t) {
  YATA_TRY(find(doc, text, index, t));
  return yata_op_begin(doc, op);
}

/* ---- inserting ---------------------------------------------------------------------------- */

/* Where no formats are, none are looked for. */
static int insert_plain(struct yata_doc *doc, uint32_t t, uint32_t index, yata_slice s, uint32_t units) {
  struct yata_new n;
  uint32_t left, right;
  YATA_TRY(yata_position(doc, t, index, &left, &right));
  for (; right != 0 && yata_item_deleted(doc, right); right = doc->items[right].right) left = right;
  YATA_TRY(yata_local_item(doc, t, 0, left, right, units, &n));
  n.kind = YATA_WIRE_STRING;
  n.content = s;
  return yata_integrate(doc, &n, NULL);
}

/* `attributes` NULL: those in force. */
static int insert(struct yata_doc *doc, uint32_t t, uint32_t index, const struct yata_insertion *what,
                  const yata_any *attributes, uint32_t *out) {
  struct yata_formats as = {0};
  struct yata_place p = {0};
  yata_buf held;
  yata_buf_init(&held, &doc->alloc);
  int err = attributes != NULL ? yata_formats_given(doc, attributes, &held, &as) : 0;
  if (err == 0) err = yata_place_find(doc, t, index, &p);
  if (err == 0) err = yata_place_insert(doc, &p, what, attributes != NULL ? &as : NULL, out);
  yata_place_deinit(doc, &p);
  yata_formats_deinit(doc, &as);
  yata_buf_deinit(&held);
  return err;
}

static YATA_APART int insert_text(struct yata_doc *doc, yata_type text, uint32_t index, const char *utf8, size_t len) {
  struct yata_insertion what = {.kind = YATA_WIRE_STRING};
  struct yata_op op;
  uint32_t t;
  YATA_TRY(check_text(utf8, len, &what.content, &what.len));
  YATA_TRY(find(doc, text, index, &t));
  if (len == 0) return 0;
  int quick = yata_quick_insert(doc, t, index, what.content, what.len);
  if (quick != 0) return quick < 0 ? quick : 0;
  YATA_TRY(yata_op_begin(doc, &op));
  int err = doc->types[t].flags & YATA_TYPE_FORMATTED ? insert(doc, t, index, &what, NULL, NULL)
                                                      : insert_plain(doc, t, index, what.content, what.len);
  return yata_op_end(doc, &op, err);
}

int yata_text_insert(yata_doc *doc, yata_type text, uint32_t index, const char *utf8, size_t len) {
  if (len != 1 || utf8 == NULL || !yata_types_on(doc, text, index, (uint8_t)*utf8))
    return insert_text(doc, text, index, utf8, len);
  yata_type_on(doc, (uint8_t)*utf8);
  return 0;
}

int yata_text_insert_with(yata_doc *doc, yata_type text, uint32_t index, const char *utf8, size_t len,
                          const yata_any *attributes) {
  struct yata_insertion what = {.kind = YATA_WIRE_STRING};
  struct yata_op op;
  uint32_t t;
  if (attributes == NULL) return insert_text(doc, text, index, utf8, len);
  YATA_TRY(check_text(utf8, len, &what.content, &what.len));
  YATA_TRY(begin(doc, text, index, &op, &t));
  if (len == 0) return 0;
  return yata_op_end(doc, &op, insert(doc, t, index, &what, attributes, NULL));
}

static const yata_any no_attributes = {.kind = YATA_ANY_OBJECT};

/* JSON that was given may be. */
static bool is_string_or_null(const yata_buf *json) {
  size_t at = 0;
  while (at < json->len && json->data[at] <= ' ' && json->data[at] != 0) at++;
  return json->data[at] == '"' || json->data[at] == 'n';
}

int yata_embed_write(struct yata_doc *doc, const yata_any *embed, yata_buf *out) {
  yata_buf held;
  if (embed->kind == YATA_ANY_STRING || embed->kind == YATA_ANY_NULL || embed->kind == YATA_ANY_UNDEFINED)
    return YATA_ERR_INVALID;
  yata_buf_init(&held, &doc->alloc);
  int err = yata_held_write(&held, embed, doc->max_nesting);
  if (err == 0 && is_string_or_null(&held)) err = YATA_ERR_INVALID;
  if (err == 0) err = yata_buf_put_uint(out, held.len);
  if (err == 0) err = yata_buf_put(out, held.data, held.len);
  yata_buf_deinit(&held);
  return err;
}

int yata_text_insert_embed(yata_doc *doc, yata_type text, uint32_t index, const yata_any *embed,
                           const yata_any *attributes) {
  struct yata_insertion what = {.kind = YATA_WIRE_EMBED, .len = 1};
  struct yata_op op;
  uint32_t t;
  yata_buf raw;
  YATA_TRY(begin(doc, text, index, &op, &t));
  yata_buf_init(&raw, &doc->alloc);
  int err = yata_embed_write(doc, embed, &raw);
  what.content = (yata_slice){raw.data, raw.len};
  if (err == 0) err = insert(doc, t, index, &what, attributes != NULL ? attributes : &no_attributes, NULL);
  yata_buf_deinit(&raw);
  return yata_op_end(doc, &op, err);
}

int yata_text_insert_type(yata_doc *doc, yata_type text, uint32_t index, enum yata_kind kind, const char *name,
                          const yata_any *attributes, yata_type *out) {
  struct yata_insertion what = {.kind = YATA_WIRE_TYPE, .len = 1, .type_kind = kind};
  struct yata_op op;
  uint32_t t, h;
  YATA_TRY(yata_type_name_check(kind, name, &what.type_name));
  YATA_TRY(begin(doc, text, index, &op, &t));
  int err = insert(doc, t, index, &what, attributes != NULL ? attributes : &no_attributes, &h);
  YATA_TRY(yata_op_end(doc, &op, err));
  *out = yata_handle_of(doc, doc->items[h].content);
  return 0;
}

/* ---- formatting --------------------------------------------------------------------------- */

static int format(struct yata_doc *doc, uint32_t t, uint32_t index, uint32_t count, const yata_any *attributes) {
  struct yata_formats as = {0};
  struct yata_place p = {0};
  yata_buf held;
  yata_buf_init(&held, &doc->alloc);
  int err = yata_formats_given(doc, attributes, &held, &as);
  if (err == 0) err = yata_place_find(doc, t, index, &p);
  if (err == 0 && p.right != 0) err = yata_place_format(doc, &p, count, &as);
  yata_place_deinit(doc, &p);
  yata_formats_deinit(doc, &as);
  yata_buf_deinit(&held);
  return err;
}

int yata_text_format(yata_doc *doc, yata_type text, uint32_t index, uint32_t count, const yata_any *attributes) {
  struct yata_op op;
  uint32_t t;
  YATA_TRY(begin(doc, text, index, &op, &t));
  if (count == 0) return 0;
  return yata_op_end(doc, &op, format(doc, t, index, count, attributes));
}

/* ---- deleting ----------------------------------------------------------------------------- */

static int erase(struct yata_doc *doc, uint32_t t, uint32_t index, uint32_t count) {
  struct yata_place p;
  int err = yata_place_find(doc, t, index, &p);
  if (err == 0) err = yata_place_delete(doc, &p, count);
  yata_place_deinit(doc, &p);
  return err;
}

static YATA_APART int delete_text(struct yata_doc *doc, yata_type text, uint32_t index, uint32_t count) {
  struct yata_op op;
  uint32_t t;
  YATA_TRY(find(doc, text, index, &t));
  if (count > doc->types[t].length - index) return YATA_ERR_RANGE;
  if (count == 0) return 0;
  int quick = yata_quick_delete(doc, t, index, count);
  if (quick != 0) return quick < 0 ? quick : 0;
  YATA_TRY(yata_op_begin(doc, &op));
  return yata_op_end(doc, &op, erase(doc, t, index, count));
}

int yata_text_delete(yata_doc *doc, yata_type text, uint32_t index, uint32_t count) {
  if (!yata_erases_on(doc, text, index, count)) return delete_text(doc, text, index, count);
  yata_erase_on(doc, count);
  return 0;
}
