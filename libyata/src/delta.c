/* SPDX-License-Identifier: MIT */
/* Deltas: how they are put together; and those of arrays and XML, as Yjs' YEvent.changes. */
#include "edit.h"
#include "events.h"

int yata_delta_open(struct yata_doc *doc, struct yata_delta *d, enum yata_delta_kind kind,
                    const struct yata_delta_pos *pos) {
  YATA_TRY(yata_mem_grow(&doc->mem, &d->ops, &d->cap_ops, (size_t)d->n_ops + 1, sizeof(*d->ops)));
  d->ops[d->n_ops++] = (yata_delta_op){
      .kind = kind,
      .old_index = pos->old_index,
      .new_index = pos->new_index,
      .old_byte = pos->old_byte,
      .new_byte = pos->new_byte,
  };
  return 0;
}

void yata_delta_grow(struct yata_delta *d, uint32_t len, size_t bytes, struct yata_delta_pos *pos) {
  yata_delta_op *op = &d->ops[d->n_ops - 1];
  op->len += len;
  op->bytes += bytes;
  if (op->kind != YATA_DELTA_INSERT) {
    pos->old_index += len;
    pos->old_byte += bytes;
  }
  if (op->kind != YATA_DELTA_DELETE) {
    pos->new_index += len;
    pos->new_byte += bytes;
  }
}

int yata_delta_values(struct yata_doc *doc, struct yata_delta *d, const struct yata_item *it, uint32_t from,
                      uint32_t to) {
  YATA_TRY(yata_mem_grow(&doc->mem, &d->values, &d->cap_values, (size_t)d->n_values + (to - from), sizeof(*d->values)));
  for (uint32_t i = from; i < to; i++) {
    YATA_TRY(yata_value_of(doc, it, i, &d->values[d->n_values]));
    d->n_values++;
    d->ops[d->n_ops - 1].n_values++;
  }
  return 0;
}

void yata_delta_close(struct yata_delta *d) {
  size_t text = 0, values = 0, attributes = 0;
  for (uint32_t i = 0; i < d->n_ops; i++) {
    yata_delta_op *op = &d->ops[i];
    op->text.data = d->text.data != NULL ? d->text.data + text : NULL;
    op->values = d->values != NULL ? d->values + values : NULL;
    op->attributes = d->attributes != NULL ? d->attributes + attributes : NULL;
    text += op->text.len;
    values += op->n_values;
    attributes += op->n_attributes;
  }
}

void yata_delta_deinit(struct yata_doc *doc, struct yata_delta *d) {
  for (uint32_t i = 0; i < d->n_values; i++) yata_value_deinit(&d->values[i]);
  yata_mem_drop(&doc->mem, &d->ops, &d->cap_ops, sizeof(*d->ops));
  yata_mem_drop(&doc->mem, &d->values, &d->cap_values, sizeof(*d->values));
  yata_mem_drop(&doc->mem, &d->attributes, &d->cap_attributes, sizeof(*d->attributes));
  yata_readings_deinit(doc, &d->readings);
  yata_buf_deinit(&d->text);
}

/* ---- arrays and XML ----------------------------------------------------------------------------- */

/* Units from .. to of an item, which all had the same fate. Formats, which only bytes from outside put
 * here, count as in Yjs. */
static int list_part(struct yata_doc *doc, const struct yata_item *it, uint32_t from, uint32_t to, bool is_new,
                     struct yata_delta *d, struct yata_delta_pos *pos) {
  enum yata_delta_kind kind = is_new ? YATA_DELTA_INSERT : YATA_DELTA_RETAIN;
  if (from == to) return 0;
  if (it->flags & YATA_ITEM_DELETED) {
    if (is_new || !yata_txn_deletes(doc, it->client, it->clock)) return 0;
    kind = YATA_DELTA_DELETE;
  }
  if (d->n_ops == 0 || d->ops[d->n_ops - 1].kind != kind) YATA_TRY(yata_delta_open(doc, d, kind, pos));
  if (kind == YATA_DELTA_INSERT && it->kind == YATA_WIRE_FORMAT) return 0;
  if (kind != YATA_DELTA_RETAIN && yata_kind_countable(it->kind)) YATA_TRY(yata_delta_values(doc, d, it, from, to));
  yata_delta_grow(d, to - from, 0, pos);
  return 0;
}

int yata_delta_list(struct yata_doc *doc, uint32_t type, struct yata_delta *d) {
  struct yata_delta_pos pos = {0};
  for (uint32_t h = doc->types[type].start; h != 0; h = doc->items[h].right) {
    const struct yata_item *it = &doc->items[h];
    uint32_t old = yata_units_before(doc, it);
    YATA_TRY(list_part(doc, it, 0, old, false, d, &pos));
    YATA_TRY(list_part(doc, it, old, it->len, true, d, &pos));
  }
  if (d->n_ops > 0 && d->ops[d->n_ops - 1].kind == YATA_DELTA_RETAIN) d->n_ops--;
  yata_delta_close(d);
  return 0;
}
