/* SPDX-License-Identifier: MIT */
#include "typing.h"

int yata_type_on(struct yata_doc *doc, uint8_t key) {
  struct yata_txn *txn = &doc->txn;
  uint32_t h = doc->typing.item;
  struct yata_client *c = &doc->clients[doc->items[h].client];
  struct yata_store *text = &c->text;
  txn->touched[0].before = c->state; /* the client is the one of the transaction before */
  txn->n_touched = 1;
  c->txn_id = txn->id;
  yata_run_grown(doc, h, 1);
  txn->undo[0].kind = YATA_UNDO_GROW;
  txn->undo[0].at = h;
  txn->undo[0].u.grown = 1;
  txn->n_undo = txn->quick = 1;
  doc->typing.index++;
  doc->typing.key = key;
  doc->typing.key_id = txn->id;
  yata_text_add(text, &text->chunks[text->len >> YATA_TEXT_SHIFT], (yata_slice){&key, 1});
  return 0;
}

int yata_erase_on(struct yata_doc *doc, uint32_t count) {
  struct yata_txn *txn = &doc->txn;
  struct yata_typing *at = &doc->typing;
  const struct yata_item *it = &doc->items[at->item];
  bool back = at->what == YATA_ERASES_BACK;
  uint32_t clock = it->clock + (back ? it->len - count : 0);
  txn->deleted.v[0] = (struct yata_range){doc->clients[it->client].id, clock, count};
  txn->deleted.n = 1;
  yata_quick_shift(doc, at->item, back, count);
  txn->quick = 1;
  if (back) at->index -= count;
  at->key = 1;
  if (count == 1) at->key_id = txn->id;
  return 0;
}

/* ---- the update of a key ------------------------------------------------------------------ */

static size_t behind(const uint8_t *number) {
  size_t n = 1;
  while (*number++ > 0x7f) n++;
  return n;
}

void yata_key_set(struct yata_key_update *u, const uint8_t *update, size_t len, bool erased) {
  u->len = 0;
  if (len > YATA_KEY_MAX) return;
  memcpy(u->bytes, update, len);
  size_t clock = 2 + behind(update + 2), left = YATA_KEY_MAX, key = len - 1; /* behind two counts and the client */
  if (erased) {
    clock++; /* behind the number of ranges */
  } else {
    left = clock + behind(update + clock) + 1;
    left += behind(update + left);
    key--; /* no deletions follow: a zero */
  }
  u->clock_at = (uint8_t)clock;
  u->left_at = (uint8_t)left;
  u->key_at = (uint8_t)key;
  u->len = (uint8_t)len;
}
