/* SPDX-License-Identifier: MIT */
#include "redone.h"

#include "events.h"

static struct yata_redone_entry *slot_of(const struct yata_redone *r, uint32_t client, uint32_t clock) {
  uint64_t x = ((uint64_t)client << 32 | clock) * 0x9e3779b97f4a7c15u;
  uint32_t mask = r->cap - 1, i = (uint32_t)(x >> 32) & mask;
  while (r->v[i].client != 0 && (r->v[i].client != client || r->v[i].clock != clock)) i = (i + 1) & mask;
  return &r->v[i];
}

/* Is there still an item with the flag that begins with this unit? */
static bool is_used(const struct yata_doc *doc, const struct yata_redone_entry *e) {
  if (e->clock >= doc->clients[e->client - 1].state) return false;
  const struct yata_item *it = yata_item_at(doc, yata_index_lookup(doc, e->client - 1, e->clock));
  return it->clock == e->clock && (it->flags & YATA_ITEM_REDONE);
}

static int grow(struct yata_doc *doc, struct yata_redone *r) {
  struct yata_redone fresh = {.cap = r->cap ? r->cap * 2 : 16};
  if (r->n < r->cap / 2) return 0;
  fresh.v = yata_mem_resize(&doc->mem, NULL, 0, fresh.cap * sizeof(*fresh.v));
  if (fresh.v == NULL) return YATA_ERR_NOMEM;
  memset(fresh.v, 0, fresh.cap * sizeof(*fresh.v));
  for (uint32_t i = 0; i < r->cap; i++) {
    if (r->v[i].client == 0 || !is_used(doc, &r->v[i])) continue;
    *slot_of(&fresh, r->v[i].client, r->v[i].clock) = r->v[i];
    fresh.n++;
  }
  yata_mem_drop(&doc->mem, &r->v, &r->cap, sizeof(*r->v));
  *r = fresh;
  return 0;
}

static int put(struct yata_doc *doc, const struct yata_redone_entry *entry) {
  struct yata_redone *r = &doc->events->redone;
  YATA_TRY(grow(doc, r));
  struct yata_redone_entry *e = slot_of(r, entry->client, entry->clock);
  r->n += e->client == 0;
  *e = *entry;
  return 0;
}

int yata_redone_set(struct yata_doc *doc, const struct yata_item *it, uint32_t to_client, uint32_t to_clock) {
  const struct yata_redone_entry e = {it->client + 1, it->clock, to_client, to_clock};
  return put(doc, &e);
}

void yata_redone_get(const struct yata_doc *doc, const struct yata_item *it, uint32_t *client, uint32_t *clock) {
  const struct yata_redone_entry *e = slot_of(&doc->events->redone, it->client + 1, it->clock);
  *client = e->to_client;
  *clock = e->to_clock;
}

int yata_redone_split(struct yata_doc *doc, const struct yata_item *it, uint32_t diff) {
  struct yata_redone_entry e = {it->client + 1, it->clock + diff, 0, 0};
  yata_redone_get(doc, it, &e.to_client, &e.to_clock);
  e.to_clock += diff;
  return put(doc, &e);
}

bool yata_redone_any(const struct yata_doc *doc) {
  return doc->events != NULL && doc->events->redone.n > 0;
}

bool yata_redone_has(const struct yata_doc *doc, const struct yata_item *it) {
  const struct yata_events *ev = doc->events;
  return ev != NULL && ev->redone.cap > 0 && slot_of(&ev->redone, it->client + 1, it->clock)->client != 0;
}

void yata_follow_redone(const struct yata_doc *doc, uint32_t client, uint32_t clock, uint32_t *item, uint32_t *offset) {
  for (;;) {
    *item = yata_index_lookup(doc, client, clock);
    const struct yata_item *it = yata_item_at(doc, *item);
    *offset = clock - it->clock;
    if (!(it->flags & YATA_ITEM_REDONE)) return;
    yata_redone_get(doc, it, &client, &clock);
    clock += *offset;
  }
}
