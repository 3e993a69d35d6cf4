/* SPDX-License-Identifier: MIT */
/* The end of a transaction that was one quick edit: its update is one struct or one range, and, unless it cut
 * something out of a run, no two items can have become such that they would merge. */
#include "txn_quick.h"

#include "integrate.h"
#include "typing.h"

void yata_quick_release(struct yata_doc *doc) {
  struct yata_txn *txn = &doc->txn;
  if (doc->keep_deleted) return;
  for (uint32_t i = 0; i < txn->n_undo && txn->shifts > 0; i++) {
    const struct yata_undo *undo = &txn->undo[i];
    if (undo->kind != YATA_UNDO_SHIFT) continue;
    yata_text_release(doc, doc->items[undo->at].client, undo->u.shift.content, undo->u.shift.units);
    txn->shifts--;
  }
}

/* ---- writing ------------------------------------------------------------------------------ */

static uint8_t *put_id(uint8_t *p, uint64_t client, uint32_t clock) {
  return yata_clock_write(yata_uint_write(p, client), clock);
}

static uint8_t *put_parent(const struct yata_doc *doc, const struct yata_item *it, uint8_t *p) {
  const struct yata_typ *t = &doc->types[it->parent];
  *p++ = t->item == 0;
  if (t->item != 0) {
    const struct yata_item *holder = &doc->items[t->item];
    return put_id(p, doc->clients[holder->client].id, holder->clock);
  }
  yata_slice name = yata_key_bytes(doc, t->name);
  p = yata_uint_write(p, name.len);
  if (name.len > 0) memcpy(p, name.data, name.len);
  return p + name.len;
}

/* All before the text of the last item of a client, from the clock on. What is written is bytes, which might be
 * anything to the compiler: so all is read before. */
static uint8_t *put_head(const struct yata_doc *doc, const struct yata_item *it, uint32_t clock, uint8_t *p) {
  const struct yata_client *clients = doc->clients;
  uint64_t id = clients[it->client].id, left_id = id, right_id = 0;
  uint32_t left_clock = clock - 1, right_clock = it->ror_clock, left = 1, right = it->ror;
  if (clock == it->clock) {
    left = it->origin;
    left_clock = it->origin_clock;
    if (left != 0) left_id = clients[left - 1].id;
  }
  if (right != 0) right_id = clients[right - 1].id;
  p[0] = p[1] = 1;
  p = put_id(p + 2, id, clock);
  *p++ = (uint8_t)(YATA_WIRE_STRING | (left != 0 ? YATA_INFO_LEFT : 0) | (right != 0 ? YATA_INFO_RIGHT : 0));
  if (left != 0) p = put_id(p, left_id, left_clock);
  if (right != 0) p = put_id(p, right_id, right_clock);
  return (left | right) != 0 ? p : put_parent(doc, it, p);
}

#define HEAD_MAX 96 /* bytes of ids and numbers, a name left out */

static int write_item(struct yata_doc *doc, const struct yata_item *it, uint32_t clock, yata_buf *out) {
  uint32_t offset = clock - it->clock, len = it->len - offset;
  const struct yata_store *text = &doc->clients[it->client].text;
  const uint8_t *plain = yata_text_plain(text, it->content + offset, len);
  size_t at = out->len, name = 0;
  if ((it->origin | it->ror) == 0) name = yata_key_bytes(doc, doc->types[it->parent].name).len;
  YATA_TRY(yata_buf_reserve(out, HEAD_MAX + name + 3 * (size_t)len));
  uint8_t *p = out->data + at, key = plain != NULL ? *plain : 0;
  uint8_t *end = put_head(doc, it, clock, p);
  out->len = at + (size_t)(end - p);
  if (plain != NULL && len == 1) {
    end[0] = 1;
    end[1] = key;
    end[2] = 0;
    out->len += 3;
    return 0;
  }
  int err = yata_text_encode(text, it->content + offset, len, true, out);
  if (err == 0) err = yata_buf_put_u8(out, 0);
  if (err < 0) out->len = at;
  return err;
}

static int write_range(const struct yata_range *r, yata_buf *out) {
  YATA_TRY(yata_buf_reserve(out, HEAD_MAX));
  uint8_t *p = out->data + out->len;
  *p++ = 0;
  *p++ = 1;
  p = yata_uint_write(p, r->client);
  *p++ = 1;
  p = yata_uint_write(yata_uint_write(p, r->clock), r->len);
  out->len = (size_t)(p - out->data);
  return 0;
}

/* ---- committing --------------------------------------------------------------------------- */

static int write_grown(struct yata_doc *doc, const struct yata_item *it, yata_buf *out) {
  uint32_t clock = doc->txn.touched[0].before, last = it->content + it->len - 1;
  const uint8_t *plain = yata_text_plain(&doc->clients[it->client].text, last, 1);
  size_t at = out->len;
  YATA_TRY(write_item(doc, it, clock, out));
  if (it->clock + it->len - clock == 1 && plain != NULL && *plain < 0x80)
    yata_key_set(&doc->typing.next, out->data + at, out->len - at, false, 1);
  return 0;
}

static int write_shifted(struct yata_doc *doc, const struct yata_range *r, yata_buf *out) {
  size_t at = out->len;
  YATA_TRY(write_range(r, out));
  if (r->len == 1)
    yata_key_set(&doc->typing.next, out->data + at, out->len - at, true, doc->typing.what == YATA_ERASES_BACK ? -1 : 1);
  return 0;
}

int yata_quick_commit(struct yata_doc *doc, yata_buf *out) {
  const struct yata_txn *txn = &doc->txn;
  const struct yata_undo *undo = &txn->undo[txn->n_undo - 1];
  const struct yata_item *it = &doc->items[undo->at];
  const struct yata_range *deleted = txn->deleted.v;
  doc->typing.next.len = 0;
  switch (undo->kind) {
  case YATA_UNDO_GROW:
    if (out != NULL) YATA_TRY(write_grown(doc, it, out));
    break;
  case YATA_UNDO_SHIFT:
    if (out != NULL) YATA_TRY(write_shifted(doc, deleted, out));
    yata_quick_release(doc);
    break;
  case YATA_UNDO_HIDE:
    if (out != NULL) YATA_TRY(write_range(deleted, out));
    yata_cleanup_quick(doc, YATA_NO_CLIENT, deleted);
    return 0;
  default:
    if (out != NULL) YATA_TRY(write_item(doc, it, txn->touched[0].before, out));
  }
  yata_typing_keep(doc);
  return 0;
}
