/* SPDX-License-Identifier: MIT */
/* Awareness: the table of clients and its undoing. */
#ifndef YATA_AWARENESS_H
#define YATA_AWARENESS_H

#include "wire.h"

#define YATA_NO_SLOT 0u

/* A client that is present, or that left and whose clock is still known. */
struct yata_slot {
  uint64_t client, clock, heard_ms;
  uint8_t *json; /* NULL: it left */
  size_t len;
  uint32_t prev, next; /* of those present, in the order in which they came */
  uint32_t next_hash;
};

/* What a slot was before. */
struct yata_slot_undo {
  uint32_t slot;
  bool made; /* there was no slot */
  struct yata_slot was;
};

enum yata_change { YATA_ADDED, YATA_UPDATED, YATA_CHANGED, YATA_REMOVED, YATA_CHANGES };

struct yata_client_list {
  uint64_t *v;
  uint32_t len, cap;
};

struct yata_awareness {
  struct yata_mem mem;
  uint64_t client_id;
  uint32_t max_clients;
  size_t max_bytes, max_state_bytes;
  uint64_t timeout_ms;

  struct yata_slot *slots; /* slot 0 is the end of the list of those present */
  uint32_t n_slots, cap_slots;
  uint32_t *hash, n_hash; /* a power of two; 0 while there are no slots */
  uint32_t present;
  size_t bytes; /* of all states */

  struct yata_slot_undo *undo;
  uint32_t n_undo, cap_undo;
  struct yata_client_list changes[YATA_CHANGES];
};

/** Does the JSON say that a client left? */
bool yata_awareness_is_null(yata_slice json);
/** Read one entry of an update; its state is not verified. */
YATA_CHECKED int yata_awareness_read(struct yata_rd *rd, yata_awareness_entry *e);

uint32_t yata_slot_find(const yata_awareness *a, uint64_t client);

/** Make room for so many changes, so that only copying states can fail. */
YATA_CHECKED int yata_awareness_begin(yata_awareness *a, uint32_t count);
/**
 * Give a client a state, or with json NULL none. The clock is set, the list of changes is not.
 * YATA_ERR_NOMEM, YATA_ERR_LIMIT (one state).
 */
YATA_CHECKED int yata_awareness_put(yata_awareness *a, uint64_t client, uint64_t clock, yata_slice json, uint64_t now);
void yata_awareness_note(yata_awareness *a, enum yata_change what, uint64_t client);
/** Keep what was done since yata_awareness_begin if err is 0 and it is within limits; else undo it. */
YATA_CHECKED int yata_awareness_end(yata_awareness *a, int err, yata_awareness_changes *changes);

#endif
