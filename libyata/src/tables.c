/* SPDX-License-Identifier: MIT */
/* Items, interned keys, shared types and the entries of their maps. */
#include "store.h"

int yata_item_new_slow(struct yata_doc *doc, uint32_t *out) {
  if (doc->free_items == 0)
    YATA_TRY(yata_mem_grow(&doc->mem, &doc->items, &doc->cap_items, doc->n_items + 1, sizeof(*doc->items)));
  uint32_t h = doc->free_items ? doc->free_items : doc->n_items;
  if (doc->free_items != 0)
    doc->free_items = doc->items[h].right;
  else
    doc->n_items++;
  doc->used_items++;
  *out = h;
  return 0;
}

void yata_item_free(struct yata_doc *doc, uint32_t h) {
  if (doc->in_force.item == h) doc->in_force.item = 0;
  doc->items[h] = (struct yata_item){.right = doc->free_items, .flags = YATA_ITEM_FREE};
  doc->free_items = h;
  doc->used_items--;
}

/* ---- keys --------------------------------------------------------------------------------- */

static uint32_t hash_bytes(yata_slice s) {
  uint32_t h = 2166136261u;
  for (size_t i = 0; i < s.len; i++) h = (h ^ s.data[i]) * 16777619u;
  return h ^ h >> 15;
}

yata_slice yata_key_bytes(const struct yata_doc *doc, uint32_t key) {
  return (yata_slice){doc->key_bytes + doc->keys[key].off, doc->keys[key].len};
}

uint32_t yata_key_find(const struct yata_doc *doc, yata_slice key) {
  if (doc->n_key_hash == 0) return 0;
  uint32_t hash = hash_bytes(key);
  uint32_t i = doc->key_hash[hash & (doc->n_key_hash - 1)];
  for (; i != 0; i = doc->keys[i].next_hash) {
    yata_slice have = yata_key_bytes(doc, i);
    if (doc->keys[i].hash == hash && have.len == key.len && (key.len == 0 || memcmp(have.data, key.data, key.len) == 0))
      return i;
  }
  return 0;
}

static int grow_key_hash(struct yata_doc *doc) {
  if (doc->n_keys < doc->n_key_hash) return 0;
  uint32_t n = doc->n_key_hash ? doc->n_key_hash * 2 : 8;
  uint32_t *hash = yata_mem_resize(&doc->mem, NULL, 0, n * sizeof(*hash));
  if (hash == NULL) return YATA_ERR_NOMEM;
  memset(hash, 0, n * sizeof(*hash));
  for (uint32_t i = 1; i < doc->n_keys; i++) {
    uint32_t *head = &hash[doc->keys[i].hash & (n - 1)];
    doc->keys[i].next_hash = *head;
    *head = i;
  }
  yata_mem_resize(&doc->mem, doc->key_hash, doc->n_key_hash * sizeof(*hash), 0);
  doc->key_hash = hash;
  doc->n_key_hash = n;
  return 0;
}

int yata_key_get(struct yata_doc *doc, yata_slice key, uint32_t *out) {
  *out = yata_key_find(doc, key);
  if (*out != 0) return 0;
  YATA_TRY(yata_mem_grow(&doc->mem, &doc->keys, &doc->cap_keys, doc->n_keys + 1, sizeof(*doc->keys)));
  YATA_TRY(yata_mem_grow(&doc->mem, &doc->key_bytes, &doc->cap_key_bytes, (size_t)doc->n_key_bytes + key.len + 1, 1));
  YATA_TRY(grow_key_hash(doc));
  uint32_t hash = hash_bytes(key), n = doc->n_keys++;
  uint32_t *head = &doc->key_hash[hash & (doc->n_key_hash - 1)];
  doc->keys[n] = (struct yata_key){doc->n_key_bytes, (uint32_t)key.len, hash, *head};
  *head = n;
  if (key.len > 0) memcpy(doc->key_bytes + doc->n_key_bytes, key.data, key.len);
  doc->n_key_bytes += (uint32_t)key.len;
  *out = n;
  return 0;
}

void yata_keys_truncate(struct yata_doc *doc, uint32_t n, uint32_t n_bytes) {
  /* The newest key of a chain is its head. */
  while (doc->n_keys > n) {
    const struct yata_key *k = &doc->keys[--doc->n_keys];
    doc->key_hash[k->hash & (doc->n_key_hash - 1)] = k->next_hash;
  }
  doc->n_key_bytes = n_bytes;
}

/* ---- types -------------------------------------------------------------------------------- */

int yata_type_new(struct yata_doc *doc, uint32_t *out) {
  if (doc->free_types == 0)
    YATA_TRY(yata_mem_grow(&doc->mem, &doc->types, &doc->cap_types, doc->n_types + 1, sizeof(*doc->types)));
  uint32_t t = doc->free_types ? doc->free_types : doc->n_types;
  struct yata_undo undo = {.kind = YATA_UNDO_TYPE_NEW, .at = t};
  YATA_TRY(yata_log(doc, &undo));
  uint32_t generation = 1;
  if (doc->free_types != 0) {
    generation = doc->types[t].generation;
    doc->free_types = doc->types[t].link;
  } else {
    doc->n_types++;
  }
  doc->used_types++;
  doc->types[t] = (struct yata_typ){.generation = generation, .flags = YATA_TYPE_ALIVE, .logged = doc->txn.mark};
  *out = t;
  return 0;
}

void yata_type_free(struct yata_doc *doc, uint32_t type) {
  uint32_t generation = doc->types[type].generation + 1;
  doc->types[type] = (struct yata_typ){.generation = generation ? generation : 1, .link = doc->free_types};
  doc->free_types = type;
  doc->format_epoch++;
  doc->used_types--;
}

uint32_t yata_root_find(const struct yata_doc *doc, yata_slice name) {
  uint32_t key = yata_key_find(doc, name);
  return key == 0 ? 0 : yata_ent_get(doc, 0, key);
}

int yata_root_get(struct yata_doc *doc, yata_slice name, uint32_t *out) {
  /* Roots are entries of type 0: the document as a map of its roots. */
  uint32_t key;
  YATA_TRY(yata_key_get(doc, name, &key));
  *out = yata_ent_get(doc, 0, key);
  if (*out != 0) return 0;
  uint32_t type;
  YATA_TRY(yata_type_new(doc, &type));
  doc->types[type].flags |= YATA_TYPE_ROOT;
  doc->types[type].name = key;
  YATA_TRY(yata_ent_set(doc, 0, key, type));
  *out = type;
  return 0;
}

/* ---- map entries -------------------------------------------------------------------------- */

static uint32_t hash_pair(uint32_t type, uint32_t key) {
  uint64_t x = ((uint64_t)type << 32 | key) * 0x9e3779b97f4a7c15u;
  return (uint32_t)(x >> 32);
}

static uint32_t ent_find(const struct yata_doc *doc, uint32_t type, uint32_t key) {
  if (doc->n_ent_hash == 0) return 0;
  uint32_t i = doc->ent_hash[hash_pair(type, key) & (doc->n_ent_hash - 1)];
  while (i != 0 && (doc->ents[i].type != type || doc->ents[i].key != key)) i = doc->ents[i].next_hash;
  return i;
}

uint32_t yata_ent_get(const struct yata_doc *doc, uint32_t type, uint32_t key) {
  uint32_t i = ent_find(doc, type, key);
  return i ? doc->ents[i].item : 0;
}

uint32_t yata_ent_behind(const struct yata_doc *doc, uint32_t type, uint32_t key) {
  return doc->ents[doc->ents[ent_find(doc, type, key)].next].item;
}

static int grow_ent_hash(struct yata_doc *doc) {
  if (doc->used_ents < doc->n_ent_hash) return 0;
  uint32_t n = doc->n_ent_hash ? doc->n_ent_hash * 2 : 8;
  uint32_t *hash = yata_mem_resize(&doc->mem, NULL, 0, n * sizeof(*hash));
  if (hash == NULL) return YATA_ERR_NOMEM;
  memset(hash, 0, n * sizeof(*hash));
  for (uint32_t i = 1; i < doc->n_ents; i++) {
    if (doc->ents[i].key == 0) continue; /* free */
    uint32_t *head = &hash[hash_pair(doc->ents[i].type, doc->ents[i].key) & (n - 1)];
    doc->ents[i].next_hash = *head;
    *head = i;
  }
  yata_mem_resize(&doc->mem, doc->ent_hash, doc->n_ent_hash * sizeof(*hash), 0);
  doc->ent_hash = hash;
  doc->n_ent_hash = n;
  return 0;
}

static int ent_new(struct yata_doc *doc, uint32_t type, uint32_t key, uint32_t item) {
  YATA_TRY(grow_ent_hash(doc));
  if (doc->free_ents == 0)
    YATA_TRY(yata_mem_grow(&doc->mem, &doc->ents, &doc->cap_ents, doc->n_ents + 1, sizeof(*doc->ents)));
  YATA_TRY(yata_log_type(doc, type));
  uint32_t i = doc->free_ents ? doc->free_ents : doc->n_ents;
  struct yata_undo undo = {.kind = YATA_UNDO_ENT_NEW, .at = i};
  undo.u.before = doc->types[type].last;
  YATA_TRY(yata_log(doc, &undo));
  if (doc->free_ents != 0)
    doc->free_ents = doc->ents[i].next;
  else
    doc->n_ents++;
  doc->used_ents++;
  uint32_t *head = &doc->ent_hash[hash_pair(type, key) & (doc->n_ent_hash - 1)];
  doc->ents[i] = (struct yata_ent){type, key, item, 0, *head};
  *head = i;
  struct yata_typ *t = &doc->types[type];
  if (t->last != 0)
    doc->ents[t->last].next = i;
  else
    t->first = i;
  t->last = i;
  return 0;
}

int yata_ent_set(struct yata_doc *doc, uint32_t type, uint32_t key, uint32_t item) {
  uint32_t i = ent_find(doc, type, key);
  if (i == 0) return ent_new(doc, type, key, item);
  struct yata_undo undo = {.kind = YATA_UNDO_ENT, .at = i};
  undo.u.ent_item = doc->ents[i].item;
  YATA_TRY(yata_log(doc, &undo));
  doc->ents[i].item = item;
  return 0;
}

void yata_ent_replace(struct yata_doc *doc, uint32_t type, uint32_t key, uint32_t item) {
  doc->ents[ent_find(doc, type, key)].item = item;
}

static void ent_free(struct yata_doc *doc, uint32_t i) {
  struct yata_ent *e = &doc->ents[i];
  uint32_t *at = &doc->ent_hash[hash_pair(e->type, e->key) & (doc->n_ent_hash - 1)];
  while (*at != i) at = &doc->ents[*at].next_hash;
  *at = e->next_hash;
  *e = (struct yata_ent){.next = doc->free_ents};
  doc->free_ents = i;
  doc->used_ents--;
}

void yata_ents_clear(struct yata_doc *doc, uint32_t type) {
  uint32_t i = doc->types[type].first;
  while (i != 0) {
    uint32_t next = doc->ents[i].next;
    ent_free(doc, i);
    i = next;
  }
  doc->types[type].first = doc->types[type].last = 0;
}

void yata_ents_truncate(struct yata_doc *doc, uint32_t n) {
  if (doc->n_ent_hash > 0) memset(doc->ent_hash, 0, doc->n_ent_hash * sizeof(*doc->ent_hash));
  doc->n_ents = n;
  doc->used_ents = n - 1;
  doc->free_ents = 0;
  doc->types[0].first = n > 1 ? 1 : 0;
  doc->types[0].last = n - 1;
  for (uint32_t i = 1; i < n; i++) {
    struct yata_ent *e = &doc->ents[i];
    uint32_t *head = &doc->ent_hash[hash_pair(e->type, e->key) & (doc->n_ent_hash - 1)];
    e->next = i + 1 < n ? i + 1 : 0;
    e->next_hash = *head;
    *head = i;
  }
}

void yata_ent_undo(struct yata_doc *doc, uint32_t i, uint32_t before) {
  struct yata_typ *t = &doc->types[doc->ents[i].type];
  if (before != 0)
    doc->ents[before].next = 0;
  else
    t->first = 0;
  t->last = before;
  ent_free(doc, i);
}
