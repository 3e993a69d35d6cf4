/* SPDX-License-Identifier: MIT */
/* Undo managers: what they hold. */
#ifndef YATA_UNDO_H
#define YATA_UNDO_H

#include "events.h"
#include "idset.h"

/* What one step did. */
struct yata_step_done {
  struct yata_idset deletions, insertions;
  void *meta;
};

struct yata_steps {
  struct yata_step_done *v;
  uint32_t n, cap;
};

struct yata_undo_manager {
  struct yata_doc *doc;
  struct yata_undo_manager *next;
  yata_undo_options options; /* without its arrays */
  uint64_t timeout_ms;
  bool whole; /* the scope is the document */
  yata_type *scope;
  uint32_t n_scope, cap_scope;
  const void **origins;
  uint32_t n_origins, cap_origins;
  struct yata_steps undo, redo;
  bool undoing, redoing;
  bool capturing;   /* the next transaction may belong to the last step … */
  uint64_t last_ms; /* … of this time */
  /* Of the transaction that ends. */
  bool in_scope;
  struct yata_step_done spare; /* empty, with room for it */
};

bool yata_undo_covers_type(const struct yata_undo_manager *m, uint32_t type);
/** Is the item in the scope? False for GC structs. */
bool yata_undo_covers(const struct yata_undo_manager *m, uint32_t item);
/** Free what the step holds. */
void yata_step_deinit(struct yata_undo_manager *m, struct yata_step_done *step);

/** Find the order in which clients' units were deleted; before the delete set is sorted. */
YATA_CHECKED int yata_undo_order(struct yata_doc *doc);
/** Take the memory that capturing the transaction needs. */
YATA_CHECKED int yata_undo_prepare(struct yata_doc *doc);
/** Let all managers capture it. */
void yata_undo_capture(struct yata_doc *doc);
/** Is there a manager of the whole document? */
bool yata_undo_is_whole(const struct yata_doc *doc);
/** Drop all managers and what they need. */
void yata_undo_destroy_all(struct yata_doc *doc);

/** Letting go of what was deleted splits items where that begins and ends: it shows where another manager made more of
 *  them anew. To be called before yata_steps_clear; what was split when it fails is the caller's to take back. */
YATA_CHECKED int yata_steps_split(struct yata_doc *doc, const struct yata_steps *steps);
/** Forget a stack: what it kept may be collected. */
void yata_steps_clear(struct yata_undo_manager *m, struct yata_steps *steps);

/* ---- redo.c ------------------------------------------------------------------------------------- */

/* What is undone now. */
struct yata_replay {
  struct yata_undo_manager *m;
  const struct yata_step_done *step;
  uint32_t *chain; /* items to make anew, parents last */
  uint32_t n_chain, cap_chain;
};

/** Make a deleted item anew, after its parents. *out: the new item; 0: it cannot be. */
YATA_CHECKED int yata_redo_item(struct yata_replay *replay, uint32_t item, uint32_t *out);
/** Shall this item of the step be made anew? */
bool yata_redo_wants(const struct yata_replay *replay, uint32_t item);

#endif
