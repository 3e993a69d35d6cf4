/* SPDX-License-Identifier: MIT */
/* Editing formatted text, step for step as Yjs, so that the same structs come of it. */
#ifndef YATA_TEXT_H
#define YATA_TEXT_H

#include "formats.h"
#include "edit.h"

/* A place between two items of a text, and the attributes in force there: Yjs' ItemTextListPosition. */
struct yata_place {
  uint32_t type, left, right;
  uint32_t index;
  struct yata_formats now; /* when known */
  bool known;
  bool tidied; /* formats were deleted here: `now` may have another order than walking from the start gives */
};

void yata_place_deinit(struct yata_doc *doc, struct yata_place *p);
/** The place at an index, 0 .. length. */
YATA_CHECKED int yata_place_find(struct yata_doc *doc, uint32_t type, uint32_t index, struct yata_place *p);
/** Learn what is in force there: it takes a walk through the text up to the place, or from where it is known. */
YATA_CHECKED int yata_place_gather(struct yata_doc *doc, struct yata_place *p);

/** What is inserted: text, an embed or a type. As in yata_new. */
struct yata_insertion {
  uint8_t kind;
  uint32_t len;
  yata_slice content; /* STRING: UTF-8; EMBED: as on the wire */
  enum yata_kind type_kind;
  yata_slice type_name;
};

/**
 * Insert behind the place, and move there.
 *
 * @attributes  what the content has; those in force are added as null when it lacks them.
 *              NULL: what is in force.
 * @out         the item; may be NULL.
 */
YATA_CHECKED int yata_place_insert(struct yata_doc *doc, struct yata_place *p, const struct yata_insertion *what,
                                   struct yata_formats *attributes, uint32_t *out);
/** Format the next `len` units; newlines are appended when the text is shorter. */
YATA_CHECKED int yata_place_format(struct yata_doc *doc, struct yata_place *p, uint32_t len,
                                   const struct yata_formats *attributes);
/** Delete the next `len` units, or as many as there are, and formats that nothing needs any more. */
YATA_CHECKED int yata_place_delete(struct yata_doc *doc, struct yata_place *p, uint32_t len);

/** Delete the formats between two units that nothing needs: from `start` up to the next visible unit. `before`:
 *  the attributes in force at `start`. Yjs' cleanupFormattingGap. `p` (may be NULL): a place within; what is in
 *  force there is kept right. */
YATA_CHECKED int yata_gap_tidy(struct yata_doc *doc, uint32_t start, const struct yata_formats *before,
                               struct yata_place *p);

/** Attributes of the caller, a plain object: their values go to `held`, and must stay there. */
YATA_CHECKED int yata_formats_given(struct yata_doc *doc, const yata_any *object, yata_buf *held,
                                    struct yata_formats *as);

/** Append an embed as it stands on the wire. */
YATA_CHECKED int yata_embed_write(struct yata_doc *doc, const yata_any *embed, yata_buf *out);

#endif
