/* SPDX-License-Identifier: MIT */
/* The document's tables: items, clients with their indexes, keys, types, map entries. Functions
 * that change something log how to undo it. */
#ifndef YATA_STORE_H
#define YATA_STORE_H

#include "index.h"

/* ---- journal ------------------------------------------------------------------------------ */

YATA_CHECKED int yata_log_slow(struct yata_doc *doc, const struct yata_undo *undo);
YATA_CHECKED int yata_log_item_slow(struct yata_doc *doc, uint32_t h);
YATA_CHECKED int yata_log_type_slow(struct yata_doc *doc, uint32_t type);

static inline bool yata_logs(const struct yata_doc *doc) {
  return doc->txn.open && !doc->txn.virgin;
}

YATA_CHECKED int yata_log_reserve_slow(struct yata_doc *doc);

/** Make room for a record; then one can be added. */
static inline YATA_CHECKED int yata_log_reserve(struct yata_doc *doc) {
  return doc->txn.n_undo < doc->txn.cap_undo || !yata_logs(doc) ? 0 : yata_log_reserve_slow(doc);
}

/** NULL: nothing is logged now. */
static inline struct yata_undo *yata_log_add(struct yata_doc *doc, enum yata_undo_kind kind, uint32_t at) {
  if (!yata_logs(doc)) return NULL;
  struct yata_undo *undo = &doc->txn.undo[doc->txn.n_undo++];
  undo->kind = (uint8_t)kind;
  undo->at = at;
  return undo;
}

static inline YATA_CHECKED int yata_log(struct yata_doc *doc, const struct yata_undo *undo) {
  return yata_logs(doc) ? yata_log_slow(doc, undo) : 0;
}

/** Log an item before it changes. */
static inline YATA_CHECKED int yata_log_item(struct yata_doc *doc, uint32_t h) {
  return yata_logs(doc) ? yata_log_item_slow(doc, h) : 0;
}

/** Log a type before it changes; once per mark. */
static inline YATA_CHECKED int yata_log_type(struct yata_doc *doc, uint32_t type) {
  return yata_logs(doc) && doc->types[type].logged != doc->txn.mark ? yata_log_type_slow(doc, type) : 0;
}

/** Where the journal stands now, to roll back to. */
uint32_t yata_mark(struct yata_doc *doc);
void yata_rollback(struct yata_doc *doc, uint32_t mark);

/* ---- items -------------------------------------------------------------------------------- */

YATA_CHECKED int yata_item_new_slow(struct yata_doc *doc, uint32_t *out);

/** A new item; it is the caller's to fill in, and to log as a whole (PUT or SPLIT) once it is in its client's index. */
static inline YATA_CHECKED int yata_item_new(struct yata_doc *doc, uint32_t *out) {
  if (doc->free_items != 0 || doc->n_items == doc->cap_items) return yata_item_new_slow(doc, out);
  *out = doc->n_items++;
  doc->used_items++;
  return 0;
}
void yata_item_free(struct yata_doc *doc, uint32_t h);

/** Move the boundary between an item and its deleted neighbour: `units` (modulo 2^32) go over to that. */
void yata_shift(struct yata_doc *doc, uint32_t h, bool right, uint32_t units);

/** The same without the client's index: the clock there of the later of the two, before it moved. */
static inline uint32_t yata_shift_units(struct yata_doc *doc, uint32_t h, bool right, uint32_t units) {
  struct yata_item *it = &doc->items[h], *other = &doc->items[right ? it->right : it->left];
  struct yata_item *later = right ? other : it;
  uint32_t clock = later->clock, by = right ? 0u - units : units;
  it->len -= units;
  other->len += units;
  later->clock += by;
  later->origin_clock += by;
  if (later->kind == YATA_WIRE_STRING) later->content += by;
  yata_deleted_changed(doc, it);
  return clock;
}

/** An item of a list knows its neighbours: now they know it. */
static inline void yata_link(struct yata_doc *doc, uint32_t h) {
  const struct yata_item *it = &doc->items[h];
  if (it->left != 0)
    doc->items[it->left].right = h;
  else
    doc->types[it->parent].start = h;
  if (it->right != 0) doc->items[it->right].left = h;
}

/* ---- clients ------------------------------------------------------------------------------ */

#define YATA_NO_CLIENT UINT32_MAX

uint32_t yata_client_search(struct yata_doc *doc, uint64_t id);

static inline uint32_t yata_client_find(struct yata_doc *doc, uint64_t id) {
  if (doc->last_client < doc->n_clients && doc->clients[doc->last_client].id == id) return doc->last_client;
  return yata_client_search(doc, id);
}
/** The next clock of the client with that id; 0 when it has written nothing. */
static inline uint32_t yata_client_state(struct yata_doc *doc, uint64_t id) {
  uint32_t c = yata_client_find(doc, id);
  return c == YATA_NO_CLIENT ? 0 : doc->clients[c].state;
}
/** The number of the client that a struct of `own` names; `client` is that of `own`. False: of what it names there is
 *  nothing yet. */
static inline bool yata_locate(struct yata_doc *doc, const struct yata_wid *own, uint32_t client,
                               const struct yata_wid *id, uint32_t *out) {
  if (id->client == own->client) {
    *out = client;
    return true;
  }
  *out = yata_client_find(doc, id->client);
  return *out != YATA_NO_CLIENT && id->clock < doc->clients[*out].state;
}
YATA_CHECKED int yata_client_get(struct yata_doc *doc, uint64_t id, uint32_t *out);
void yata_clients_order_slow(struct yata_doc *doc);

/** Bring doc->order up to date with new clients; cannot fail. */
static inline void yata_clients_order(struct yata_doc *doc) {
  if (doc->n_ordered != doc->n_clients) yata_clients_order_slow(doc);
}

YATA_CHECKED int yata_client_note_slow(struct yata_doc *doc, uint32_t client);

/** Before adding to a client: note its state for the transaction. */
static inline YATA_CHECKED int yata_client_note(struct yata_doc *doc, uint32_t client) {
  return doc->clients[client].txn_id == doc->txn.id ? 0 : yata_client_note_slow(doc, client);
}
/** The client's state when the transaction began. */
uint32_t yata_client_before(const struct yata_doc *doc, uint32_t client);
/** The clients that have new units, by number: the order in which Yjs goes over them. *v is grown as needed. */
YATA_CHECKED int yata_clients_grown(struct yata_doc *doc, uint32_t **v, uint32_t *n, uint32_t *cap);
/** Forget the newest clients, of which there must be nothing, down to n. */
void yata_clients_truncate(struct yata_doc *doc, uint32_t n);
void yata_client_deinit(struct yata_doc *doc, struct yata_client *c);

YATA_CHECKED int yata_index_append_slow(struct yata_doc *doc, uint32_t client, uint32_t clock, uint32_t h);

static inline YATA_CHECKED int yata_index_append(struct yata_doc *doc, uint32_t client, uint32_t clock, uint32_t h) {
  struct yata_client *c = &doc->clients[client];
  if (c->n_blocks == 0) return yata_index_append_slow(doc, client, clock, h);
  struct yata_block *b = &c->blocks[c->n_blocks - 1];
  if (b->n == b->cap) return yata_index_append_slow(doc, client, clock, h);
  b->clocks[b->n] = clock;
  b->clocks[b->cap + b->n] = h;
  b->n++;
  return 0;
}
YATA_CHECKED int yata_index_insert(struct yata_doc *doc, uint32_t client, uint32_t clock, uint32_t h);
/** Remove; *pos is then the place before it, which must exist. */
void yata_index_remove(struct yata_doc *doc, struct yata_client *c, struct yata_pos *pos);
/** The item that begins at a clock begins at another now; the order stays. */
void yata_index_move(struct yata_client *c, uint32_t from, uint32_t to);
/** Remove the entry of a clock, whatever is around. */
void yata_index_drop(struct yata_doc *doc, struct yata_client *c, uint32_t clock);

/* ---- keys --------------------------------------------------------------------------------- */

uint32_t yata_key_find(const struct yata_doc *doc, yata_slice key);
YATA_CHECKED int yata_key_get(struct yata_doc *doc, yata_slice key, uint32_t *out);
yata_slice yata_key_bytes(const struct yata_doc *doc, uint32_t key);
/** Forget the newest keys, down to n. */
void yata_keys_truncate(struct yata_doc *doc, uint32_t n, uint32_t n_bytes);

/* ---- types and their maps ------------------------------------------------------------------ */

YATA_CHECKED int yata_type_new(struct yata_doc *doc, uint32_t *out);
void yata_type_free(struct yata_doc *doc, uint32_t type);
/** The root of that name, YATA_KIND_NONE when it is new. */
YATA_CHECKED int yata_root_get(struct yata_doc *doc, yata_slice name, uint32_t *out);
/** As yata_root_get, but 0 when there is none. */
uint32_t yata_root_find(const struct yata_doc *doc, yata_slice name);
/** The item that is the key's current value, deleted or not; 0. */
uint32_t yata_ent_get(const struct yata_doc *doc, uint32_t type, uint32_t key);
/** The current value of the key that came after this one, which is there; 0: it was the last. */
uint32_t yata_ent_behind(const struct yata_doc *doc, uint32_t type, uint32_t key);
YATA_CHECKED int yata_ent_set(struct yata_doc *doc, uint32_t type, uint32_t key, uint32_t item);
/** As yata_ent_set for an entry that is there: cannot fail, logs nothing. */
void yata_ent_replace(struct yata_doc *doc, uint32_t type, uint32_t key, uint32_t item);
/** Remove all entries of a type. */
void yata_ents_clear(struct yata_doc *doc, uint32_t type);
/** Keep the entries below n, all of them roots, and nothing else. */
void yata_ents_truncate(struct yata_doc *doc, uint32_t n);
/** Undo the making of the newest entry of its type; `before`: the one before it; 0. */
void yata_ent_undo(struct yata_doc *doc, uint32_t ent, uint32_t before);

/* ---- content ------------------------------------------------------------------------------ */

/** Append valid UTF-8 to the client's text; *pos is where it begins. */
YATA_CHECKED int yata_text_append(struct yata_doc *doc, uint32_t client, yata_slice utf8, uint32_t *pos);
/** The same of ASCII alone. */
YATA_CHECKED int yata_text_append_ascii(struct yata_doc *doc, uint32_t client, const uint8_t *p, uint32_t len,
                                        uint32_t *pos);
/** The last chunk, where that has room for so many units more of ASCII; or NULL. */
static inline struct yata_chunk *yata_text_room(const struct yata_store *text, size_t units) {
  uint32_t slot = text->len & ((1u << YATA_TEXT_SHIFT) - 1);
  if (slot == 0) return NULL;
  struct yata_chunk *chunk = &text->chunks[text->len >> YATA_TEXT_SHIFT];
  return chunk->width == 1 && units <= chunk->cap - slot ? chunk : NULL;
}
/** Append ASCII to the last chunk, which has room for it. */
static inline void yata_text_add(struct yata_store *text, struct yata_chunk *chunk, yata_slice s) {
  uint8_t *to = chunk->data + (text->len & ((1u << YATA_TEXT_SHIFT) - 1));
  chunk->live += (uint32_t)s.len;
  text->len += (uint32_t)s.len;
  if (s.len == 1)
    *to = *s.data;
  else
    memcpy(to, s.data, s.len);
}
/** The same where there is room for it; false: nothing done. */
static inline bool yata_text_put(struct yata_store *text, yata_slice s) {
  struct yata_chunk *chunk = yata_text_room(text, s.len);
  if (chunk != NULL) yata_text_add(text, chunk, s);
  return chunk != NULL;
}

uint16_t yata_text_unit(const struct yata_store *text, uint32_t pos);
/** Overwrite one unit of a chunk; widens the chunk when it must. */
YATA_CHECKED int yata_text_patch(struct yata_doc *doc, struct yata_store *text, uint32_t pos, uint16_t unit);
/** Append `len` units as UTF-8. `prefix`: with the byte length before them. */
YATA_CHECKED int yata_text_encode(const struct yata_store *text, uint32_t pos, uint32_t len, bool prefix,
                                  yata_buf *out);
/** The bytes of units that stand in one place and are all ASCII; NULL when they do not. */
static inline const uint8_t *yata_text_plain(const struct yata_store *text, uint32_t pos, uint32_t len) {
  const struct yata_chunk *c = &text->chunks[pos >> YATA_TEXT_SHIFT];
  uint32_t slot = pos & ((1u << YATA_TEXT_SHIFT) - 1);
  return c->width == 1 && len <= (1u << YATA_TEXT_SHIFT) - slot ? c->data + slot : NULL;
}
/** Would cutting an item of text before that unit, which is not its first, cut a surrogate pair? */
static inline bool yata_cuts_pair(const struct yata_doc *doc, const struct yata_item *it, uint32_t unit) {
  const struct yata_store *text = &doc->clients[it->client].text;
  uint32_t pos = it->content + unit - 1;
  if (yata_text_plain(text, pos, 1) != NULL) return false;
  uint16_t before = yata_text_unit(text, pos);
  return before >= 0xd800 && before <= 0xdbff;
}

/** The bytes that these units take as UTF-8, as yata_text_encode writes them. */
size_t yata_text_bytes(const struct yata_store *text, uint32_t pos, uint32_t len);
YATA_CHECKED int yata_value_append(struct yata_doc *doc, uint32_t client, yata_slice bytes, uint32_t *pos);
yata_slice yata_value_bytes(const struct yata_store *values, uint32_t pos);
void yata_text_release_slow(struct yata_doc *doc, struct yata_store *text, uint32_t pos, uint32_t len);
/** These units are dead: a chunk of which all is dead is freed. */
static inline void yata_text_release(struct yata_doc *doc, uint32_t client, uint32_t pos, uint32_t len) {
  struct yata_store *text = &doc->clients[client].text;
  struct yata_chunk *first = &text->chunks[pos >> YATA_TEXT_SHIFT];
  if ((pos & ((1u << YATA_TEXT_SHIFT) - 1)) + len > 1u << YATA_TEXT_SHIFT || first->live <= len)
    yata_text_release_slow(doc, text, pos, len);
  else
    first->live -= len;
}
void yata_values_release(struct yata_doc *doc, uint32_t client, uint32_t pos, uint32_t len);
/** Cut back to `len` units (undo). */
void yata_text_truncate(struct yata_doc *doc, struct yata_store *text, uint32_t len);
void yata_values_truncate(struct yata_doc *doc, struct yata_store *values, uint32_t len);
void yata_store_deinit(struct yata_doc *doc, struct yata_store *store, bool values);

/** Read a verified lib0 `any` into an empty value. */
YATA_CHECKED int yata_any_read(const struct yata_doc *doc, yata_slice raw, yata_value *out);

#endif
