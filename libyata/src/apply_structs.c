/* SPDX-License-Identifier: MIT */
/* Integrating the structs of an update in the order of their dependencies. Step for step as Yjs; the
 * work of the stack and of missing clients is Yjs' integrateStructs. */
#include "apply.h"

#include "redone.h"
#include "tree.h"

struct head {
  struct yata_section *section;
  uint32_t i;
  struct yata_struct st;
};

struct run {
  struct yata_doc *doc;
  struct yata_source *source;
  struct yata_later *later;
  uint64_t before; /* the client of the section that was read last */
  struct head *stack;
  uint32_t n_stack, cap_stack;
  struct yata_left *left;
};

static struct yata_section *find_section(const struct run *r, uint64_t client) {
  uint32_t lo = 0, hi = r->later->n_sections;
  while (lo < hi) {
    uint32_t mid = (lo + hi) / 2;
    if (r->later->sections[mid].client < client)
      lo = mid + 1;
    else
      hi = mid;
  }
  if (lo == r->later->n_sections || r->later->sections[lo].client != client) return NULL;
  return &r->later->sections[lo];
}

static int note_missing(struct run *r, uint64_t client, uint32_t clock) {
  YATA_TRY(yata_mem_grow(&r->doc->mem, &r->left->missing, &r->left->cap_missing, (size_t)r->left->n_missing + 1,
                         sizeof(*r->left->missing)));
  r->left->missing[r->left->n_missing++] = (struct yata_missing){client, clock};
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
    s->next = r->stack[i].i;
    s->dropped = true;
    r->left->n_sections++;
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
  yata_later_read(r->later, s, h->i, &h->st);
}

/* ---- one struct ----------------------------------------------------------------------------- */

/* The clients of what a struct names, by number. */
struct origins {
  uint32_t left_client, right_client, parent_client;
};

/* The first id that the struct needs and that is not there; NULL: none. */
static const struct yata_wid *locate_all(struct yata_doc *doc, const struct yata_struct *st, uint32_t client,
                                         struct origins *o) {
  if (st->has_left && !yata_locate(doc, &st->id, client, &st->left, &o->left_client)) return &st->left;
  if (st->has_right && !yata_locate(doc, &st->id, client, &st->right, &o->right_client)) return &st->right;
  if (st->parent == YATA_PARENT_ID && !yata_locate(doc, &st->id, client, &st->parent_id, &o->parent_client))
    return &st->parent_id;
  return NULL;
}

/* The right origin is most often the left one's neighbour. */
static uint32_t find_right(const struct yata_doc *doc, const struct yata_struct *st, uint32_t client, uint32_t left) {
  if (left != 0) {
    const struct yata_item *l = &doc->items[left], *r = &doc->items[l->right];
    if (l->right != 0 && r->clock == st->right.clock && r->client == client) return l->right;
  }
  return yata_index_lookup(doc, client, st->right.clock);
}

/* The parent type, found before anything is split. */
static int resolve_parent(struct yata_doc *doc, const struct yata_struct *st, const struct origins *o,
                          struct yata_new *n) {
  if (st->has_left) n->left = yata_index_lookup(doc, o->left_client, st->left.clock);
  if (st->has_right) n->right = find_right(doc, st, o->right_client, n->left);
  if ((n->left != 0 && doc->items[n->left].kind == YATA_WIRE_GC) ||
      (n->right != 0 && doc->items[n->right].kind == YATA_WIRE_GC))
    return 0;
  if (st->parent == YATA_PARENT_NAME) {
    YATA_TRY(yata_root_get(doc, st->name, &n->parent));
  } else if (st->parent == YATA_PARENT_ID) {
    uint32_t h = yata_index_lookup(doc, o->parent_client, st->parent_id.clock);
    if (doc->items[h].kind == YATA_WIRE_TYPE) n->parent = doc->items[h].content;
  } else {
    const struct yata_item *from = &doc->items[n->left != 0 ? n->left : n->right];
    n->parent = from->parent;
    n->key = from->key;
    return 0;
  }
  if (st->has_sub && n->parent != 0) return yata_key_get(doc, st->sub, &n->key);
  return 0;
}

static int resolve_left(struct yata_doc *doc, const struct yata_struct *st, uint32_t offset, struct origins *o,
                        struct yata_new *n) {
  struct yata_wid id = st->left;
  if (offset > 0) {
    id = (struct yata_wid){st->id.client, st->id.clock + offset - 1};
    o->left_client = n->client;
    n->left = yata_index_lookup(doc, n->client, id.clock);
  } else if (!st->has_left) {
    return 0;
  }
  n->origin = o->left_client + 1;
  n->origin_clock = id.clock;
  const struct yata_item *left = &doc->items[n->left];
  if (left->kind == YATA_WIRE_GC) {
    n->parent = 0;
    return 0;
  }
  if (offset > 0 && n->parent != 0) {
    /* The rest of a struct stands where its beginning does, whatever parent the bytes name now. */
    n->parent = left->parent;
    n->key = left->key;
  }
  if (left->clock + left->len - 1 != id.clock) return yata_clean_end(doc, o->left_client, id.clock, &n->left);
  return 0;
}

static int resolve_right(struct yata_doc *doc, const struct yata_struct *st, const struct origins *o,
                         struct yata_new *n) {
  if (!st->has_right) return 0;
  n->ror = o->right_client + 1;
  n->ror_clock = st->right.clock;
  if (doc->items[n->right].clock == st->right.clock) return 0;
  /* In the middle of an item; or it was split just now. */
  return yata_clean_start(doc, o->right_client, st->right.clock, &n->right);
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

/* Member by member: all of it at once gcc clears with an instruction that takes tens of cycles to begin. */
static inline struct yata_new new_of(const struct yata_struct *st, uint32_t client, uint32_t offset) {
  struct yata_new n;
  n.client = client;
  n.clock = st->id.clock + offset;
  n.len = st->len - offset;
  n.left = n.right = 0;
  n.origin = n.origin_clock = n.ror = n.ror_clock = 0;
  n.parent = n.key = 0;
  n.kind = st->kind;
  n.content = st->content;
  n.type_kind = YATA_KIND_NONE;
  n.type_name = (yata_slice){NULL, 0};
  n.skip = offset;
  return n;
}

static int integrate_struct(struct yata_doc *doc, const struct yata_struct *st, uint32_t client, uint32_t offset,
                            struct origins *o) {
  struct yata_new n = new_of(st, client, offset);
  if (client == YATA_NO_CLIENT) YATA_TRY(yata_client_get(doc, st->id.client, &n.client));
  if (st->kind != YATA_WIRE_GC) {
    YATA_TRY(resolve_parent(doc, st, o, &n));
    YATA_TRY(resolve_left(doc, st, offset, o, &n));
    YATA_TRY(resolve_right(doc, st, o, &n));
  }
  if (st->kind == YATA_WIRE_TYPE) type_content(st, &n);
  return yata_integrate(doc, &n, NULL);
}

/* Yjs splits items at the origins of what it knows already, too. It shows in what an undo manager keeps, and where
 * somebody cut an update within a pair: the pair is torn. Where there is neither, the work is saved. */
static int split_known(struct yata_doc *doc, const struct yata_struct *st, uint32_t client) {
  struct origins o = {0};
  if (!doc->paired && !yata_redone_any(doc)) return 0;
  if (locate_all(doc, st, client, &o) != NULL) return 0;
  if (st->has_left) YATA_TRY(yata_split_for_good(doc, o.left_client, st->left.clock + 1));
  return st->has_right && st->right.clock > 0 ? yata_split_for_good(doc, o.right_client, st->right.clock) : 0;
}

/* ---- in the order of dependencies ----------------------------------------------------------- */

/* The next struct to look at: of the stack, of the current section, of the one before. */
static bool next_head(struct run *r, uint32_t *todo, struct yata_section **target, struct head *h) {
  if (r->n_stack > 0) {
    *h = r->stack[--r->n_stack];
    return true;
  }
  while (*target == NULL || (*target)->dropped || (*target)->next == (*target)->n) {
    if (*todo == 0) return false;
    *target = &r->later->sections[--*todo];
  }
  read_next(r, *target, h);
  return true;
}

/* Look at one struct; `again`: *h was replaced by one that it depends on. */
static int visit(struct run *r, struct head *h, bool *again) {
  uint32_t client = yata_client_find(r->doc, h->st.id.client);
  int plain = yata_integrate_plain(r->doc, &h->st, client);
  *again = false;
  if (plain != 0) return plain < 0 ? plain : 0;
  uint32_t state = client != YATA_NO_CLIENT ? r->doc->clients[client].state : 0;
  struct origins o;
  if (h->st.kind == YATA_WIRE_SKIP) return 0;
  if (state < h->st.id.clock) {
    YATA_TRY(push(r, h));
    YATA_TRY(note_missing(r, h->st.id.client, h->st.id.clock - 1));
    return give_up(r);
  }
  uint32_t offset = state - h->st.id.clock;
  if (offset > 0) YATA_TRY(split_known(r->doc, &h->st, client));
  if (offset >= h->st.len) return 0;
  const struct yata_wid *missing = locate_all(r->doc, &h->st, client, &o);
  if (missing == NULL) return integrate_struct(r->doc, &h->st, client, offset, &o);
  uint64_t other = missing->client;
  YATA_TRY(push(r, h));
  struct yata_section *s = find_section(r, other);
  if (s == NULL || s->dropped || s->next == s->n) {
    YATA_TRY(note_missing(r, other, yata_client_state(r->doc, other)));
    return give_up(r);
  }
  read_next(r, s, h);
  *again = true;
  return 0;
}

static int integrate_later(struct run *r) {
  struct yata_section *target = NULL;
  struct head h;
  bool again;
  uint32_t todo;
  yata_later_order(r->later);
  todo = r->later->n_sections;
  while (next_head(r, &todo, &target, &h)) {
    do YATA_TRY(visit(r, &h, &again));
    while (again);
  }
  return 0;
}

/* ---- in the order in which they stand --------------------------------------------------------- */

/* Integrate a struct if all that it depends on is there. */
static int try_struct(struct yata_doc *doc, const struct yata_struct *st, uint32_t client, bool *waits) {
  struct origins o;
  int plain = yata_integrate_plain(doc, st, client);
  if (plain != 0) return plain < 0 ? plain : 0;
  uint32_t state = client != YATA_NO_CLIENT ? doc->clients[client].state : 0;
  if (st->kind == YATA_WIRE_SKIP) return 0;
  *waits = state < st->id.clock;
  if (*waits) return 0;
  uint32_t offset = state - st->id.clock;
  if (offset > 0) YATA_TRY(split_known(doc, st, client));
  if (offset >= st->len) return 0;
  *waits = locate_all(doc, st, client, &o) != NULL;
  return *waits ? 0 : integrate_struct(doc, st, client, offset, &o);
}

/* So many structs are to be expected, whatever is stated: one a byte at most. (Runs of version 2 can be more; then
 * items grow as they come.) */
static uint32_t at_most(const struct run *r, uint64_t structs) {
  const struct yata_rd *bytes = r->source->v2 ? &r->source->in.rest : &r->source->rd;
  uint64_t most = (uint64_t)(bytes->end - bytes->base);
  if (most > UINT32_MAX) most = UINT32_MAX;
  return (uint32_t)(structs < most ? structs : most);
}

/* Every struct of a new document becomes an item: no growing, and little to spare afterwards. In others, to put so many
 * items into an index of positions takes about as long as to make it anew, once positions are asked for. */
static int expect(struct run *r, uint32_t structs) {
  struct yata_doc *doc = r->doc;
  if (doc->txn.virgin)
    return yata_mem_grow(&doc->mem, &doc->items, &doc->cap_items, (size_t)doc->n_items + structs, sizeof(*doc->items));
  if (structs > doc->used_items / 2) yata_tree_drop_all(doc);
  return 0;
}

/* From the first struct that has to wait on all do: what is behind it may be what Yjs integrates after it. */
static int read_section(struct run *r, bool all, bool *unordered) {
  struct yata_doc *doc = r->doc;
  struct yata_wid first;
  uint64_t structs;
  YATA_TRY(yata_source_section(r->source, &structs, &first));
  bool later = all || structs == 0 || r->later->n_sections > 0;
  *unordered = !all && first.client >= r->before;
  if (*unordered) return 0;
  r->before = first.client;
  if (later) YATA_TRY(yata_later_begin(&doc->mem, r->later, first.client));
  YATA_TRY(expect(r, at_most(r, structs)));
  uint32_t client = yata_client_find(doc, first.client);
  const struct yata_struct *st = NULL;
  for (uint64_t i = 0; i < structs; i++) {
    uint32_t off = yata_source_at(r->source);
    YATA_TRY(yata_source_struct(r->source, &st));
    if (!later) {
      YATA_TRY(try_struct(doc, st, client, &later));
      if (client == YATA_NO_CLIENT) client = yata_client_find(doc, first.client);
      if (later) YATA_TRY(yata_later_begin(&doc->mem, r->later, first.client));
    }
    if (later) YATA_TRY(yata_later_add(&doc->mem, r->later, st, off));
  }
  if (!later) return 0;
  return yata_later_end(&doc->mem, r->later, yata_source_at(r->source), st ? st->id.clock + st->len : first.clock);
}

static int read_all(struct run *r, bool all, bool *unordered) {
  uint64_t n;
  *unordered = false;
  YATA_TRY(yata_source_count(r->source, false, &n));
  for (uint64_t i = 0; i < n && !*unordered; i++) YATA_TRY(read_section(r, all, unordered));
  return 0;
}

int yata_apply_structs(struct yata_doc *doc, struct yata_source *source, bool all, struct yata_later *later,
                       struct yata_left *left, bool *unordered) {
  struct run r = {.doc = doc, .source = source, .later = later, .left = left, .before = UINT64_MAX};
  int err = read_all(&r, all, unordered);
  if (err == 0 && !*unordered && later->n_sections > 0) err = integrate_later(&r);
  yata_mem_drop(&doc->mem, &r.stack, &r.cap_stack, sizeof(*r.stack));
  return err;
}
