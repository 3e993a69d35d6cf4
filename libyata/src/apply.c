/* SPDX-License-Identifier: MIT */
/* Applying an update: integrate what can be, keep the rest as pending, delete. Step for step as
 * Yjs; the work of the stack and of missing clients is Yjs' integrateStructs. */
#include "txn.h"

#include <stdlib.h>

#include "encode.h"
#include "update.h"

struct head {
  struct yata_section *section;
  uint32_t i;
  struct yata_struct st;
};

struct run {
  struct yata_doc *doc;
  const struct yata_parsed *p;
  struct yata_section **todo; /* sections not yet done, sorted; taken from the end */
  uint32_t n_todo, cap_todo;
  struct head *stack;
  uint32_t n_stack, cap_stack;
  struct yata_section **rest; /* whose structs from `next` on could not be integrated */
  uint32_t n_rest, cap_rest;
  struct yata_missing *missing;
  uint32_t n_missing, cap_missing;
};

static uint32_t state_of(struct yata_doc *doc, uint64_t client) {
  uint32_t c = yata_client_find(doc, client);
  return c == YATA_NO_CLIENT ? 0 : doc->clients[c].state;
}

static bool lacks(struct yata_doc *doc, const struct yata_struct *st, const struct yata_wid *id) {
  return id->client != st->id.client && id->clock >= state_of(doc, id->client);
}

/* The client of which the struct needs more than is there. */
static bool is_missing(struct yata_doc *doc, const struct yata_struct *st, uint64_t *client) {
  const struct yata_wid *id = st->has_left && lacks(doc, st, &st->left)                        ? &st->left
                              : st->has_right && lacks(doc, st, &st->right)                    ? &st->right
                              : st->parent == YATA_PARENT_ID && lacks(doc, st, &st->parent_id) ? &st->parent_id
                                                                                               : NULL;
  if (id == NULL) return false;
  *client = id->client;
  return true;
}

static struct yata_section *find_section(const struct run *r, uint64_t client) {
  uint32_t lo = 0, hi = r->p->n_sections;
  while (lo < hi) {
    uint32_t mid = (lo + hi) / 2;
    if (r->p->sections[mid].client < client)
      lo = mid + 1;
    else
      hi = mid;
  }
  if (lo == r->p->n_sections || r->p->sections[lo].client != client) return NULL;
  return &r->p->sections[lo];
}

static int note_missing(struct run *r, uint64_t client, uint32_t clock) {
  YATA_TRY(yata_mem_grow(&r->doc->mem, &r->missing, &r->cap_missing, (size_t)r->n_missing + 1, sizeof(*r->missing)));
  r->missing[r->n_missing++] = (struct yata_missing){client, clock};
  return 0;
}

/* What is on the stack cannot be integrated, nor what follows it of the same clients. */
static int give_up(struct run *r) {
  for (uint32_t i = 0; i < r->n_stack; i++) {
    struct yata_section *s = r->stack[i].section;
    if (s->dropped) {
      if (r->stack[i].i < s->next) s->next = r->stack[i].i;
      continue;
    }
    YATA_TRY(yata_mem_grow(&r->doc->mem, &r->rest, &r->cap_rest, (size_t)r->n_rest + 1, sizeof(struct yata_section *)));
    s->next = r->stack[i].i;
    s->dropped = true;
    r->rest[r->n_rest++] = s;
  }
  r->n_stack = 0;
  return 0;
}

static int push(struct run *r, const struct head *h) {
  YATA_TRY(yata_mem_grow(&r->doc->mem, &r->stack, &r->cap_stack, (size_t)r->n_stack + 1, sizeof(*r->stack)));
  r->stack[r->n_stack++] = *h;
  return 0;
}

static void read_next(struct run *r, struct yata_section *s, struct head *h) {
  h->section = s;
  h->i = s->next++;
  yata_parsed_read(r->p, s, h->i, &h->st);
}

/* ---- one struct ----------------------------------------------------------------------------- */

static int find_id(struct yata_doc *doc, const struct yata_wid *id, uint32_t *client, uint32_t *h) {
  *client = yata_client_find(doc, id->client);
  *h = yata_index_lookup(doc, *client, id->clock);
  return 0;
}

/* The parent type, found before anything is split. */
static int resolve_parent(struct yata_doc *doc, const struct yata_struct *st, struct yata_new *n) {
  uint32_t c, left = 0, right = 0, h;
  if (st->has_left) YATA_TRY(find_id(doc, &st->left, &c, &left));
  if (st->has_right) YATA_TRY(find_id(doc, &st->right, &c, &right));
  if ((left != 0 && doc->items[left].kind == YATA_WIRE_GC) || (right != 0 && doc->items[right].kind == YATA_WIRE_GC))
    return 0;
  if (st->parent == YATA_PARENT_NAME) {
    YATA_TRY(yata_root_get(doc, st->name, &n->parent));
  } else if (st->parent == YATA_PARENT_ID) {
    YATA_TRY(find_id(doc, &st->parent_id, &c, &h));
    if (doc->items[h].kind == YATA_WIRE_TYPE) n->parent = doc->items[h].content;
  } else {
    const struct yata_item *from = &doc->items[left != 0 ? left : right];
    n->parent = from->parent;
    n->key = from->key;
    return 0;
  }
  if (st->has_sub && n->parent != 0) return yata_key_get(doc, st->sub, &n->key);
  return 0;
}

static int resolve_left(struct yata_doc *doc, const struct yata_struct *st, uint32_t offset, struct yata_new *n) {
  struct yata_wid id = st->left;
  if (offset > 0)
    id = (struct yata_wid){st->id.client, st->id.clock + offset - 1};
  else if (!st->has_left)
    return 0;
  uint32_t c = yata_client_find(doc, id.client);
  n->origin = c + 1;
  n->origin_clock = id.clock;
  YATA_TRY(yata_clean_end(doc, c, id.clock, &n->left));
  if (doc->items[n->left].kind == YATA_WIRE_GC) n->parent = 0;
  return 0;
}

static int resolve_right(struct yata_doc *doc, const struct yata_struct *st, struct yata_new *n) {
  if (!st->has_right) return 0;
  uint32_t c = yata_client_find(doc, st->right.client);
  n->ror = c + 1;
  n->ror_clock = st->right.clock;
  return yata_clean_start(doc, c, st->right.clock, &n->right);
}

static void type_content(const struct yata_struct *st, struct yata_new *n) {
  static const enum yata_kind kinds[] = {
      YATA_KIND_ARRAY,        YATA_KIND_MAP,      YATA_KIND_TEXT,     YATA_KIND_XML_ELEMENT,
      YATA_KIND_XML_FRAGMENT, YATA_KIND_XML_HOOK, YATA_KIND_XML_TEXT,
  };
  struct yata_rd rd = yata_rd_of(st->content.data, st->content.len);
  uint64_t ref = 0;
  int err = yata_rd_uint(&rd, &ref);
  n->type_kind = kinds[ref];
  if (err == 0 && rd.p < rd.end) err = yata_rd_bytes(&rd, &n->type_name);
  (void)err; /* verified before */
}

static int integrate_struct(struct yata_doc *doc, const struct yata_struct *st, uint32_t offset) {
  struct yata_new n = {.clock = st->id.clock + offset,
                       .len = st->len - offset,
                       .kind = st->kind,
                       .content = st->content,
                       .skip = offset};
  YATA_TRY(yata_client_get(doc, st->id.client, &n.client));
  if (st->kind != YATA_WIRE_GC) {
    YATA_TRY(resolve_parent(doc, st, &n));
    if (n.parent != 0) {
      YATA_TRY(resolve_left(doc, st, offset, &n));
      YATA_TRY(resolve_right(doc, st, &n));
    }
  }
  if (st->kind == YATA_WIRE_TYPE) type_content(st, &n);
  return yata_integrate(doc, &n, NULL);
}

/* ---- all structs ---------------------------------------------------------------------------- */

/* The next struct to look at: of the stack, of the current section, of the one before. */
static bool next_head(struct run *r, struct yata_section **target, struct head *h) {
  if (r->n_stack > 0) {
    *h = r->stack[--r->n_stack];
    return true;
  }
  while (*target == NULL || (*target)->dropped || (*target)->next == (*target)->n) {
    if (r->n_todo == 0) return false;
    *target = r->todo[--r->n_todo];
  }
  read_next(r, *target, h);
  return true;
}

/* Look at one struct; `again`: *h was replaced by one that it depends on. */
static int visit(struct run *r, struct head *h, bool *again) {
  uint32_t state = state_of(r->doc, h->st.id.client);
  uint64_t client;
  *again = false;
  if (h->st.kind == YATA_WIRE_SKIP) return 0;
  if (state < h->st.id.clock) {
    YATA_TRY(push(r, h));
    YATA_TRY(note_missing(r, h->st.id.client, h->st.id.clock - 1));
    return give_up(r);
  }
  uint32_t offset = state - h->st.id.clock;
  if (offset >= h->st.len) return 0;
  if (!is_missing(r->doc, &h->st, &client)) return integrate_struct(r->doc, &h->st, offset);
  YATA_TRY(push(r, h));
  struct yata_section *s = find_section(r, client);
  if (s == NULL || s->dropped || s->next == s->n) {
    YATA_TRY(note_missing(r, client, state_of(r->doc, client)));
    return give_up(r);
  }
  read_next(r, s, h);
  *again = true;
  return 0;
}

static int integrate_all(struct run *r) {
  struct yata_section *target = NULL;
  struct head h;
  bool again;
  YATA_TRY(
      yata_mem_grow(&r->doc->mem, &r->todo, &r->cap_todo, (size_t)r->p->n_sections + 1, sizeof(struct yata_section *)));
  for (uint32_t i = 0; i < r->p->n_sections; i++) r->todo[r->n_todo++] = &r->p->sections[i];
  while (next_head(r, &target, &h)) {
    do YATA_TRY(visit(r, &h, &again));
    while (again);
  }
  return 0;
}

/* Write what could not be integrated as an update. */
static int write_rest(struct run *r, yata_buf *out) {
  struct yata_struct st;
  /* Sections are sorted: so that the highest client comes first, go backwards. */
  YATA_TRY(yata_buf_put_uint(out, r->n_rest));
  for (uint32_t i = r->p->n_sections; i-- > 0;) {
    const struct yata_section *s = &r->p->sections[i];
    if (!s->dropped) continue;
    YATA_TRY(yata_buf_put_uint(out, s->n - s->next));
    YATA_TRY(yata_buf_put_uint(out, s->client));
    YATA_TRY(yata_buf_put_uint(out, r->p->refs[s->first + s->next].clock));
    for (uint32_t j = s->next; j < s->n; j++) {
      yata_parsed_read(r->p, s, j, &st);
      YATA_TRY(yata_struct_write(out, &st, 0));
    }
  }
  return yata_buf_put_u8(out, 0);
}

static void run_deinit(struct run *r) {
  struct yata_mem *mem = &r->doc->mem;
  yata_mem_drop(mem, &r->todo, &r->cap_todo, sizeof(struct yata_section *));
  yata_mem_drop(mem, &r->stack, &r->cap_stack, sizeof(*r->stack));
  yata_mem_drop(mem, &r->rest, &r->cap_rest, sizeof(struct yata_section *));
  yata_mem_drop(mem, &r->missing, &r->cap_missing, sizeof(*r->missing));
}

/* ---- pending ------------------------------------------------------------------------------ */

static void pending_deinit(struct yata_doc *doc, struct yata_pending *p) {
  yata_buf_deinit(&p->update);
  yata_mem_drop(&doc->mem, &p->missing, &p->cap, sizeof(*p->missing));
  p->n = 0;
}

static int compare_missing(const void *a, const void *b) {
  const struct yata_missing *x = a, *y = b;
  if (x->client != y->client) return x->client < y->client ? -1 : 1;
  return (x->clock > y->clock) - (x->clock < y->clock);
}

/* Add to what is missing; of each client the lowest clock stays. */
static int pending_missing(struct yata_doc *doc, struct yata_pending *p, const struct yata_missing *more,
                           uint32_t count) {
  uint32_t n = 0;
  if (count == 0) return 0;
  YATA_TRY(yata_mem_grow(&doc->mem, &p->missing, &p->cap, (size_t)p->n + count, sizeof(*p->missing)));
  memcpy(p->missing + p->n, more, count * sizeof(*more));
  p->n += count;
  qsort(p->missing, p->n, sizeof(*p->missing), compare_missing);
  for (uint32_t i = 0; i < p->n; i++)
    if (n == 0 || p->missing[n - 1].client != p->missing[i].client) p->missing[n++] = p->missing[i];
  p->n = n;
  return 0;
}

/* Add the rest of a run to what is pending. */
static int pending_add(struct run *r, struct yata_pending *p) {
  struct yata_doc *doc = r->doc;
  yata_buf rest, merged;
  if (r->n_rest == 0) return 0;
  yata_buf_init(&rest, &doc->alloc);
  yata_buf_init(&merged, &doc->alloc);
  int err = write_rest(r, &rest);
  if (err == 0) err = pending_missing(doc, p, r->missing, r->n_missing);
  if (err == 0 && p->update.len > 0) {
    yata_slice both[] = {{p->update.data, p->update.len}, {rest.data, rest.len}};
    err = yata_merge_updates(both, 2, &merged);
    yata_buf_deinit(&rest);
    rest = merged;
  }
  if (err == 0 && rest.len > doc->max_pending) err = YATA_ERR_LIMIT;
  if (err < 0) {
    yata_buf_deinit(&rest);
    return err;
  }
  yata_buf_deinit(&p->update);
  p->update = rest;
  return 0;
}

static int pending_copy(struct yata_doc *doc, const struct yata_pending *from, struct yata_pending *to) {
  *to = (struct yata_pending){0};
  yata_buf_init(&to->update, &doc->alloc);
  int err = yata_buf_put(&to->update, from->update.data, from->update.len);
  if (err == 0) err = pending_missing(doc, to, from->missing, from->n);
  if (err < 0) pending_deinit(doc, to);
  return err;
}

/* ---- deletions ------------------------------------------------------------------------------ */

static int apply_range(struct yata_doc *doc, uint32_t client, uint32_t clock, uint32_t end) {
  const struct yata_item *it = &doc->items[yata_index_lookup(doc, client, clock)];
  uint32_t h;
  if (it->clock < clock && !(it->flags & YATA_ITEM_DELETED)) YATA_TRY(yata_clean_start(doc, client, clock, &h));
  for (uint32_t at = clock; at < end;) {
    h = yata_index_lookup(doc, client, at);
    it = &doc->items[h];
    at = it->clock + it->len;
    if (it->flags & YATA_ITEM_DELETED) continue;
    if (at > end) YATA_TRY(yata_clean_end(doc, client, end - 1, &h));
    YATA_TRY(yata_delete(doc, h));
  }
  return 0;
}

/* Delete what is there; the rest of the ranges goes to *rest. */
static int apply_ranges(struct yata_doc *doc, const struct yata_ranges *r, struct yata_ranges *rest) {
  for (uint32_t i = 0; i < r->n; i++) {
    const struct yata_range *x = &r->v[i];
    uint64_t state = state_of(doc, x->client), end = x->clock + x->len;
    uint64_t from = x->clock > state ? x->clock : state;
    if (end > state) YATA_TRY(yata_ranges_add(doc, rest, x->client, from, end - from));
    if (x->clock < state)
      YATA_TRY(apply_range(doc, yata_client_find(doc, x->client), (uint32_t)x->clock,
                           (uint32_t)(end < state ? end : state)));
  }
  return 0;
}

/* Apply new deletions and those that were pending; what remains is joined. */
static int apply_deletions(struct yata_doc *doc, const struct yata_ranges *fresh, struct yata_ranges *pending) {
  struct yata_ranges rest = {0};
  int err = apply_ranges(doc, fresh, &rest);
  if (err == 0) err = apply_ranges(doc, pending, &rest);
  if (err < 0) {
    yata_mem_drop(&doc->mem, &rest.v, &rest.cap, sizeof(*rest.v));
    return err;
  }
  yata_ranges_sort(&rest);
  yata_mem_drop(&doc->mem, &pending->v, &pending->cap, sizeof(*pending->v));
  *pending = rest;
  return 0;
}

/* ---- an update ------------------------------------------------------------------------------ */

/* The pending state while an update is applied; replaces the document's in the end. */
struct work {
  struct yata_pending pending;
  struct yata_ranges ds;
};

static bool should_retry(struct yata_doc *doc, const struct yata_pending *p) {
  for (uint32_t i = 0; i < p->n; i++)
    if (p->missing[i].clock < state_of(doc, p->missing[i].client)) return true;
  return false;
}

static int apply_parsed(struct yata_doc *doc, const struct yata_parsed *p, struct work *w, bool *retry) {
  struct run r = {.doc = doc, .p = p};
  int err = integrate_all(&r);
  *retry = w->pending.update.len > 0 && should_retry(doc, &w->pending);
  if (err == 0) err = pending_add(&r, &w->pending);
  run_deinit(&r);
  if (err == 0) err = apply_deletions(doc, &p->deleted, &w->ds);
  if (err == 0 && w->ds.n * sizeof(*w->ds.v) > doc->max_pending) err = YATA_ERR_LIMIT;
  return err;
}

static int retry_pending(struct yata_doc *doc, struct work *w) {
  struct yata_pending old = w->pending;
  struct yata_parsed p;
  bool ignored;
  w->pending = (struct yata_pending){0};
  yata_buf_init(&w->pending.update, &doc->alloc);
  int err = yata_update_parse(&doc->mem, old.update.data, old.update.len, YATA_NESTING_MAX, &p, NULL);
  if (err == 0) {
    err = apply_parsed(doc, &p, w, &ignored);
    yata_parsed_deinit(&doc->mem, &p);
  }
  pending_deinit(doc, &old);
  return err;
}

static int work_init(struct yata_doc *doc, struct work *w) {
  w->ds = (struct yata_ranges){0};
  YATA_TRY(pending_copy(doc, &doc->pending, &w->pending));
  for (uint32_t i = 0; i < doc->pending_ds.n; i++) {
    const struct yata_range *x = &doc->pending_ds.v[i];
    int err = yata_ranges_add(doc, &w->ds, x->client, x->clock, x->len);
    if (err < 0) {
      pending_deinit(doc, &w->pending);
      yata_mem_drop(&doc->mem, &w->ds.v, &w->ds.cap, sizeof(*w->ds.v));
      return err;
    }
  }
  return 0;
}

static void work_deinit(struct yata_doc *doc, struct work *w) {
  pending_deinit(doc, &w->pending);
  yata_mem_drop(&doc->mem, &w->ds.v, &w->ds.cap, sizeof(*w->ds.v));
}

static bool same_pending(const struct yata_doc *doc, const struct work *w) {
  const yata_buf *a = &doc->pending.update, *b = &w->pending.update;
  return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0) && doc->pending_ds.n == w->ds.n &&
         (w->ds.n == 0 || memcmp(doc->pending_ds.v, w->ds.v, w->ds.n * sizeof(*w->ds.v)) == 0);
}

static bool grew(const struct yata_doc *doc) {
  const struct yata_txn *txn = &doc->txn;
  for (uint32_t i = 0; i < txn->n_touched; i++)
    if (doc->clients[txn->touched[i].client].state != txn->touched[i].before) return true;
  return txn->deleted.n > 0;
}

/* Everything worked: from here on nothing fails. */
static void finish(struct yata_doc *doc, struct work *w, yata_applied *out) {
  out->changed = grew(doc) || !same_pending(doc, w);
  struct work old = {doc->pending, doc->pending_ds};
  doc->pending = w->pending;
  doc->pending_ds = w->ds;
  *w = old;
  out->pending = doc->pending.update.len > 0 || doc->pending_ds.n > 0;
  if (grew(doc)) {
    doc->mark_epoch++;
    yata_cleanup(doc);
  }
}

int yata_apply_update(yata_doc *doc, const uint8_t *update, size_t len, yata_applied *out) {
  yata_applied ignored;
  struct yata_parsed p;
  struct work w;
  bool retry;
  if (out == NULL) out = &ignored;
  *out = (yata_applied){0};
  if (doc->txn.open) return YATA_ERR_STATE;
  YATA_TRY(yata_update_parse(&doc->mem, update, len, doc->max_nesting, &p, &out->error_offset));
  int err = work_init(doc, &w);
  if (err < 0) {
    yata_parsed_deinit(&doc->mem, &p);
    return err;
  }
  yata_txn_open(doc, false);
  err = apply_parsed(doc, &p, &w, &retry);
  if (err == 0 && retry) err = retry_pending(doc, &w);
  if (err == 0) {
    finish(doc, &w, out);
    yata_txn_close(doc);
  } else {
    yata_txn_undo(doc);
  }
  work_deinit(doc, &w);
  yata_parsed_deinit(&doc->mem, &p);
  return err;
}
