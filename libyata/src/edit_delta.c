/* SPDX-License-Identifier: MIT */
/* Applying a delta, as Y.Text.applyDelta. */
#include "text.h"

static const yata_any no_attributes = {.kind = YATA_ANY_OBJECT};

static int insert_text(struct yata_doc *doc, struct yata_place *p, const yata_text_op *op, struct yata_formats *as) {
  struct yata_insertion what = {.kind = YATA_WIRE_STRING, .content = op->text};
  if (op->text.len == 0) return 0;
  if (op->text.data == NULL || !yata_utf8_check(op->text.data, op->text.len, &what.len)) return YATA_ERR_INVALID;
  return yata_place_insert(doc, p, &what, as, NULL);
}

static int insert_embed(struct yata_doc *doc, struct yata_place *p, const yata_text_op *op, struct yata_formats *as) {
  struct yata_insertion what = {.kind = YATA_WIRE_EMBED, .len = 1};
  yata_buf raw;
  yata_buf_init(&raw, &doc->alloc);
  int err = yata_embed_write(doc, &op->embed, &raw);
  what.content = (yata_slice){raw.data, raw.len};
  if (err == 0) err = yata_place_insert(doc, p, &what, as, NULL);
  yata_buf_deinit(&raw);
  return err;
}

static int insert_type(struct yata_doc *doc, struct yata_place *p, const yata_text_op *op, struct yata_formats *as) {
  struct yata_insertion what = {.kind = YATA_WIRE_TYPE, .len = 1, .type_kind = op->type_kind};
  uint32_t h;
  YATA_TRY(yata_type_name_check(op->type_kind, op->type_name, &what.type_name));
  YATA_TRY(yata_place_insert(doc, p, &what, as, &h));
  if (op->type_out != NULL) *op->type_out = yata_handle_of(doc, doc->items[h].content);
  return 0;
}

static int retain(struct yata_doc *doc, struct yata_place *p, const yata_text_op *op, struct yata_formats *as) {
  const struct yata_typ *t = &doc->types[p->type];
  if (as->n == 0 && !(t->flags & YATA_TYPE_FORMATTED) && op->len > 0 && p->index <= t->length &&
      op->len <= t->length - p->index) {
    p->index += op->len;
    return yata_position(doc, p->type, p->index, &p->left, &p->right);
  }
  return yata_place_format(doc, p, op->len, as);
}

static int apply_op(struct yata_doc *doc, struct yata_place *p, const yata_text_op *op) {
  struct yata_formats as = {0};
  yata_buf held;
  if (op->kind == YATA_TEXT_DELETE) return yata_place_delete(doc, p, op->len);
  yata_buf_init(&held, &doc->alloc);
  int err = yata_formats_given(doc, op->attributes != NULL ? op->attributes : &no_attributes, &held, &as);
  if (err == 0) {
    switch (op->kind) {
    case YATA_TEXT_INSERT: err = insert_text(doc, p, op, &as); break;
    case YATA_TEXT_EMBED: err = insert_embed(doc, p, op, &as); break;
    case YATA_TEXT_TYPE: err = insert_type(doc, p, op, &as); break;
    case YATA_TEXT_RETAIN: err = retain(doc, p, op, &as); break;
    default: err = YATA_ERR_INVALID;
    }
  }
  yata_formats_deinit(doc, &as);
  yata_buf_deinit(&held);
  return err;
}

int yata_text_apply_delta(yata_doc *doc, yata_type text, const yata_text_op *ops, size_t count) {
  struct yata_op op;
  uint32_t t;
  YATA_TRY(yata_handle(doc, text, YATA_KIND_TEXT, &t));
  YATA_TRY(yata_op_begin(doc, &op));
  struct yata_place p = {.type = t, .right = doc->types[t].start, .known = true};
  int err = 0;
  doc->types[t].mark = 0; /* edits begin before it */
  for (size_t i = 0; i < count && err == 0; i++) err = apply_op(doc, &p, &ops[i]);
  yata_place_deinit(doc, &p);
  return yata_op_end(doc, &op, err);
}
