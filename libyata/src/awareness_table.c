/* SPDX-License-Identifier: MIT */
/* The clients of an awareness: slots in the order in which they first came, found by hash; those
 * present are linked in the order in which they came back. Every call logs what its slots were, so
 * that undoing needs no memory. */
#include "awareness.h"

static uint32_t bucket(const yata_awareness *a, uint64_t client) {
  return (uint32_t)((client * 0x9e3779b97f4a7c15u) >> 32) & (a->n_hash - 1);
}

uint32_t yata_slot_find(const yata_awareness *a, uint64_t client) {
  if (a->n_hash == 0) return YATA_NO_SLOT;
  uint32_t s = a->hash[bucket(a, client)];
  while (s != YATA_NO_SLOT && a->slots[s].client != client) s = a->slots[s].next_hash;
  return s;
}

static void link_hash(yata_awareness *a, uint32_t s) {
  uint32_t *head = &a->hash[bucket(a, a->slots[s].client)];
  a->slots[s].next_hash = *head;
  *head = s;
}

static void rehash(yata_awareness *a) {
  memset(a->hash, 0, a->n_hash * sizeof(*a->hash));
  for (uint32_t s = 1; s < a->n_slots; s++) link_hash(a, s);
}

static int grow_hash(yata_awareness *a, size_t need) {
  uint32_t n = a->n_hash ? a->n_hash : 8;
  while (n < need && n < (uint32_t)1 << 30) n *= 2;
  if (n == a->n_hash) return 0;
  uint32_t *hash = yata_mem_resize(&a->mem, NULL, 0, n * sizeof(*hash));
  if (hash == NULL) return YATA_ERR_NOMEM;
  yata_mem_resize(&a->mem, a->hash, a->n_hash * sizeof(*hash), 0);
  a->hash = hash;
  a->n_hash = n;
  rehash(a);
  return 0;
}

/* ---- those present -------------------------------------------------------------------------- */

static void unlink_slot(yata_awareness *a, uint32_t s) {
  a->slots[a->slots[s].prev].next = a->slots[s].next;
  a->slots[a->slots[s].next].prev = a->slots[s].prev;
  a->bytes -= a->slots[s].len;
  a->present--;
}

/* Between the neighbours that it names. */
static void link_slot(yata_awareness *a, uint32_t s) {
  a->slots[a->slots[s].prev].next = s;
  a->slots[a->slots[s].next].prev = s;
  a->bytes += a->slots[s].len;
  a->present++;
}

/* ---- changing ----------------------------------------------------------------------------- */

int yata_awareness_begin(yata_awareness *a, uint32_t count) {
  a->n_undo = 0;
  for (int i = 0; i < YATA_CHANGES; i++) {
    a->changes[i].len = 0;
    YATA_TRY(yata_mem_grow(&a->mem, &a->changes[i].v, &a->changes[i].cap, count, sizeof(uint64_t)));
  }
  YATA_TRY(yata_mem_grow(&a->mem, &a->undo, &a->cap_undo, count, sizeof(*a->undo)));
  YATA_TRY(yata_mem_grow(&a->mem, &a->slots, &a->cap_slots, (size_t)a->n_slots + count, sizeof(*a->slots)));
  return grow_hash(a, (size_t)a->n_slots + count);
}

int yata_awareness_put(yata_awareness *a, uint64_t client, uint64_t clock, yata_slice json, uint64_t now) {
  uint8_t *copy = NULL;
  uint32_t s = yata_slot_find(a, client);
  if (json.len > a->max_state_bytes) return YATA_ERR_LIMIT;
  if (json.data != NULL) {
    copy = yata_mem_resize(&a->mem, NULL, 0, json.len);
    if (copy == NULL) return YATA_ERR_NOMEM;
    memcpy(copy, json.data, json.len);
  }
  bool made = s == YATA_NO_SLOT;
  if (made) {
    s = a->n_slots++;
    a->slots[s] = (struct yata_slot){.client = client};
    link_hash(a, s);
  }
  struct yata_slot *slot = &a->slots[s];
  a->undo[a->n_undo++] = (struct yata_slot_undo){s, made, *slot};
  if (slot->json != NULL && copy == NULL) unlink_slot(a, s);
  if (slot->json != NULL && copy != NULL) a->bytes -= slot->len;
  bool came = slot->json == NULL && copy != NULL;
  if (!came && copy != NULL) a->bytes += json.len;
  slot->json = copy;
  slot->len = copy != NULL ? json.len : 0;
  slot->clock = clock;
  slot->heard_ms = now;
  if (came) {
    slot->prev = a->slots[0].prev;
    slot->next = 0;
    link_slot(a, s);
  }
  return 0;
}

void yata_awareness_note(yata_awareness *a, enum yata_change what, uint64_t client) {
  a->changes[what].v[a->changes[what].len++] = client;
}

static void undo_one(yata_awareness *a, const struct yata_slot_undo *u) {
  struct yata_slot *slot = &a->slots[u->slot];
  if (slot->json != NULL) unlink_slot(a, u->slot);
  yata_mem_resize(&a->mem, slot->json, slot->len, 0);
  if (u->made) {
    a->hash[bucket(a, slot->client)] = slot->next_hash;
    a->n_slots--;
    return;
  }
  *slot = u->was;
  if (slot->json != NULL) link_slot(a, u->slot);
}

/* Forget the clocks of all who left. */
static void compact(yata_awareness *a) {
  uint32_t n = 1;
  for (uint32_t s = 1; s < a->n_slots; s++) {
    if (a->slots[s].json == NULL) continue;
    if (n != s) {
      a->slots[n] = a->slots[s];
      a->slots[a->slots[n].prev].next = n;
      a->slots[a->slots[n].next].prev = n;
    }
    n++;
  }
  a->n_slots = n;
  rehash(a);
}

static void give(const yata_awareness *a, yata_awareness_changes *out) {
  yata_clients *const lists[YATA_CHANGES] = {&out->added, &out->updated, &out->changed, &out->removed};
  for (int i = 0; i < YATA_CHANGES; i++) *lists[i] = (yata_clients){a->changes[i].v, a->changes[i].len};
}

int yata_awareness_end(yata_awareness *a, int err, yata_awareness_changes *changes) {
  if (err == 0 && (a->present > a->max_clients || a->bytes > a->max_bytes)) err = YATA_ERR_LIMIT;
  if (err < 0) {
    while (a->n_undo > 0) undo_one(a, &a->undo[--a->n_undo]);
    for (int i = 0; i < YATA_CHANGES; i++) a->changes[i].len = 0;
  }
  for (uint32_t i = 0; i < a->n_undo; i++) yata_mem_resize(&a->mem, a->undo[i].was.json, a->undo[i].was.len, 0);
  a->n_undo = 0;
  if (a->n_slots - 1 - a->present > a->max_clients) compact(a);
  if (changes != NULL) give(a, changes);
  return err;
}
