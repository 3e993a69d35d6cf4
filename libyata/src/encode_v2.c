/* SPDX-License-Identifier: MIT */
/* Writing a document's state, and a transaction's update, in version 2: its columns are filled straight from the
 * items. */
#include <stdlib.h>

#include "encode.h"
#include "integrate.h"
#include "v2.h"

static struct yata_wid wid(const struct yata_doc *doc, uint32_t client, uint32_t clock) {
  return (struct yata_wid){doc->clients[client].id, clock};
}

static void head_parent(const struct yata_doc *doc, const struct yata_item *it, struct yata_head *head) {
  const struct yata_typ *t = &doc->types[it->parent];
  if (it->key != 0) head->sub = yata_key_bytes(doc, it->key);
  if (t->item == 0) {
    head->parent = YATA_PARENT_NAME;
    head->name = yata_key_bytes(doc, t->name);
  } else {
    const struct yata_item *holder = &doc->items[t->item];
    head->parent = YATA_PARENT_ID;
    head->parent_id = wid(doc, holder->client, holder->clock);
  }
}

static int put_type(struct yata_v2_out *v, const struct yata_doc *doc, uint32_t type) {
  static const uint8_t refs[] = {
      [YATA_KIND_ARRAY] = 0,        [YATA_KIND_MAP] = 1,      [YATA_KIND_TEXT] = 2,     [YATA_KIND_XML_ELEMENT] = 3,
      [YATA_KIND_XML_FRAGMENT] = 4, [YATA_KIND_XML_HOOK] = 5, [YATA_KIND_XML_TEXT] = 6,
  };
  const struct yata_typ *t = &doc->types[type];
  bool named = t->kind == YATA_KIND_XML_ELEMENT || t->kind == YATA_KIND_XML_HOOK;
  return yata_v2_put_type(v, refs[t->kind], named ? yata_key_bytes(doc, t->name) : (yata_slice){NULL, 0});
}

/* Values stand one by one in the client's store. */
static int put_values(struct yata_v2_out *v, const struct yata_store *values, const struct yata_item *it,
                      uint32_t offset) {
  YATA_TRY(yata_col_put_uint(&v->len, it->len - offset));
  for (uint32_t i = offset; i < it->len; i++) {
    yata_slice s = yata_value_bytes(values, it->content + i);
    YATA_TRY(it->kind == YATA_WIRE_JSON ? yata_v2_put_json_value(v, s) : yata_buf_put(&v->rest, s.data, s.len));
  }
  return 0;
}

static int put_content(struct yata_v2_out *v, const struct yata_doc *doc, const struct yata_item *it, uint32_t offset) {
  const struct yata_client *c = &doc->clients[it->client];
  switch (it->kind) {
  case YATA_WIRE_STRING:
    YATA_TRY(yata_text_encode(&c->text, it->content + offset, it->len - offset, false, &v->text));
    return yata_col_put_uint(&v->string, it->len - offset);
  case YATA_WIRE_DELETED: return yata_col_put_uint(&v->len, it->len - offset);
  case YATA_WIRE_TYPE: return put_type(v, doc, it->content);
  case YATA_WIRE_JSON:
  case YATA_WIRE_ANY: return put_values(v, &c->values, it, offset);
  default: return yata_v2_put_content(v, it->kind, 1, yata_value_bytes(&c->values, it->content));
  }
}

static int put_item(struct yata_v2_out *v, const struct yata_doc *doc, const struct yata_item *it, uint32_t offset) {
  if (it->kind == YATA_WIRE_GC) return yata_v2_put_gap(v, it->kind, it->len - offset);
  struct yata_head head = {
      .kind = it->kind,
      .has_left = offset > 0 || it->origin != 0,
      .has_right = it->ror != 0,
      .has_sub = it->key != 0,
  };
  if (offset > 0)
    head.left = wid(doc, it->client, it->clock + offset - 1);
  else if (it->origin != 0)
    head.left = wid(doc, it->origin - 1, it->origin_clock);
  if (it->ror != 0) head.right = wid(doc, it->ror - 1, it->ror_clock);
  if (!head.has_left && !head.has_right) head_parent(doc, it, &head);
  YATA_TRY(yata_v2_put_head(v, &head));
  return put_content(v, doc, it, offset);
}

static uint32_t count_from(const struct yata_client *c, struct yata_pos pos) {
  uint32_t n = c->blocks[pos.block].n - pos.slot;
  for (uint32_t b = pos.block + 1; b < c->n_blocks; b++) n += c->blocks[b].n;
  return n;
}

static int put_client(struct yata_v2_out *v, const struct yata_doc *doc, const struct yata_client *c, uint32_t clock) {
  struct yata_pos pos = yata_index_find(c, clock);
  uint32_t offset = clock - doc->items[yata_index_at(c, pos)].clock;
  YATA_TRY(yata_v2_put_section(v, count_from(c, pos), c->id, clock));
  do {
    YATA_TRY(put_item(v, doc, &doc->items[yata_index_at(c, pos)], offset));
    offset = 0;
  } while (yata_index_next(c, &pos));
  return 0;
}

/* ---- the whole state ------------------------------------------------------------------------ */

/* What is deleted of a client, as joined ranges at the end of *out. */
static int add_deleted(const struct yata_doc *doc, const struct yata_client *c, struct yata_mem *mem,
                       struct yata_ranges *out) {
  struct yata_pos pos = {0, 0};
  uint32_t from = 0, len = 0;
  bool more = c->n_blocks > 0;
  while (more) {
    const struct yata_item *it = &doc->items[yata_index_at(c, pos)];
    bool deleted = it->flags & YATA_ITEM_DELETED;
    if (deleted && len == 0) from = it->clock;
    if (deleted) len += it->len;
    more = yata_index_next(c, &pos);
    if (len == 0 || (deleted && more)) continue;
    YATA_TRY(yata_mem_grow(mem, &out->v, &out->cap, (size_t)out->n + 1, sizeof(*out->v)));
    out->v[out->n++] = (struct yata_range){c->id, from, len};
    len = 0;
  }
  return 0;
}

static int put_state(struct yata_v2_out *v, const struct yata_doc *doc, const struct yata_sv *sv, struct yata_mem *mem,
                     struct yata_ranges *deleted) {
  uint32_t n = 0;
  bool found;
  for (uint32_t i = 0; i < doc->n_clients; i++)
    n += doc->clients[i].state > yata_sv_get(sv, doc->clients[i].id, &found);
  YATA_TRY(yata_buf_put_uint(&v->rest, n));
  for (uint32_t i = 0; i < doc->n_clients; i++) {
    const struct yata_client *c = &doc->clients[doc->order[i]];
    uint32_t clock = yata_sv_get(sv, c->id, &found);
    if (c->state > clock) YATA_TRY(put_client(v, doc, c, clock));
    YATA_TRY(add_deleted(doc, c, mem, deleted));
  }
  return yata_v2_put_ranges(v, deleted);
}

static int encode_own(const struct yata_doc *doc, const uint8_t *sv, size_t sv_len, yata_buf *out) {
  static const uint8_t none[] = {0};
  struct yata_mem mem = {.alloc = out->alloc};
  struct yata_ranges deleted = {0};
  struct yata_v2_out v;
  struct yata_sv state;
  YATA_TRY(yata_sv_read(&mem, sv != NULL ? sv : none, sv != NULL ? sv_len : 1, &state));
  yata_v2_out_init(&v, out->alloc);
  int err = put_state(&v, doc, &state, &mem, &deleted);
  if (err == 0) err = yata_v2_out_finish(&v, out);
  yata_v2_out_deinit(&v);
  yata_mem_drop(&mem, &deleted.v, &deleted.cap, sizeof(*deleted.v));
  yata_sv_deinit(&mem, &state);
  return err;
}

/* What is pending waits in version 1; merging comes to the same in both. */
static int encode_with_pending(const struct yata_doc *doc, const uint8_t *sv, size_t sv_len, yata_buf *out) {
  yata_buf v1;
  yata_buf_init(&v1, out->alloc);
  int err = yata_encode_held(doc, sv, sv_len, &v1);
  if (err == 0) err = yata_update_to_v2(v1.data, v1.len, out);
  yata_buf_deinit(&v1);
  return err;
}

int yata_encode_state_as_update_v2(const yata_doc *doc, const uint8_t *sv, size_t sv_len, yata_buf *out) {
  if (doc->txn.open || doc->busy) return YATA_ERR_STATE;
  bool pending = doc->pending_ds.n > 0 || doc->pending.update.len > 0;
  return (pending ? encode_with_pending : encode_own)(doc, sv, sv_len, out);
}

/* ---- a transaction ---------------------------------------------------------------------------- */

/* `any`: is there something to send? */
static int put_txn(struct yata_v2_out *v, struct yata_doc *doc, bool *any) {
  struct yata_txn *txn = &doc->txn;
  uint32_t n = yata_txn_writers(doc);
  *any = n > 0 || txn->deleted.n > 0;
  YATA_TRY(yata_buf_put_uint(&v->rest, n));
  for (uint32_t i = 0; i < txn->n_touched; i++) {
    const struct yata_client *c = &doc->clients[txn->touched[i].client];
    if (c->state > txn->touched[i].before) YATA_TRY(put_client(v, doc, c, txn->touched[i].before));
  }
  yata_ranges_sort(&txn->deleted);
  return yata_v2_put_ranges(v, &txn->deleted);
}

int yata_rehearse_txn_v2(struct yata_doc *doc, struct yata_v2_out *v, yata_buf *out) {
  bool any;
  YATA_TRY(put_txn(v, doc, &any));
  return yata_v2_out_restart(v, out);
}

int yata_encode_txn_v2(struct yata_doc *doc, struct yata_v2_out *v, yata_buf *out) {
  bool any;
  YATA_TRY(put_txn(v, doc, &any));
  return any ? yata_v2_out_finish(v, out) : 0;
}
