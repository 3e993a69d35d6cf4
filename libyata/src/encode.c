/* SPDX-License-Identifier: MIT */
#include "encode.h"

#include <stdlib.h>

#include "held.h"
#include "integrate.h"
#include "update.h"
#include "waiting.h"

static struct yata_wid wid(const struct yata_doc *doc, uint32_t client, uint32_t clock) {
  return (struct yata_wid){doc->clients[client].id, clock};
}

static void head_parent(const struct yata_doc *doc, const struct yata_item *it, struct yata_head *head) {
  const struct yata_typ *t = &doc->types[it->parent];
  if (t->item == 0) {
    head->parent = YATA_PARENT_NAME;
    head->name = yata_key_bytes(doc, t->name);
  } else {
    const struct yata_item *holder = &doc->items[t->item];
    head->parent = YATA_PARENT_ID;
    head->parent_id = wid(doc, holder->client, holder->clock);
  }
}

static int type_write(const struct yata_doc *doc, uint32_t type, yata_buf *out) {
  static const uint8_t refs[] = {
      [YATA_KIND_ARRAY] = 0,        [YATA_KIND_MAP] = 1,      [YATA_KIND_TEXT] = 2,     [YATA_KIND_XML_ELEMENT] = 3,
      [YATA_KIND_XML_FRAGMENT] = 4, [YATA_KIND_XML_HOOK] = 5, [YATA_KIND_XML_TEXT] = 6,
  };
  const struct yata_typ *t = &doc->types[type];
  YATA_TRY(yata_buf_put_u8(out, refs[t->kind]));
  if (t->kind != YATA_KIND_XML_ELEMENT && t->kind != YATA_KIND_XML_HOOK) return 0;
  yata_slice name = yata_key_bytes(doc, t->name);
  YATA_TRY(yata_buf_put_uint(out, name.len));
  return yata_buf_put(out, name.data, name.len);
}

/* `held`: what embeds and formats hold, as it is held. */
static int content_write(const struct yata_doc *doc, const struct yata_item *it, uint32_t offset, bool held,
                         yata_buf *out) {
  const struct yata_client *c = &doc->clients[it->client];
  switch (it->kind) {
  case YATA_WIRE_STRING: return yata_text_encode(&c->text, it->content + offset, it->len - offset, true, out);
  case YATA_WIRE_DELETED: return yata_buf_put_uint(out, it->len - offset);
  case YATA_WIRE_TYPE: return type_write(doc, it->content, out);
  case YATA_WIRE_EMBED:
  case YATA_WIRE_FORMAT:
    if (!held) return yata_held_put_v1(it->kind, yata_value_bytes(&c->values, it->content), out);
    break;
  case YATA_WIRE_JSON:
  case YATA_WIRE_ANY: YATA_TRY(yata_buf_put_uint(out, it->len - offset)); break;
  default: break;
  }
  for (uint32_t i = offset; i < it->len; i++) {
    yata_slice v = yata_value_bytes(&c->values, it->content + i);
    YATA_TRY(yata_buf_put(out, v.data, v.len));
  }
  return 0;
}

/* An item whose parent is not told by its neighbours: names are written, too. */
static int orphan_write(const struct yata_doc *doc, const struct yata_item *it, bool held, yata_buf *out) {
  struct yata_head head = {.kind = it->kind, .has_sub = it->key != 0};
  head_parent(doc, it, &head);
  if (it->key != 0) head.sub = yata_key_bytes(doc, it->key);
  YATA_TRY(yata_head_write(out, &head));
  return content_write(doc, it, 0, held, out);
}

/* Bytes that a client's id and a clock take at most. */
#define ID_MAX 8
#define CLOCK_MAX 5

/* The client whose structs are written, of which most origins are, too: its number, and its id as it is written. */
struct own {
  bool held; /* the update is one of our own */
  uint32_t client;
  uint32_t len;
  uint8_t bytes[ID_MAX];
};

static struct own own_of(uint32_t client, uint64_t id, bool held) {
  struct own own = {.held = held, .client = client};
  own.len = (uint32_t)(yata_uint_write(own.bytes, id) - own.bytes);
  return own;
}

/* Where there is room for the longest. */
static inline uint8_t *id_write(const struct yata_doc *doc, const struct own *own, uint8_t *p, uint32_t client,
                                uint32_t clock) {
  if (client == own->client) {
    memcpy(p, own->bytes, ID_MAX);
    p += own->len;
  } else {
    p = yata_uint_write(p, doc->clients[client].id);
  }
  return yata_clock_write(p, clock);
}

/* What precedes the content, at its longest: an info byte, two origins, and a length. */
#define HEAD_MAX (1 + 2 * (ID_MAX + CLOCK_MAX) + CLOCK_MAX)

static int item_write(const struct yata_doc *doc, const struct own *own, const struct yata_item *it, uint32_t offset,
                      yata_buf *out) {
  bool left = offset > 0 || it->origin != 0, right = it->ror != 0;
  uint32_t len = it->len - offset;
  if (!left && !right && it->kind != YATA_WIRE_GC) return orphan_write(doc, it, own->held, out);
  const uint8_t *text = NULL;
  if (it->kind == YATA_WIRE_STRING) text = yata_text_plain(&doc->clients[it->client].text, it->content + offset, len);
  YATA_TRY(yata_buf_reserve(out, HEAD_MAX + (text != NULL ? (size_t)len : 0)));
  uint8_t *p = out->data + out->len;
  *p++ = it->kind;
  if (it->kind != YATA_WIRE_GC) {
    p[-1] = (uint8_t)(it->kind | (left ? YATA_INFO_LEFT : 0) | (right ? YATA_INFO_RIGHT : 0) |
                      (it->key != 0 ? YATA_INFO_SUB : 0));
    if (offset > 0)
      p = id_write(doc, own, p, it->client, it->clock + offset - 1);
    else if (left)
      p = id_write(doc, own, p, it->origin - 1, it->origin_clock);
    if (right) p = id_write(doc, own, p, it->ror - 1, it->ror_clock);
  }
  if (text != NULL || it->kind == YATA_WIRE_DELETED || it->kind == YATA_WIRE_GC) p = yata_clock_write(p, len);
  if (text != NULL) p = (uint8_t *)memcpy(p, text, len) + len;
  out->len = (size_t)(p - out->data);
  if (text != NULL || it->kind == YATA_WIRE_DELETED || it->kind == YATA_WIRE_GC) return 0;
  return content_write(doc, it, offset, own->held, out);
}

static uint32_t count_from(const struct yata_client *c, struct yata_pos pos) {
  uint32_t n = c->blocks[pos.block].n - pos.slot;
  for (uint32_t b = pos.block + 1; b < c->n_blocks; b++) n += c->blocks[b].n;
  return n;
}

/* One client's structs from a clock on: their number, the client, the clock, the structs. */
static int encode_client(const struct yata_doc *doc, const struct yata_client *c, uint32_t clock, bool held,
                         yata_buf *out) {
  struct yata_pos pos = yata_index_find(c, clock);
  YATA_TRY(yata_buf_put_uint(out, count_from(c, pos)));
  YATA_TRY(yata_buf_put_uint(out, c->id));
  YATA_TRY(yata_buf_put_uint(out, clock));
  const struct yata_item *first = &doc->items[yata_index_at(c, pos)];
  const struct own own = own_of(first->client, c->id, held);
  uint32_t offset = clock - first->clock;
  for (uint32_t i = pos.slot; pos.block < c->n_blocks; pos.block++, i = 0) {
    const struct yata_block *b = &c->blocks[pos.block];
    const uint32_t *handles = b->clocks + b->cap;
    for (; i < b->n; i++) {
      YATA_TRY(item_write(doc, &own, &doc->items[handles[i]], offset, out));
      offset = 0;
    }
  }
  return 0;
}

int yata_encode_ranges(const struct yata_ranges *r, yata_buf *out) {
  uint32_t clients = 0;
  for (uint32_t i = 0; i < r->n; i++) clients += i == 0 || r->v[i].client != r->v[i - 1].client;
  YATA_TRY(yata_buf_put_uint(out, clients));
  for (uint32_t i = 0, end; i < r->n; i = end) {
    for (end = i; end < r->n && r->v[end].client == r->v[i].client;) end++;
    YATA_TRY(yata_buf_put_uint(out, r->v[i].client));
    YATA_TRY(yata_buf_put_uint(out, end - i));
    for (uint32_t j = i; j < end; j++) {
      YATA_TRY(yata_buf_put_uint(out, r->v[j].clock));
      YATA_TRY(yata_buf_put_uint(out, r->v[j].len));
    }
  }
  return 0;
}

/* ---- state vectors -------------------------------------------------------------------------- */

static int compare_missing(const void *a, const void *b) {
  const struct yata_missing *x = a, *y = b;
  return (x->client > y->client) - (x->client < y->client);
}

int yata_sv_read(struct yata_mem *mem, const uint8_t *sv, size_t len, struct yata_sv *out) {
  struct yata_rd rd = yata_rd_of(sv, len);
  uint64_t n, client, clock;
  *out = (struct yata_sv){0};
  YATA_TRY(yata_rd_uint(&rd, &n));
  if (n > (size_t)(rd.end - rd.p) / 2) return YATA_ERR_MALFORMED;
  YATA_TRY(yata_mem_grow(mem, &out->v, &out->cap, (size_t)n, sizeof(*out->v)));
  int err = 0;
  for (uint64_t i = 0; i < n && err == 0; i++) {
    err = yata_rd_uint(&rd, &client);
    if (err == 0) err = yata_rd_uint(&rd, &clock);
    if (clock > UINT32_MAX) clock = UINT32_MAX;
    if (err == 0) out->v[out->n++] = (struct yata_missing){client, (uint32_t)clock};
  }
  if (err == 0 && rd.p != rd.end) err = YATA_ERR_MALFORMED;
  if (err < 0) {
    yata_sv_deinit(mem, out);
    return err;
  }
  if (out->n > 1) qsort(out->v, out->n, sizeof(*out->v), compare_missing);
  return 0;
}

void yata_sv_deinit(struct yata_mem *mem, struct yata_sv *sv) {
  yata_mem_drop(mem, &sv->v, &sv->cap, sizeof(*sv->v));
  sv->n = 0;
}

uint32_t yata_sv_get(const struct yata_sv *sv, uint64_t client, bool *found) {
  uint32_t lo = 0, hi = sv->n;
  while (lo < hi) {
    uint32_t mid = (lo + hi) / 2;
    if (sv->v[mid].client <= client)
      lo = mid + 1;
    else
      hi = mid;
  }
  *found = lo > 0 && sv->v[lo - 1].client == client;
  return *found ? sv->v[lo - 1].clock : 0;
}

int yata_encode_state_vector(const yata_doc *doc, yata_buf *out) {
  size_t at = out->len;
  uint32_t n = 0;
  int err;
  if (doc->txn.open) return YATA_ERR_STATE;
  for (uint32_t i = 0; i < doc->n_clients; i++) n += doc->clients[i].state > 0;
  err = yata_buf_put_uint(out, n);
  for (uint32_t i = 0; i < doc->n_clients && err == 0; i++) {
    const struct yata_client *c = &doc->clients[doc->order[i]];
    if (c->state == 0) continue;
    err = yata_buf_put_uint(out, c->id);
    if (err == 0) err = yata_buf_put_uint(out, c->state);
  }
  if (err < 0) out->len = at;
  return err;
}

/* ---- the whole state ------------------------------------------------------------------------ */

static int encode_structs(const struct yata_doc *doc, const struct yata_sv *sv, bool held, yata_buf *out) {
  uint32_t n = 0;
  bool found;
  for (uint32_t i = 0; i < doc->n_clients; i++)
    n += doc->clients[i].state > yata_sv_get(sv, doc->clients[i].id, &found);
  YATA_TRY(yata_buf_put_uint(out, n));
  for (uint32_t i = 0; i < doc->n_clients; i++) {
    const struct yata_client *c = &doc->clients[doc->order[i]];
    uint32_t clock = yata_sv_get(sv, c->id, &found);
    if (c->state > clock) YATA_TRY(encode_client(doc, c, clock, held, out));
  }
  return 0;
}

static int encode_own(const struct yata_doc *doc, const struct yata_sv *sv, bool held, yata_buf *out) {
  YATA_TRY(encode_structs(doc, sv, held, out));
  return yata_encode_deleted(doc, out);
}

/* The state, the pending delete set and the pending structs, merged. */
static int encode_with_pending(const struct yata_doc *doc, const struct yata_sv *sv, yata_slice sv_bytes, bool held,
                               yata_buf *out) {
  yata_buf own = {.alloc = out->alloc}, ds = own, structs = own;
  yata_slice parts[3];
  size_t n = 0;
  struct yata_doc *same = (struct yata_doc *)doc; /* nobody can tell */
  int err = yata_pending_merge(same, &same->pending);
  if (err == 0) err = encode_own(doc, sv, held, &own);
  parts[n++] = (yata_slice){own.data, own.len};
  if (err == 0 && doc->pending_ds.n > 0) {
    err = yata_buf_put_u8(&ds, 0);
    if (err == 0) err = yata_encode_ranges(&doc->pending_ds, &ds);
    parts[n++] = (yata_slice){ds.data, ds.len};
  }
  if (err == 0 && doc->pending.update.len > 0) {
    err = yata_diff_held((yata_slice){doc->pending.update.data, doc->pending.update.len}, sv_bytes, !held, &structs);
    parts[n++] = (yata_slice){structs.data, structs.len};
  }
  if (err == 0) err = (held ? yata_merge_held : yata_merge_updates)(parts, n, out);
  yata_buf_deinit(&own);
  yata_buf_deinit(&ds);
  yata_buf_deinit(&structs);
  return err;
}

static int encode_state(const yata_doc *doc, const uint8_t *sv, size_t sv_len, bool held, yata_buf *out) {
  static const uint8_t none[] = {0};
  struct yata_mem mem = {.alloc = doc->mem.alloc};
  struct yata_sv state;
  size_t at = out->len;
  if (doc->txn.open) return YATA_ERR_STATE;
  if (sv == NULL) {
    sv = none;
    sv_len = 1;
  }
  YATA_TRY(yata_sv_read(&mem, sv, sv_len, &state));
  bool pending = doc->pending_ds.n > 0 || doc->pending.update.len > 0;
  int err = pending ? encode_with_pending(doc, &state, (yata_slice){sv, sv_len}, held, out)
                    : encode_own(doc, &state, held, out);
  yata_sv_deinit(&mem, &state);
  if (err < 0) out->len = at;
  return err;
}

int yata_encode_state_as_update(const yata_doc *doc, const uint8_t *sv, size_t sv_len, yata_buf *out) {
  return encode_state(doc, sv, sv_len, false, out);
}

int yata_encode_held(const struct yata_doc *doc, const uint8_t *sv, size_t sv_len, yata_buf *out) {
  return encode_state(doc, sv, sv_len, true, out);
}

static int compare_touched(const void *a, const void *b) {
  const struct yata_touched *x = a, *y = b;
  return (x->id < y->id) - (x->id > y->id);
}

uint32_t yata_txn_writers(struct yata_doc *doc) {
  struct yata_txn *txn = &doc->txn;
  uint32_t n = 0;
  if (txn->n_touched > 1) {
    qsort(txn->touched, txn->n_touched, sizeof(*txn->touched), compare_touched);
    for (uint32_t i = 0; i < txn->n_touched; i++) doc->clients[txn->touched[i].client].touched = i + 1;
  }
  for (uint32_t i = 0; i < txn->n_touched; i++)
    n += doc->clients[txn->touched[i].client].state > txn->touched[i].before;
  return n;
}

int yata_encode_txn(struct yata_doc *doc, yata_buf *out) {
  struct yata_txn *txn = &doc->txn;
  uint32_t n = yata_txn_writers(doc);
  if (n == 0 && txn->deleted.n == 0) return 0;
  YATA_TRY(yata_buf_put_uint(out, n));
  for (uint32_t i = 0; i < txn->n_touched; i++) {
    const struct yata_client *c = &doc->clients[txn->touched[i].client];
    if (c->state > txn->touched[i].before) YATA_TRY(encode_client(doc, c, txn->touched[i].before, false, out));
  }
  yata_ranges_sort(&txn->deleted);
  return yata_encode_ranges(&txn->deleted, out);
}
