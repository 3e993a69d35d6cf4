/* SPDX-License-Identifier: MIT */
/* Formatting attributes: small ordered maps of a key to a value, as the Maps and objects of Yjs' text. */
#ifndef YATA_FORMATS_H
#define YATA_FORMATS_H

#include "store.h"

/* Values may move when others are added to the same client. So what a format holds is referred to by its item. */
struct yata_format {
  uint32_t item;         /* a format; 0: it is in the slices */
  bool off;              /* the value is null, whatever the format says */
  yata_slice key, value; /* as it is held: see held.h */
  yata_any any;          /* what that was read as, where somebody did */
};

struct yata_formats {
  struct yata_format *v;
  uint32_t n, cap;
};

/* The memory of what was read. */
struct yata_readings {
  yata_value *v;
  uint32_t n, cap;
  size_t bytes;
};

#define YATA_NO_FORMAT UINT32_MAX

/** With the slices of a format filled in; borrowed until the next value is added. */
struct yata_format yata_format_read(const struct yata_doc *doc, struct yata_format a);
struct yata_format yata_format_of(const struct yata_doc *doc, uint32_t item);
/** The same key set to null: not in force. */
struct yata_format yata_format_off(struct yata_format a);
bool yata_format_is_null(struct yata_format a);
bool yata_format_is_undefined(struct yata_format a);
/** It equals nothing, not even itself. */
bool yata_format_is_nan(struct yata_format a);
/** As JavaScript's `===`: objects are the same only when they come of the same format. Both read. */
bool yata_format_same(const struct yata_doc *doc, struct yata_format a, struct yata_format b);
/** As Yjs' equalAttrs: objects also when their members are the same scalars. Both read. */
bool yata_format_equal(struct yata_doc *doc, struct yata_format a, struct yata_format b);
/** Set a->any: JSON text, or what JSON lacks. That is read once, however often it is asked for; it stays until the
 *  readings go, or the document changes. */
YATA_CHECKED int yata_format_value(struct yata_doc *doc, struct yata_format *a, struct yata_readings *readings);
void yata_readings_deinit(struct yata_doc *doc, struct yata_readings *readings);
/** A new format was made of another one: from now on they are the same, where objects are compared. */
YATA_CHECKED int yata_format_twin(struct yata_doc *doc, uint32_t item, uint32_t of);

/* Looking a key up takes as many steps as there are keys. They count, as those of conflicts: YATA_ERR_LIMIT. */

YATA_CHECKED int yata_formats_find(struct yata_doc *doc, const struct yata_formats *as, yata_slice key, uint32_t *at);
/** What is in force for the key, read; null when nothing is, or undefined. */
YATA_CHECKED int yata_formats_get(struct yata_doc *doc, const struct yata_formats *as, yata_slice key,
                                  struct yata_format *out);
/** As Map.set. */
YATA_CHECKED int yata_formats_set(struct yata_doc *doc, struct yata_formats *as, struct yata_format a);
/** As setting a member of an object, where keys that look like an index come first. */
YATA_CHECKED int yata_formats_set_member(struct yata_doc *doc, struct yata_formats *as, struct yata_format a);
/** The same for one that is not there. */
YATA_CHECKED int yata_formats_add_member(struct yata_doc *doc, struct yata_formats *as, struct yata_format a);
YATA_CHECKED int yata_formats_delete(struct yata_doc *doc, struct yata_formats *as, yata_slice key);
/** Set, or delete when it is null. */
YATA_CHECKED int yata_formats_update(struct yata_doc *doc, struct yata_formats *as, struct yata_format a);
YATA_CHECKED int yata_formats_copy(struct yata_doc *doc, const struct yata_formats *from, struct yata_formats *to);
void yata_formats_deinit(struct yata_doc *doc, struct yata_formats *as);

#endif
