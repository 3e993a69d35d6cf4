/* SPDX-License-Identifier: MIT */
/* Inserting into and formatting a text at a place. */
#include "text.h"

#include "tree.h"

void yata_place_deinit(struct yata_doc *doc, struct yata_place *p) {
  yata_formats_deinit(doc, &p->now);
}

static bool is_format(const struct yata_doc *doc, uint32_t h) {
  return doc->items[h].kind == YATA_WIRE_FORMAT;
}

/* Step over the item to the right. */
static int forward(struct yata_doc *doc, struct yata_place *p) {
  const struct yata_item *it = &doc->items[p->right];
  if (!(it->flags & YATA_ITEM_DELETED)) {
    if (it->kind != YATA_WIRE_FORMAT)
      p->index += it->len;
    else if (p->known)
      YATA_TRY(yata_formats_update(doc, &p->now, yata_format_of(doc, p->right)));
  }
  p->left = p->right;
  p->right = doc->items[p->left].right;
  return 0;
}

/* ---- the attributes in force --------------------------------------------------------------- */

#define NEAR 64 /* steps from where they are known */

/* Behind this place, too, for the next edit. Without memory they are looked for again. */
static void remember(struct yata_doc *doc, const struct yata_place *p) {
  struct yata_in_force *known = &doc->in_force;
  if (p->tidied || !p->known) return;
  known->item = 0;
  if (yata_mem_grow(&doc->mem, &known->v, &known->cap, p->now.n, sizeof(*known->v)) < 0) return;
  if (p->now.n > 0) memcpy(known->v, p->now.v, p->now.n * sizeof(*known->v));
  known->n = p->now.n;
  known->type = p->type;
  known->item = p->left;
  known->epoch = doc->format_epoch;
}

/* Is there a way from one item to another to its right, in a few steps? `plain`: without formats on it. */
static bool leads_to(const struct yata_doc *doc, uint32_t from, uint32_t to, bool plain) {
  for (uint32_t steps = 0; steps < NEAR && from != to; steps++) {
    from = doc->items[from].right;
    if (from == 0 || (plain && is_format(doc, from))) return false;
  }
  return from == to;
}

/* Begin with those that are known behind an item near the place, which is then *h; or without any, before the list. */
static int begin_near(struct yata_doc *doc, struct yata_place *p, uint32_t *h) {
  const struct yata_in_force *known = &doc->in_force;
  *h = 0;
  if (known->item == 0 || known->type != p->type || known->epoch != doc->format_epoch) return 0;
  if (leads_to(doc, known->item, p->left, false))
    *h = known->item;
  else if (leads_to(doc, p->left, known->item, true))
    *h = p->left;
  if (*h == 0) return 0;
  return yata_formats_copy(doc, &(struct yata_formats){known->v, known->n, known->cap}, &p->now);
}

static int take_up(struct yata_doc *doc, struct yata_place *p, uint32_t h) {
  if (!is_format(doc, h) || yata_item_deleted(doc, h)) return 0;
  return yata_formats_update(doc, &p->now, yata_format_of(doc, h));
}

/* What the formats behind `h` (0: of the list) up to the place say. */
static int gather_from(struct yata_doc *doc, struct yata_place *p, uint32_t h) {
  if (yata_leaf_of(doc, p->left) != 0) {
    struct yata_way way;
    yata_way_begin(doc, h, p->left, &way);
    while ((h = yata_way_next(doc, &way)) != 0) YATA_TRY(take_up(doc, p, h));
    return 0;
  }
  while (h != p->left) {
    h = h != 0 ? doc->items[h].right : doc->types[p->type].start;
    YATA_TRY(take_up(doc, p, h));
  }
  return 0;
}

int yata_place_gather(struct yata_doc *doc, struct yata_place *p) {
  uint32_t h;
  if (p->known) return 0;
  YATA_TRY(begin_near(doc, p, &h));
  YATA_TRY(gather_from(doc, p, h));
  p->known = true;
  remember(doc, p);
  return 0;
}

int yata_place_find(struct yata_doc *doc, uint32_t type, uint32_t index, struct yata_place *p) {
  *p = (struct yata_place){.type = type, .index = index};
  YATA_TRY(yata_position(doc, type, index, &p->left, &p->right));
  p->known = p->left == 0 || !(doc->types[type].flags & YATA_TYPE_FORMATTED);
  return 0;
}

/* ---- formats ------------------------------------------------------------------------------ */

/* Step right past what is deleted, and past formats that say what the attributes say anyway. NULL: what is in force. */
static int step_right(struct yata_doc *doc, struct yata_place *p, const struct yata_formats *attributes) {
  while (p->right != 0) {
    if (!yata_item_deleted(doc, p->right)) {
      if (!is_format(doc, p->right)) break;
      struct yata_format have, a = yata_format_of(doc, p->right);
      YATA_TRY(yata_place_gather(doc, p));
      YATA_TRY(yata_formats_get(doc, attributes != NULL ? attributes : &p->now, a.key, &have));
      if (!yata_format_equal(doc, have, a)) break;
    }
    YATA_TRY(forward(doc, p));
  }
  return 0;
}

/* Integrate an item at the place and step over it. */
static int put_item(struct yata_doc *doc, struct yata_place *p, struct yata_new *n, uint32_t *out) {
  uint32_t h;
  struct yata_new at;
  YATA_TRY(yata_local_item(doc, p->type, 0, p->left, p->right, n->len, &at));
  at.kind = n->kind;
  at.content = n->content;
  at.type_kind = n->type_kind;
  at.type_name = n->type_name;
  YATA_TRY(yata_integrate(doc, &at, &h));
  p->left = h;
  p->right = doc->items[h].right;
  if (n->kind != YATA_WIRE_FORMAT) p->index += n->len;
  if (out != NULL) *out = h;
  return 0;
}

static int put_format(struct yata_doc *doc, struct yata_place *p, struct yata_format a) {
  struct yata_new n = {.kind = YATA_WIRE_FORMAT, .len = 1};
  yata_buf buf;
  uint32_t h;
  a = yata_format_read(doc, a);
  yata_buf_init(&buf, &doc->alloc);
  int err = yata_buf_put_uint(&buf, a.key.len);
  if (err == 0) err = yata_buf_put(&buf, a.key.data, a.key.len);
  if (err == 0) err = yata_buf_put_uint(&buf, a.value.len);
  if (err == 0) err = yata_buf_put(&buf, a.value.data, a.value.len);
  n.content = (yata_slice){buf.data, buf.len};
  if (err == 0) err = put_item(doc, p, &n, &h);
  yata_buf_deinit(&buf);
  if (err == 0) err = yata_format_twin(doc, h, a.off ? 0 : a.item);
  return err < 0 ? err : yata_formats_update(doc, &p->now, yata_format_of(doc, h));
}

/* Begin the attributes; what was in force before goes to `negated`. */
static int open_formats(struct yata_doc *doc, struct yata_place *p, const struct yata_formats *attributes,
                        struct yata_formats *negated) {
  YATA_TRY(yata_place_gather(doc, p));
  for (uint32_t i = 0; i < attributes->n; i++) {
    struct yata_format have, a = yata_format_read(doc, attributes->v[i]);
    YATA_TRY(yata_formats_get(doc, &p->now, a.key, &have));
    if (yata_format_equal(doc, have, a)) continue;
    YATA_TRY(yata_formats_set(doc, negated, have.item != 0 ? have : yata_format_off(a)));
    YATA_TRY(put_format(doc, p, attributes->v[i]));
  }
  return 0;
}

/* End them: set again what was in force, unless the next formats do. */
static int close_formats(struct yata_doc *doc, struct yata_place *p, struct yata_formats *negated) {
  while (p->right != 0) {
    if (!yata_item_deleted(doc, p->right)) {
      if (!is_format(doc, p->right)) break;
      uint32_t at;
      struct yata_format a = yata_format_of(doc, p->right);
      YATA_TRY(yata_formats_find(doc, negated, a.key, &at));
      bool redundant = at == YATA_NO_FORMAT ? yata_format_is_undefined(a)
                                            : yata_format_equal(doc, yata_format_read(doc, negated->v[at]), a);
      if (!redundant) break;
      YATA_TRY(yata_formats_delete(doc, negated, a.key));
    }
    YATA_TRY(forward(doc, p));
  }
  for (uint32_t i = 0; i < negated->n; i++) YATA_TRY(put_format(doc, p, negated->v[i]));
  return 0;
}

/* ---- inserting ---------------------------------------------------------------------------- */

/* What is in force but not among the attributes of the content has to end. */
static int add_nulls(struct yata_doc *doc, struct yata_place *p, struct yata_formats *attributes) {
  YATA_TRY(yata_place_gather(doc, p));
  for (uint32_t i = 0; i < p->now.n; i++) {
    uint32_t at;
    struct yata_format a = yata_format_read(doc, p->now.v[i]);
    YATA_TRY(yata_formats_find(doc, attributes, a.key, &at));
    if (at == YATA_NO_FORMAT || yata_format_is_undefined(yata_format_read(doc, attributes->v[at])))
      YATA_TRY(yata_formats_set_member(doc, attributes, yata_format_off(a)));
  }
  return 0;
}

static int insert(struct yata_doc *doc, struct yata_place *p, const struct yata_insertion *what,
                  struct yata_formats *attributes, uint32_t *out) {
  struct yata_formats negated = {0};
  struct yata_new n = {.kind = what->kind,
                       .len = what->len,
                       .content = what->content,
                       .type_kind = what->type_kind,
                       .type_name = what->type_name};
  int err = 0;
  if (attributes != NULL) err = add_nulls(doc, p, attributes);
  if (err == 0) err = step_right(doc, p, attributes);
  if (err == 0 && attributes != NULL) err = open_formats(doc, p, attributes, &negated);
  if (err == 0) err = put_item(doc, p, &n, out);
  if (err == 0) err = close_formats(doc, p, &negated);
  if (err == 0) remember(doc, p);
  yata_formats_deinit(doc, &negated);
  return err;
}

/* Yjs inserts what is in force as if it were given. That makes formats only of NaN, which does not equal itself. */
int yata_place_insert(struct yata_doc *doc, struct yata_place *p, const struct yata_insertion *what,
                      struct yata_formats *attributes, uint32_t *out) {
  struct yata_formats same = {0};
  int err = 0;
  if (attributes != NULL || !doc->formatted_nan) return insert(doc, p, what, attributes, out);
  YATA_TRY(yata_place_gather(doc, p));
  for (uint32_t i = 0; i < p->now.n && err == 0; i++) err = yata_formats_add_member(doc, &same, p->now.v[i]);
  if (err == 0) err = insert(doc, p, what, &same, out);
  yata_formats_deinit(doc, &same);
  return err;
}

/* ---- formatting --------------------------------------------------------------------------- */

/* A format within the range: it goes when the attributes have its key. `stop`: nothing more to be done. */
static int meet_format(struct yata_doc *doc, struct yata_place *p, uint32_t len, const struct yata_formats *attributes,
                       struct yata_formats *negated, bool *stop) {
  uint32_t at;
  struct yata_format a = yata_format_of(doc, p->right);
  YATA_TRY(yata_formats_find(doc, attributes, a.key, &at));
  if (at == YATA_NO_FORMAT || yata_format_is_undefined(attributes->v[at])) return 0;
  if (yata_format_equal(doc, yata_format_read(doc, attributes->v[at]), a)) {
    YATA_TRY(yata_formats_delete(doc, negated, a.key));
  } else if (len == 0) {
    *stop = true;
    return 0;
  } else {
    YATA_TRY(yata_formats_set(doc, negated, a));
  }
  return yata_delete(doc, p->right);
}

static int format_range(struct yata_doc *doc, struct yata_place *p, uint32_t *len,
                        const struct yata_formats *attributes, struct yata_formats *negated) {
  while (p->right != 0) {
    const struct yata_item *it = &doc->items[p->right];
    bool deleted = it->flags & YATA_ITEM_DELETED, stop = false;
    if (*len == 0 && (negated->n == 0 || (!deleted && it->kind != YATA_WIRE_FORMAT))) break;
    if (!deleted && it->kind == YATA_WIRE_FORMAT) {
      YATA_TRY(meet_format(doc, p, *len, attributes, negated, &stop));
      if (stop) break;
    } else if (!deleted) {
      uint32_t rest;
      if (*len < it->len) YATA_TRY(yata_split(doc, p->right, *len, &rest));
      *len -= doc->items[p->right].len;
    }
    YATA_TRY(forward(doc, p));
  }
  return 0;
}

/* Yjs: an editor that formats past the end counts a newline there. */
static int put_newlines(struct yata_doc *doc, struct yata_place *p, uint32_t count) {
  struct yata_new n = {.kind = YATA_WIRE_STRING, .len = count};
  yata_buf buf;
  if (count > YATA_CLOCK_MAX) return YATA_ERR_LIMIT;
  yata_buf_init(&buf, &doc->alloc);
  int err = yata_buf_reserve(&buf, count);
  if (err == 0) {
    memset(buf.data, '\n', count);
    n.content = (yata_slice){buf.data, count};
    err = put_item(doc, p, &n, NULL);
  }
  yata_buf_deinit(&buf);
  return err;
}

int yata_place_format(struct yata_doc *doc, struct yata_place *p, uint32_t len, const struct yata_formats *attributes) {
  struct yata_formats negated = {0};
  int err = step_right(doc, p, attributes);
  if (err == 0) err = open_formats(doc, p, attributes, &negated);
  if (err == 0) err = format_range(doc, p, &len, attributes, &negated);
  if (err == 0 && len > 0) err = put_newlines(doc, p, len);
  if (err == 0) err = close_formats(doc, p, &negated);
  if (err == 0) remember(doc, p);
  yata_formats_deinit(doc, &negated);
  return err;
}
