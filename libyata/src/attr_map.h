/* SPDX-License-Identifier: MIT */
/* Formatting attributes as a small map, and how Yjs compares their values. */
#ifndef YATA_ATTR_MAP_H
#define YATA_ATTR_MAP_H

#include "store.h"

struct yata_attr {
  yata_slice key, value; /* JSON; borrowed from the document's values */
};

struct yata_attr_map {
  struct yata_attr *v;
  uint32_t n, cap;
};

/** The key and value of a FORMAT item. */
struct yata_attr yata_attr_of(const struct yata_doc *doc, const struct yata_item *it);
/** The value of a key; data NULL when there is none. */
yata_slice yata_attr_get(const struct yata_attr_map *map, yata_slice key);
/** As yata_attr_get with JSON's null for none. */
yata_slice yata_attr_or_null(const struct yata_attr_map *map, yata_slice key);
YATA_CHECKED int yata_attr_set(struct yata_mem *mem, struct yata_attr_map *map, struct yata_attr a);
void yata_attr_remove(struct yata_attr_map *map, yata_slice key);
/** Set it, or remove it when the value is null. */
YATA_CHECKED int yata_attr_update(struct yata_mem *mem, struct yata_attr_map *map, struct yata_attr a);
void yata_attr_map_deinit(struct yata_mem *mem, struct yata_attr_map *map);

bool yata_attr_is_null(yata_slice value);
/** Are two JSON values the same attribute? Objects and arrays are when all that they hold is plain and the same. */
bool yata_attr_same(yata_slice a, yata_slice b);

#endif
