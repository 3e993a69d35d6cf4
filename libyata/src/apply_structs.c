/* SPDX-License-Identifier: MIT */
/* Integrating the structs of an update in the order of their dependencies. Step for step as Yjs; the
 * work of the stack and of missing clients is Yjs' integrateStructs. */
#include "apply.h"

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
  struct yata_left *left;
};

static bool lacks(struct yata_doc *doc, const struct yata_struct *st, const struct yata_wid *id) {
  return id->client != st->id.client && id->clock >= yata_client_state(doc, id->client);
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
  yata_parsed_read(r->p, s, h->i, &h->st);
}

/* ---- one struct ----------------------------------------------------------------------------- */

/* Where the origins of a struct are. */
struct origins {
  uint32_t left_client, left;
  uint32_t right_client, right; /* items; 0: none */
};

static uint32_t find_id(struct yata_doc *doc, const struct yata_wid *id, uint32_t *client) {
  *client = yata_client_find(doc, id->client);
  return yata_index_lookup(doc, *client, id->clock);
}

/* The parent type, found before anything is split. */
static int resolve_parent(struct yata_doc *doc, const struct yata_struct *st, struct origins *o, struct yata_new *n) {
  uint32_t c;
  if (st->has_left) o->left = find_id(doc, &st->left, &o->left_client);
  if (st->has_right) o->right = find_id(doc, &st->right, &o->right_client);
  if ((o->left != 0 && doc->items[o->left].kind == YATA_WIRE_GC) ||
      (o->right != 0 && doc->items[o->right].kind == YATA_WIRE_GC))
    return 0;
  if (st->parent == YATA_PARENT_NAME) {
    YATA_TRY(yata_root_get(doc, st->name, &n->parent));
  } else if (st->parent == YATA_PARENT_ID) {
    uint32_t h = find_id(doc, &st->parent_id, &c);
    if (doc->items[h].kind == YATA_WIRE_TYPE) n->parent = doc->items[h].content;
  } else {
    const struct yata_item *from = &doc->items[o->left != 0 ? o->left : o->right];
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
    o->left = find_id(doc, &id, &o->left_client);
  } else if (!st->has_left) {
    return 0;
  }
  n->origin = o->left_client + 1;
  n->origin_clock = id.clock;
  n->left = o->left;
  const struct yata_item *left = &doc->items[o->left];
  if (left->kind == YATA_WIRE_GC) {
    n->parent = 0;
    return 0;
  }
  if (offset > 0) {
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
  n->right = o->right;
  if (doc->items[o->right].clock == st->right.clock) return 0;
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

static int integrate_struct(struct yata_doc *doc, const struct yata_struct *st, uint32_t offset) {
  struct yata_new n = {.clock = st->id.clock + offset,
                       .len = st->len - offset,
                       .kind = st->kind,
                       .content = st->content,
                       .skip = offset};
  YATA_TRY(yata_client_get(doc, st->id.client, &n.client));
  if (st->kind != YATA_WIRE_GC) {
    struct origins o = {0};
    YATA_TRY(resolve_parent(doc, st, &o, &n));
    if (n.parent != 0) {
      YATA_TRY(resolve_left(doc, st, offset, &o, &n));
      YATA_TRY(resolve_right(doc, st, &o, &n));
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
  uint32_t state = yata_client_state(r->doc, h->st.id.client);
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
    YATA_TRY(note_missing(r, client, yata_client_state(r->doc, client)));
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
  /* Every struct of a new document becomes an item: no growing, and nothing to spare afterwards. */
  if (r->doc->txn.virgin)
    YATA_TRY(yata_mem_grow(&r->doc->mem, &r->doc->items, &r->doc->cap_items, (size_t)r->doc->n_items + r->p->n_refs,
                           sizeof(*r->doc->items)));
  for (uint32_t i = 0; i < r->p->n_sections; i++) r->todo[r->n_todo++] = &r->p->sections[i];
  while (next_head(r, &target, &h)) {
    do YATA_TRY(visit(r, &h, &again));
    while (again);
  }
  return 0;
}

int yata_apply_structs(struct yata_doc *doc, const struct yata_parsed *p, struct yata_left *left) {
  struct run r = {.doc = doc, .p = p, .left = left};
  int err = integrate_all(&r);
  yata_mem_drop(&doc->mem, &r.todo, &r.cap_todo, sizeof(struct yata_section *));
  yata_mem_drop(&doc->mem, &r.stack, &r.cap_stack, sizeof(*r.stack));
  return err;
}
