/* SPDX-License-Identifier: MIT */
/* Deleting text, and then the formats that nothing needs any more. */
#include "text.h"

static bool live_format(const struct yata_doc *doc, uint32_t h) {
  return doc->items[h].kind == YATA_WIRE_FORMAT && !yata_item_deleted(doc, h);
}

/* Of each key the last format up to the next visible unit, which is *end. */
static int last_formats(struct yata_doc *doc, uint32_t start, struct yata_formats *last, uint32_t *end) {
  uint32_t h = start;
  for (; h != 0 && !yata_item_counts(&doc->items[h]); h = doc->items[h].right)
    if (live_format(doc, h)) YATA_TRY(yata_formats_set(doc, last, yata_format_of(doc, h)));
  *end = h;
  return 0;
}

/* A format is gone that p->now may be made of: set what was in force before. */
static int forget(struct yata_doc *doc, struct yata_place *p, struct yata_format gone, struct yata_format before) {
  struct yata_format now;
  YATA_TRY(yata_formats_get(doc, &p->now, gone.key, &now));
  if (!yata_format_same(doc, now, gone) || yata_format_same(doc, before, gone)) return 0;
  return yata_formats_update(doc, &p->now, before.item != 0 ? before : yata_format_off(gone));
}

static int tidy(struct yata_doc *doc, uint32_t start, const struct yata_formats *before, struct yata_formats *last,
                struct yata_place *p) {
  uint32_t end, at;
  bool within = p != NULL;
  YATA_TRY(last_formats(doc, start, last, &end));
  if (last->n == 0) return 0;
  for (uint32_t h = start; h != end; h = doc->items[h].right) {
    if (p != NULL && h == p->right) within = false;
    if (!live_format(doc, h)) continue;
    struct yata_format was, a = yata_format_of(doc, h);
    YATA_TRY(yata_formats_get(doc, before, a.key, &was));
    YATA_TRY(yata_formats_find(doc, last, a.key, &at));
    if (last->v[at].item != h || yata_format_same(doc, was, a)) {
      YATA_TRY(yata_delete(doc, h));
      if (within) YATA_TRY(forget(doc, p, a, was));
    } else if (within) {
      YATA_TRY(yata_formats_update(doc, &p->now, a));
    }
  }
  return 0;
}

int yata_gap_tidy(struct yata_doc *doc, uint32_t start, const struct yata_formats *before, struct yata_place *p) {
  struct yata_formats last = {0};
  int err = tidy(doc, start, before, &last, p);
  yata_formats_deinit(doc, &last);
  return err;
}

static int delete_units(struct yata_doc *doc, struct yata_place *p, uint32_t len) {
  while (len > 0 && p->right != 0) {
    const struct yata_item *it = &doc->items[p->right];
    bool text = it->kind == YATA_WIRE_STRING || it->kind == YATA_WIRE_EMBED || it->kind == YATA_WIRE_TYPE;
    if (!(it->flags & YATA_ITEM_DELETED) && text) {
      uint32_t rest;
      if (len < it->len) YATA_TRY(yata_split(doc, p->right, len, &rest));
      len -= doc->items[p->right].len;
      YATA_TRY(yata_delete(doc, p->right));
    } else if (live_format(doc, p->right)) {
      if (p->known) YATA_TRY(yata_formats_update(doc, &p->now, yata_format_of(doc, p->right)));
    } else if (!(it->flags & YATA_ITEM_DELETED)) {
      p->index += it->len;
    }
    p->left = p->right;
    p->right = doc->items[p->left].right;
  }
  return 0;
}

/* Is there a format between here and the next visible unit? */
static bool has_format(const struct yata_doc *doc, uint32_t h) {
  while (h != 0 && !yata_item_counts(&doc->items[h]) && !live_format(doc, h)) h = doc->items[h].right;
  return h != 0 && live_format(doc, h);
}

int yata_place_delete(struct yata_doc *doc, struct yata_place *p, uint32_t len) {
  struct yata_place from = *p;
  bool formatted = doc->types[p->type].flags & YATA_TYPE_FORMATTED;
  from.now = (struct yata_formats){0};
  int err = yata_formats_copy(doc, &p->now, &from.now);
  p->tidied |= formatted;
  if (err == 0) err = delete_units(doc, p, len);
  if (err == 0 && formatted && has_format(doc, from.right)) {
    err = yata_place_gather(doc, &from);
    if (err == 0) err = yata_gap_tidy(doc, from.right, &from.now, p->known ? p : NULL);
  }
  yata_place_deinit(doc, &from);
  return err;
}
