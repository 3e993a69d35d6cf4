/* SPDX-License-Identifier: MIT */
/* Observers, and what they are told of the transaction that ends. */
#ifndef YATA_EVENTS_H
#define YATA_EVENTS_H

#include "formats.h"
#include "v2.h"

enum yata_observing { YATA_OF_TYPE, YATA_OF_DEEP, YATA_OF_TXN, YATA_OF_UPDATE, YATA_OF_UPDATE_V2 };
#define YATA_OBSERVINGS 5

struct yata_observer {
  uint32_t id; /* 0: removed */
  bool fresh;  /* added while others were called: hears of the next transaction */
  enum yata_observing what;
  yata_type type;
  union {
    yata_on_event *event;
    yata_on_events *events;
    yata_on_txn *txn;
    yata_on_update *update;
  } on;
  void *user;
};

/* A type that changed. The pointers are computed when they are asked for, and freed at the end. */
struct yata_event {
  struct yata_doc *doc;
  uint32_t type, current;  /* types */
  uint32_t depth;          /* of its ancestors */
  uint32_t keys, last_key; /* 1 + a place in events.keys; 0: none */
  uint32_t next_hash;      /* 1 + a place in events.changed */
  bool list;               /* the list changed */
  yata_step *steps;
  uint32_t n_steps, cap_steps;
  bool has_steps; /* for `current` */
  yata_key_change *changes;
  uint32_t n_changes, cap_changes;
  bool has_changes;
  struct yata_delta *delta;
};

struct yata_changed_key {
  uint32_t key, next; /* 1 + place */
};

/* The events that one observed type, and those below it, have. */
struct yata_bucket {
  uint32_t type, first, n; /* places in events.gathered */
};

struct yata_events {
  struct yata_observer *observers; /* by id */
  uint32_t n, cap, next_id;
  uint32_t count[YATA_OBSERVINGS];
  struct yata_undo_manager *managers;
  struct yata_redone redone;
  /* Empty transactions that Yjs makes: where a manager forgot steps or text might be tidied up; and, after what was
   * tidied up, where a sub-document went. */
  uint32_t follow_ups, late_follow_ups;
  bool tidies; /* those of an update of others are being made, and its text is not tidied up yet */

  /* Of the transaction that ends. */
  yata_txn_event txn;
  struct yata_event *changed;
  uint32_t n_changed, cap_changed;
  uint32_t *hash, cap_hash; /* of `changed` by type */
  struct yata_changed_key *keys;
  uint32_t n_keys, cap_keys;
  const yata_event **gathered;
  uint32_t n_gathered, cap_gathered;
  struct yata_bucket *buckets;
  uint32_t n_buckets, cap_buckets;
  yata_buf update, update_v2;
  struct yata_v2_out v2;                                       /* the means to write it */
  uint32_t *deleted_order, n_deleted_order, cap_deleted_order; /* clients, as their units were deleted */
  uint32_t *touched_order, n_touched_order, cap_touched_order; /* clients with new units, by number */
};

struct yata_delta {
  yata_delta_op *ops;
  uint32_t n_ops, cap_ops;
  yata_buf text;
  yata_value *values;
  uint32_t n_values, cap_values;
  yata_any_entry *attributes;
  uint32_t n_attributes, cap_attributes;
  struct yata_readings readings;
};

/* ---- the steps of a transaction's end; only when doc->events is there ------------------------- */

/** Take all memory that telling needs. Nothing has changed when it fails. */
YATA_CHECKED int yata_events_prepare(struct yata_doc *doc);
/** Call everybody but the observers of updates. */
void yata_events_deliver(struct yata_doc *doc);
/** The document is clean: write the update. */
void yata_events_encode(struct yata_doc *doc);
/** The transaction is closed: call the observers of updates. */
void yata_events_finish(struct yata_doc *doc);
/** Yjs made an empty transaction: managers of the whole document have a step of it. No transaction is open. */
void yata_events_empty(struct yata_doc *doc);
/** After an update of others: text was tidied up, too. */
void yata_events_end(struct yata_doc *doc);
void yata_events_destroy(struct yata_doc *doc);

/* ---- parts ---------------------------------------------------------------------------------- */

/** Find what changed. */
YATA_CHECKED int yata_changes_find(struct yata_doc *doc);
/** Find for each type with deep observers which events it has. */
YATA_CHECKED int yata_changes_gather(struct yata_doc *doc);
/** Free what observers asked for. */
void yata_changes_forget(struct yata_doc *doc);
/** Make doc->events if it is not there. */
YATA_CHECKED int yata_events_get(struct yata_doc *doc);
/** Set what doc->watched and doc->observed should be. */
void yata_events_watch(struct yata_doc *doc);

/** How many units of the item, from its first on, were there before the transaction. */
uint32_t yata_units_before(const struct yata_doc *doc, const struct yata_item *it);
/** Did the transaction delete the unit? Its ranges must be sorted. */
bool yata_txn_deletes(const struct yata_doc *doc, uint32_t client, uint32_t clock);

/* ---- deltas --------------------------------------------------------------------------------- */

/** Where the delta under construction stands. */
struct yata_delta_pos {
  uint32_t old_index, new_index;
  size_t old_byte, new_byte;
};

YATA_CHECKED int yata_delta_list(struct yata_doc *doc, uint32_t type, struct yata_delta *d);
YATA_CHECKED int yata_delta_text(struct yata_doc *doc, uint32_t type, struct yata_delta *d);
/** Begin an operation at a position. */
YATA_CHECKED int yata_delta_open(struct yata_doc *doc, struct yata_delta *d, enum yata_delta_kind kind,
                                 const struct yata_delta_pos *pos);
/** Make the last operation longer, and move the position. */
void yata_delta_grow(struct yata_delta *d, uint32_t len, size_t bytes, struct yata_delta_pos *pos);
/** Add what units of an item hold to the last operation. */
YATA_CHECKED int yata_delta_values(struct yata_doc *doc, struct yata_delta *d, const struct yata_item *it,
                                   uint32_t from, uint32_t to);
/** All operations are there: set what they point to. */
void yata_delta_close(struct yata_delta *d);
void yata_delta_deinit(struct yata_doc *doc, struct yata_delta *d);

#endif
