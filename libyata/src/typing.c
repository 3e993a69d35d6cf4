/* SPDX-License-Identifier: MIT */
#include "typing.h"

int yata_type_on(struct yata_doc *doc, uint8_t key) {
  struct yata_txn *txn = &doc->txn;
  struct yata_typing *at = &doc->typing;
  struct yata_client *c = at->client;
  txn->touched[0].before = c->state++; /* the client is the one of the transaction before */
  c->txn_id = at->key_id = txn->id;
  c->text.len++;
  at->chunk->live++;
  *at->to++ = at->key = key;
  at->index++;
  at->room--;
  at->it->len++;
  doc->types[at->type.slot].length++;
  txn->undo[0].kind = YATA_UNDO_GROW;
  txn->undo[0].at = at->item;
  txn->undo[0].u.grown = 1;
  txn->n_touched = txn->n_undo = txn->quick = 1;
  yata_tree_grown(doc, at->item, 1);
  return 0;
}

int yata_erase_on(struct yata_doc *doc, uint32_t count) {
  struct yata_txn *txn = &doc->txn;
  struct yata_typing *at = &doc->typing;
  const struct yata_item *it = at->it;
  bool back = at->what == YATA_ERASES_BACK;
  uint32_t offset = back ? it->len - count : 0;
  txn->deleted.v[0] = (struct yata_range){at->client->id, it->clock + offset, count};
  struct yata_undo *undo = &txn->undo[0];
  undo->kind = YATA_UNDO_SHIFT;
  undo->at = at->item;
  undo->u.shift.units = count;
  undo->u.shift.content = it->content + offset;
  undo->right = back;
  *at->border = *at->first = yata_shift_units(doc, at->item, back, count) + (back ? 0u - count : count);
  txn->deleted.n = txn->n_undo = txn->quick = txn->shifts = 1;
  if (back) at->index -= count;
  at->key = 1;
  if (count == 1) at->key_id = txn->id;
  yata_run_shrunk(doc, at->item, count);
  return 0;
}

/* Where the two clocks stand that move with the border between the item and its deleted neighbour. */
static void keep_border(struct yata_doc *doc) {
  struct yata_typing *at = &doc->typing;
  const struct yata_item *later = at->what == YATA_ERASES_BACK ? &doc->items[at->it->right] : at->it;
  struct yata_pos pos = yata_index_find(at->client, later->clock);
  struct yata_block *b = &at->client->blocks[pos.block];
  at->border = &b->clocks[pos.slot];
  at->first = pos.slot == 0 ? &b->first : &at->nowhere;
}

void yata_typing_keep(struct yata_doc *doc) {
  struct yata_typing *at = &doc->typing;
  at->txn_id = doc->txn.id;
  at->it = &doc->items[at->item];
  at->client = &doc->clients[at->it->client];
  at->room = 0;
  if (at->what != YATA_TYPES) {
    keep_border(doc);
    return;
  }
  const struct yata_store *text = &at->client->text;
  at->chunk = yata_text_room(text, 1);
  if (at->chunk == NULL) return;
  uint32_t slot = text->len & ((1u << YATA_TEXT_SHIFT) - 1), left = YATA_CLOCK_MAX - at->client->state;
  at->to = at->chunk->data + slot;
  at->room = at->chunk->cap - slot < left ? at->chunk->cap - slot : left;
}

/* ---- the update of a key ------------------------------------------------------------------ */

static size_t behind(const uint8_t *number) {
  size_t n = 1;
  while (*number++ > 0x7f) n++;
  return n;
}

/* So many steps can be made until a clock gets longer or shorter: the lowest seven bits of a number stand in its first
 * byte, and the left origin of what was typed is one before it. */
static uint8_t steps_from(uint8_t low, int step) {
  if (step < 0) return low;
  return low > 0 ? (uint8_t)(0x7f - low) : 0;
}

void yata_key_set(struct yata_key_update *u, const uint8_t *update, size_t len, bool erased, int step) {
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
  u->step = (uint8_t)step;
  u->steps = steps_from(u->bytes[clock] & 0x7f, step);
  if (u->steps == 0) return;
  u->len = (uint8_t)len;
  u->steps++;
  yata_key_step(u);
}
