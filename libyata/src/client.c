/* SPDX-License-Identifier: MIT */
/* Clients and, for each, its items in the order of their clocks. */
#include "store.h"

#include <stdlib.h>

static uint32_t hash_id(uint64_t id) {
  return (uint32_t)((id * 0x9e3779b97f4a7c15u) >> 32);
}

uint32_t yata_client_search(struct yata_doc *doc, uint64_t id) {
  if (doc->n_client_hash == 0) return YATA_NO_CLIENT;
  uint32_t i = doc->client_hash[hash_id(id) & (doc->n_client_hash - 1)];
  for (; i != 0; i = doc->clients[i - 1].next_hash) {
    if (doc->clients[i - 1].id == id) {
      doc->last_client = i - 1;
      return i - 1;
    }
  }
  return YATA_NO_CLIENT;
}

static int grow_hash(struct yata_doc *doc) {
  if (doc->n_clients < doc->n_client_hash) return 0;
  uint32_t n = doc->n_client_hash ? doc->n_client_hash * 2 : 8;
  uint32_t *hash = yata_mem_resize(&doc->mem, NULL, 0, n * sizeof(*hash));
  if (hash == NULL) return YATA_ERR_NOMEM;
  memset(hash, 0, n * sizeof(*hash));
  for (uint32_t i = 0; i < doc->n_clients; i++) {
    uint32_t *head = &hash[hash_id(doc->clients[i].id) & (n - 1)];
    doc->clients[i].next_hash = *head;
    *head = i + 1;
  }
  yata_mem_resize(&doc->mem, doc->client_hash, doc->n_client_hash * sizeof(*hash), 0);
  doc->client_hash = hash;
  doc->n_client_hash = n;
  return 0;
}

int yata_client_get(struct yata_doc *doc, uint64_t id, uint32_t *out) {
  *out = yata_client_find(doc, id);
  if (*out != YATA_NO_CLIENT) return 0;
  YATA_TRY(grow_hash(doc));
  YATA_TRY(yata_mem_grow(&doc->mem, &doc->order, &doc->cap_order, doc->n_clients + 1, sizeof(*doc->order)));
  YATA_TRY(yata_mem_grow(&doc->mem, &doc->clients, &doc->cap_clients, doc->n_clients + 1, sizeof(*doc->clients)));
  uint32_t n = doc->n_clients++;
  uint32_t *head = &doc->client_hash[hash_id(id) & (doc->n_client_hash - 1)];
  doc->clients[n] = (struct yata_client){.id = id, .next_hash = *head};
  *head = n + 1;
  *out = n;
  return 0;
}

static void order_insert(struct yata_doc *doc, uint32_t n) {
  uint32_t at = 0, end = n;
  while (at < end) {
    uint32_t mid = (at + end) / 2;
    if (doc->clients[doc->order[mid]].id > doc->clients[n].id)
      at = mid + 1;
    else
      end = mid;
  }
  memmove(doc->order + at + 1, doc->order + at, (n - at) * sizeof(*doc->order));
  doc->order[at] = n;
}

/* Sift down in a heap whose root is the lowest id: it goes to the end. */
static void sift(const struct yata_doc *doc, uint32_t *heap, uint32_t n, uint32_t i) {
  for (uint32_t child; (child = 2 * i + 1) < n; i = child) {
    if (child + 1 < n && doc->clients[heap[child + 1]].id < doc->clients[heap[child]].id) child++;
    if (doc->clients[heap[i]].id <= doc->clients[heap[child]].id) return;
    uint32_t swap = heap[i];
    heap[i] = heap[child];
    heap[child] = swap;
  }
}

/* A heap sort: it needs the document to compare, and no memory. */
static void order_all(struct yata_doc *doc) {
  uint32_t n = doc->n_clients;
  for (uint32_t i = 0; i < n; i++) doc->order[i] = i;
  for (uint32_t i = n / 2; i-- > 0;) sift(doc, doc->order, n, i);
  while (n > 1) {
    uint32_t swap = doc->order[0];
    doc->order[0] = doc->order[--n];
    doc->order[n] = swap;
    sift(doc, doc->order, n, 0);
  }
}

void yata_clients_order_slow(struct yata_doc *doc) {
  if (doc->n_clients > doc->n_ordered + 16)
    order_all(doc);
  else
    for (uint32_t n = doc->n_ordered; n < doc->n_clients; n++) order_insert(doc, n);
  doc->n_ordered = doc->n_clients;
}

int yata_client_note_slow(struct yata_doc *doc, uint32_t client) {
  struct yata_client *c = &doc->clients[client];
  struct yata_txn *txn = &doc->txn;
  YATA_TRY(yata_mem_grow(&doc->mem, &txn->touched, &txn->cap_touched, txn->n_touched + 1, sizeof(*txn->touched)));
  txn->touched[txn->n_touched++] = (struct yata_touched){c->id, client, c->state};
  c->touched = txn->n_touched;
  c->txn_id = txn->id;
  return 0;
}

uint32_t yata_client_before(const struct yata_doc *doc, uint32_t client) {
  const struct yata_client *c = &doc->clients[client];
  return c->txn_id == doc->txn.id ? doc->txn.touched[c->touched - 1].before : c->state;
}

static int compare_numbers(const void *a, const void *b) {
  const uint32_t *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

int yata_clients_grown(struct yata_doc *doc, uint32_t **v, uint32_t *n, uint32_t *cap) {
  const struct yata_txn *txn = &doc->txn;
  YATA_TRY(yata_mem_grow(&doc->mem, v, cap, txn->n_touched, sizeof(**v)));
  *n = 0;
  for (uint32_t i = 0; i < txn->n_touched; i++)
    if (doc->clients[txn->touched[i].client].state > txn->touched[i].before) (*v)[(*n)++] = txn->touched[i].client;
  if (*n > 1) qsort(*v, *n, sizeof(**v), compare_numbers);
  return 0;
}

void yata_client_deinit(struct yata_doc *doc, struct yata_client *c) {
  for (uint32_t i = 0; i < c->n_blocks; i++)
    yata_mem_resize(&doc->mem, c->blocks[i].clocks, (size_t)c->blocks[i].cap * 2 * sizeof(uint32_t), 0);
  yata_mem_drop(&doc->mem, &c->blocks, &c->cap_blocks, sizeof(*c->blocks));
  yata_mem_drop(&doc->mem, &c->deleted, &c->n_deleted, 1);
  yata_store_deinit(doc, &c->text, false);
  yata_store_deinit(doc, &c->values, true);
}

void yata_clients_truncate(struct yata_doc *doc, uint32_t n) {
  /* The newest client of a chain is its head. */
  while (doc->n_clients > n) {
    struct yata_client *c = &doc->clients[--doc->n_clients];
    yata_client_deinit(doc, c);
    doc->client_hash[hash_id(c->id) & (doc->n_client_hash - 1)] = c->next_hash;
  }
}

/* ---- index -------------------------------------------------------------------------------- */

/* The last one of n ascending clocks, counted from `from`, that is not above. */
static uint32_t last_below(const uint32_t *clocks, uint32_t from, uint32_t n, uint32_t clock) {
  for (uint32_t half; n > 1; n -= half) {
    half = n / 2;
    from += clocks[from + half] <= clock ? half : 0;
  }
  return from;
}

/* Blocks of a client whose index is larger than the caches next to a processor. */
#define MANY 128u
/* Clocks this far to either side of where one is expected are looked at first. */
#define AROUND 16u

/* Where runs are split at random, clocks are spread evenly: so the place in a block is guessed, and all that is near it
 * asked for at once. Looking for the middle, and the middle of that, would wait for memory each time. `end` is the
 * first clock behind the block. */
static uint32_t slot_of(const struct yata_block *b, uint32_t clock, uint32_t end) {
  if (b->n <= 4 * AROUND || end <= b->first || clock - b->first >= end - b->first)
    return last_below(b->clocks, 0, b->n, clock);
  uint32_t guess = (uint32_t)((float)(clock - b->first) * (float)b->n / (float)(end - b->first));
  uint32_t from = guess > AROUND ? guess - AROUND : 0, to = guess + AROUND < b->n ? guess + AROUND : b->n;
  if (from >= to) from = 0;
  for (uint32_t i = from; i <= to; i += AROUND) {
    __builtin_prefetch(b->clocks + i);
    __builtin_prefetch(b->clocks + b->cap + i);
  }
  if (b->clocks[from] > clock) return last_below(b->clocks, 0, from, clock);
  if (to < b->n && b->clocks[to] <= clock) return last_below(b->clocks, to, b->n - to, clock);
  return last_below(b->clocks, from, to - from, clock);
}

/* Is it around the last hit, to either side? Whoever goes over a client's items backwards finds the next one there. */
static bool around_hint(const struct yata_client *c, uint32_t clock, struct yata_pos *at) {
  *at = c->hint;
  if (at->block >= c->n_blocks) return false;
  const struct yata_block *b = &c->blocks[at->block];
  uint32_t from = at->slot > AROUND ? at->slot - AROUND : 0, to = at->slot + AROUND;
  if (to >= b->n || b->clocks[from] > clock || b->clocks[to] <= clock) return false;
  at->slot = last_below(b->clocks, from, to - from, clock);
  return true;
}

struct yata_pos yata_index_search(const struct yata_client *c, uint32_t clock) {
  struct yata_pos near;
  if (around_hint(c, clock, &near)) {
    ((struct yata_client *)c)->hint = near; /* a cache, as in yata_index_find */
    return near;
  }
  const struct yata_block *b = c->blocks;
  for (uint32_t n = c->n_blocks, half; n > 1; n -= half) {
    half = n / 2;
    b += b[half].first <= clock ? half : 0;
  }
  struct yata_pos pos = {(uint32_t)(b - c->blocks), 0};
  if (c->n_blocks < MANY)
    pos.slot = last_below(b->clocks, 0, b->n, clock);
  else
    pos.slot = slot_of(b, clock, pos.block + 1 < c->n_blocks ? b[1].first : c->state);
  ((struct yata_client *)c)->hint = pos; /* a cache, as in yata_index_find */
  return pos;
}

/* Blocks grow by so many when they have as many. */
#define STEP 64u
/* Insertions so near to an end of a full block are taken to go on there. */
#define EDGE 32u

static int block_grow(struct yata_doc *doc, struct yata_block *b) {
  uint32_t cap = b->cap == 0 ? 4 : b->cap < STEP ? 2 * b->cap : b->cap + STEP;
  uint32_t *p = yata_mem_resize(&doc->mem, b->clocks, (size_t)b->cap * 8, (size_t)cap * 8);
  if (p == NULL) return YATA_ERR_NOMEM;
  memmove(p + cap, p + b->cap, b->n * sizeof(*p));
  b->clocks = p;
  b->cap = cap;
  return 0;
}

/* Make room for one more block at `at`, empty. */
static int block_insert(struct yata_doc *doc, struct yata_client *c, uint32_t at) {
  YATA_TRY(yata_mem_grow(&doc->mem, &c->blocks, &c->cap_blocks, c->n_blocks + 1, sizeof(*c->blocks)));
  struct yata_block fresh = {0};
  YATA_TRY(block_grow(doc, &fresh));
  memmove(c->blocks + at + 1, c->blocks + at, (c->n_blocks - at) * sizeof(*c->blocks));
  c->blocks[at] = fresh;
  c->n_blocks++;
  return 0;
}

static void block_drop(struct yata_doc *doc, struct yata_client *c, uint32_t at) {
  yata_mem_resize(&doc->mem, c->blocks[at].clocks, (size_t)c->blocks[at].cap * 8, 0);
  c->n_blocks--;
  memmove(c->blocks + at, c->blocks + at + 1, (c->n_blocks - at) * sizeof(*c->blocks));
}

int yata_index_append_slow(struct yata_doc *doc, uint32_t client, uint32_t clock, uint32_t h) {
  struct yata_client *c = &doc->clients[client];
  if (c->n_blocks == 0 || c->blocks[c->n_blocks - 1].n == YATA_BLOCK_MAX) YATA_TRY(block_insert(doc, c, c->n_blocks));
  struct yata_block *b = &c->blocks[c->n_blocks - 1];
  int err = 0;
  if (b->n == b->cap) err = block_grow(doc, b);
  if (err < 0) {
    if (b->n == 0) block_drop(doc, c, c->n_blocks - 1);
    return err;
  }
  if (b->n == 0) b->first = clock;
  b->clocks[b->n] = clock;
  b->clocks[b->cap + b->n] = h;
  b->n++;
  return 0;
}

/* What a block has room for beyond need goes, if the allocator takes it. */
static void block_trim(struct yata_doc *doc, struct yata_block *b) {
  uint32_t cap = (b->n + STEP) / STEP * STEP;
  if (cap >= b->cap) return;
  memmove(b->clocks + cap, b->clocks + b->cap, b->n * sizeof(*b->clocks));
  uint32_t *p = yata_mem_resize(&doc->mem, b->clocks, (size_t)b->cap * 8, (size_t)cap * 8);
  if (p == NULL) {
    memmove(b->clocks + b->cap, b->clocks + cap, b->n * sizeof(*b->clocks));
    return;
  }
  b->clocks = p;
  b->cap = cap;
}

/* Move the upper half of a full block into a new one behind it. Where insertions (this one at slot `at`) go on at one
 * end it is cut there, so that what is left behind is full. */
static int block_split(struct yata_doc *doc, struct yata_client *c, uint32_t block, uint32_t at) {
  YATA_TRY(block_insert(doc, c, block + 1));
  struct yata_block *to = &c->blocks[block + 1], *from = &c->blocks[block];
  uint32_t cut = from->n / 2;
  if (at < EDGE) cut = at;
  if (at > from->n - EDGE) cut = at < from->n ? at : at - 1;
  while (to->cap < from->n - cut) {
    int err = block_grow(doc, to);
    if (err < 0) {
      block_drop(doc, c, block + 1);
      return err;
    }
  }
  to->n = from->n - cut;
  to->first = from->clocks[cut];
  memcpy(to->clocks, from->clocks + cut, to->n * sizeof(uint32_t));
  memcpy(to->clocks + to->cap, from->clocks + from->cap + cut, to->n * sizeof(uint32_t));
  from->n = cut;
  block_trim(doc, from);
  return 0;
}

int yata_index_insert(struct yata_doc *doc, uint32_t client, uint32_t clock, uint32_t h) {
  struct yata_client *c = &doc->clients[client];
  struct yata_pos pos = yata_index_find(c, clock);
  if (c->blocks[pos.block].n == YATA_BLOCK_MAX) {
    YATA_TRY(block_split(doc, c, pos.block, pos.slot + 1));
    pos = yata_index_find(c, clock);
  }
  struct yata_block *b = &c->blocks[pos.block];
  if (b->n == b->cap) YATA_TRY(block_grow(doc, b));
  uint32_t at = pos.slot + 1, more = b->n - at;
  uint32_t *clocks = b->clocks + at, *handles = b->clocks + b->cap + at;
  memmove(clocks + 1, clocks, more * sizeof(*clocks));
  memmove(handles + 1, handles, more * sizeof(*handles));
  *clocks = clock;
  *handles = h;
  b->n++;
  return 0;
}

static void remove_at(struct yata_doc *doc, struct yata_client *c, struct yata_pos at) {
  struct yata_block *b = &c->blocks[at.block];
  uint32_t more = b->n - at.slot - 1;
  uint32_t *clocks = b->clocks + at.slot, *handles = b->clocks + b->cap + at.slot;
  memmove(clocks, clocks + 1, more * sizeof(*clocks));
  memmove(handles, handles + 1, more * sizeof(*handles));
  b->first = b->clocks[0];
  if (--b->n == 0) block_drop(doc, c, at.block);
}

void yata_index_remove(struct yata_doc *doc, struct yata_client *c, struct yata_pos *pos) {
  struct yata_pos at = *pos;
  yata_index_prev(c, pos);
  remove_at(doc, c, at);
}

void yata_index_move(struct yata_client *c, uint32_t from, uint32_t to) {
  yata_index_set(c, yata_index_find(c, from), to);
}

void yata_index_drop(struct yata_doc *doc, struct yata_client *c, uint32_t clock) {
  remove_at(doc, c, yata_index_find(c, clock));
}
