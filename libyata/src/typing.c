/* SPDX-License-Identifier: MIT */
#include "typing.h"

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
