/* SPDX-License-Identifier: MIT */
/* Shared by the local edits of text, array and map. */
#ifndef YATA_EDIT_H
#define YATA_EDIT_H

#include "any.h"
#include "txn.h"

/** The slot of a handle; `kind` NONE takes any. YATA_ERR_GONE, YATA_ERR_KIND. */
YATA_CHECKED int yata_handle_slow(const struct yata_doc *doc, yata_type type, enum yata_kind kind, uint32_t *slot);

static inline YATA_CHECKED int yata_handle(const struct yata_doc *doc, yata_type type, enum yata_kind kind,
                                           uint32_t *slot) {
  if (type.slot >= doc->n_types) return YATA_ERR_GONE;
  const struct yata_typ *t = &doc->types[type.slot]; /* 0 has no generation */
  if (t->generation != type.generation || t->flags != (YATA_TYPE_ALIVE | YATA_TYPE_ROOT) || t->kind != kind)
    return yata_handle_slow(doc, type, kind, slot);
  *slot = type.slot;
  return 0;
}

yata_type yata_handle_of(const struct yata_doc *doc, uint32_t slot);

uint32_t yata_seek_slow(struct yata_doc *doc, uint32_t type, uint32_t index, uint32_t *start);

/**
 * The visible item that holds the unit before `index` (1 .. length); *start is its own index.
 * Remembers the place in the type.
 */
static inline uint32_t yata_seek(struct yata_doc *doc, uint32_t type, uint32_t index, uint32_t *start) {
  const struct yata_typ *t = &doc->types[type];
  if (t->mark == 0 || t->mark_epoch != doc->mark_epoch || index - t->mark_index - 1 >= doc->items[t->mark].len ||
      !yata_item_counts(&doc->items[t->mark]))
    return yata_seek_slow(doc, type, index, start);
  *start = t->mark_index;
  return t->mark;
}

/** How many visible units stand before an item of a list; 0 for one of a map. */
uint32_t yata_index_of(struct yata_doc *doc, uint32_t h);

/** The neighbours of a position; an item is split when the position is inside of it. */
YATA_CHECKED int yata_position(struct yata_doc *doc, uint32_t type, uint32_t index, uint32_t *left, uint32_t *right);

void yata_step_deleted_slow(struct yata_doc *doc, uint32_t type, uint32_t index, uint32_t *left, uint32_t *right);

/** From the place at `index`, step right past what is deleted; in a list without formats. */
static inline void yata_step_deleted(struct yata_doc *doc, uint32_t type, uint32_t index, uint32_t *left,
                                     uint32_t *right) {
  if (*right != 0 && yata_item_deleted(doc, *right)) yata_step_deleted_slow(doc, type, index, left, right);
}

/** Begin a new item of this document's client between two others: ids and clock are filled in. */
YATA_CHECKED int yata_local_item(struct yata_doc *doc, uint32_t type, uint32_t key, uint32_t left, uint32_t right,
                                 uint32_t len, struct yata_new *n);

/* What Yjs calls an element that was given no name. */
#define YATA_XML_UNNAMED "UNDEFINED"

/** The name that a new type of that kind has; XML elements and hooks alone have one. YATA_ERR_INVALID. */
YATA_CHECKED int yata_type_name_check(enum yata_kind kind, const char *name, yata_slice *out);
/** The name of an XML element or hook. */
yata_slice yata_xml_name_of(const struct yata_doc *doc, uint32_t type);

/** What the unit at `offset` of an item holds. */
YATA_CHECKED int yata_value_of(const struct yata_doc *doc, const struct yata_item *it, uint32_t offset,
                               yata_value *out);

#endif
