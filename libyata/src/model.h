/* SPDX-License-Identifier: MIT */
/* The structures of a document. Everything is referred to by 32-bit handles; handle 0 is nothing. */
#ifndef YATA_MODEL_H
#define YATA_MODEL_H

#include "wire.h"

enum {
  YATA_ITEM_DELETED = 1,  /* GC structs have it too */
  YATA_ITEM_FREE = 2,     /* on the free list, linked by `right` */
  YATA_ITEM_KEEP = 4,     /* an undo manager may need it: not collected; merged items have it if one had */
  YATA_ITEM_LOAD = 32,    /* a sub-document that is to be loaded */
  YATA_ITEM_WALKED = 64,  /* while tidy.c looks for formats */
  YATA_ITEM_DOOMED = 128, /* tidy.c found it, and will delete it before the update is through */
  YATA_ITEM_REDONE = 8,   /* made anew by an undo manager (redone.h): never merged */
};

/* A run of `len` consecutive units of one client. `kind` is a YATA_WIRE_ number. */
struct yata_item {
  uint32_t clock, len;
  uint32_t left, right;          /* neighbours in the list or in the key's chain */
  uint32_t origin, origin_clock; /* client number + 1; 0: none */
  uint32_t ror, ror_clock;       /* right origin, likewise */
  uint32_t client;               /* client number */
  uint32_t parent;               /* type; 0 for a GC struct */
  uint32_t key;                  /* parentSub; 0: in the type's list */
  uint32_t content;              /* STRING, values: position in the client's store; TYPE: the type */
  uint8_t kind, flags;
};

/* Text units (width 1 while all are ASCII, then 2) or values (width 16), appended in the order of
 * their client's clocks: so runs that follow one another have content that does, too, and
 * splitting and merging never touch it. */
struct yata_chunk {
  uint8_t *data; /* NULL once all of a full chunk is dead */
  uint32_t cap;  /* units */
  uint32_t live; /* units not garbage-collected */
  uint32_t width;
};

struct yata_store {
  struct yata_chunk *chunks;
  uint32_t count, cap;
  uint32_t len; /* units ever appended */
};

#define YATA_TEXT_SHIFT 11
#define YATA_VALUE_SHIFT 8
#define YATA_VALUE_INLINE 12

struct yata_val {
  uint32_t len;
  uint8_t in[YATA_VALUE_INLINE]; /* the bytes, or a pointer to them when len is greater */
};

/* One block of a client's items, ordered by clock. */
struct yata_block {
  uint32_t *clocks; /* cap of them, followed by cap handles in the same allocation */
  uint32_t n, cap;
  uint32_t first; /* its lowest clock, so that looking for a block touches no other memory */
};

/* A place in a client's index. */
struct yata_pos {
  uint32_t block, slot;
};

#define YATA_BLOCK_MAX 512

struct yata_client {
  uint64_t id;
  uint32_t next_hash; /* number + 1 */
  uint32_t state;     /* next clock */
  uint32_t touched;   /* 1 + position in txn.touched; valid when txn_id is the current */
  uint32_t txn_id;
  struct yata_block *blocks; /* none is empty */
  uint32_t n_blocks, cap_blocks;
  struct yata_pos hint; /* where something was found last; may be stale */
  uint8_t *deleted;     /* what is deleted, as in a delete set; valid when deleted_known */
  uint32_t n_deleted;
  bool deleted_known;
  struct yata_store text, values;
};

struct yata_key {
  uint32_t off, len, hash, next_hash;
};

enum { YATA_TYPE_ALIVE = 1, YATA_TYPE_ROOT = 2, YATA_TYPE_FORMATTED = 4, YATA_TYPE_TIDY = 8 /* in tidy.c */ };

struct yata_typ {
  uint32_t generation;
  uint32_t start;            /* first item of the list */
  uint32_t length;           /* visible countable units */
  uint32_t item;             /* the item that holds it; 0 for a root */
  uint32_t name;             /* root: key of its name; XML element or hook: of its node name */
  uint32_t first, last;      /* entries of the map, oldest first */
  uint32_t link;             /* work list, free list */
  uint32_t logged;           /* journal mark that has this record */
  uint32_t mark, mark_index; /* a remembered position: an item and where it starts */
  uint32_t mark_epoch;
  uint32_t tree;       /* its root; 0: none yet */
  uint8_t kind, flags; /* kind is an enum yata_kind */
};

/* A node of the tree over a list's items: tree.h. 256 bytes: four cache lines. */
#define YATA_NODE_MAX 30

struct yata_node {
  uint32_t parent; /* node; 0: it is the root. The next one on the free list */
  uint32_t unused;
  uint8_t n, level;              /* children; 0 for a leaf, whose children are items */
  uint8_t slot, hot;             /* where it is in its parent; where it was last used */
  uint32_t formats;              /* a bit for each child: a format may be there, or below */
  uint32_t units[YATA_NODE_MAX]; /* visible, of all below each child; 0 past n */
  uint32_t child[YATA_NODE_MAX]; /* 0 past n */
};

/* What a position was found by: the item, its leaf and units, and the next item if that is visible, too (else 0). */
struct yata_spot {
  uint32_t item, leaf, units, next;
};

struct yata_trees {
  struct yata_node *nodes; /* 0 is nothing */
  uint32_t n, cap, free, used;
  uint32_t free_inner, inner; /* of those above the leaves: the free list, and how many there are, free ones included */
  uint32_t *leaf;             /* by item: its leaf; 0: in no tree */
  uint32_t cap_leaf;
  struct yata_spot spot;     /* the last one; what is there may have changed */
  uint32_t late, late_units; /* an item of a tree, and what it grew by that its nodes do not have yet; 0 */
};

/* A format of this document's client that was made of another one's object: to Yjs, the two hold the same. */
struct yata_twin {
  uint32_t pos;               /* where its value is; ascending */
  uint32_t of_client, of_pos; /* the first of those that hold the same */
};

/* A key of a map and the item that is its current value. */
struct yata_ent {
  uint32_t type, key, item, next, next_hash;
};

struct yata_ranges {
  struct yata_range *v;
  uint32_t n, cap;
};

struct yata_missing {
  uint64_t client;
  uint32_t clock; /* retry when the client's state is above */
};

/* Structs that wait, and what they wait for: pending.h. */
struct yata_pending {
  yata_buf update;          /* in version 1; empty when nothing waits */
  yata_buf more;            /* updates that came since, each behind its length: to be merged into it */
  uint32_t parts;           /* of `more` */
  struct yata_ranges units; /* that wait: sorted by client, lowest first, and joined */
  struct yata_missing *missing;
  uint32_t n, cap; /* of missing; sorted by client, one for each */
};

enum yata_undo_kind {
  /* What something was before. */
  YATA_UNDO_ITEM,
  YATA_UNDO_TYPE,
  YATA_UNDO_ENT,
  YATA_UNDO_UNIT,
  /* What was made. */
  YATA_UNDO_TYPE_NEW,
  YATA_UNDO_ENT_NEW,
  /* What was done to items, and can be reversed: nearly all that a large transaction does. */
  YATA_UNDO_PUT,   /* a new one went in */
  YATA_UNDO_GROW,  /* text went on */
  YATA_UNDO_SPLIT, /* `at` is the right part */
  YATA_UNDO_HIDE,  /* it was deleted */
  YATA_UNDO_SHIFT, /* the border to its deleted neighbour moved */
};

/* A record of the journal. Small, because a transaction may have tens of thousands: what an item or a type was before
 * stands apart, in the order of the records. */
struct yata_undo {
  uint8_t kind; /* an enum yata_undo_kind */
  bool right;   /* SHIFT: the neighbour is on the right */
  uint32_t at;
  union {
    uint32_t ent_item;
    uint32_t before; /* ENT_NEW: the entry of its type before it; 0 */
    uint32_t grown;  /* units */
    struct {
      uint32_t units, content; /* that moved from `at` into its neighbour */
    } shift;
    struct {
      uint32_t pos;
      uint16_t unit;
    } unit;
  } u;
};

/* What an item or a type was before. */
union yata_was {
  struct yata_item item;
  struct yata_typ type;
};

/* Where something may merge with its neighbours: what begins there, or holds that. */
struct yata_split {
  uint32_t client, clock;
  uint32_t item; /* that begins there, if it still does */
};
struct yata_touched {
  uint64_t id;
  uint32_t client, before;
};

struct yata_unit {
  uint32_t client, clock;
};

/* What happened to a sub-document. */
struct yata_sub {
  struct yata_unit at;
  uint32_t guid, guid_len; /* in txn.guids */
  uint8_t what;            /* an enum yata_subdoc_kind */
};

struct yata_txn {
  bool open, local;
  bool worn;  /* more than quick edits happened since the last one began: all that they leave alone is to be reset */
  bool apart; /* it undoes: new items stay apart from those that it is yet to delete */
  yata_cause cause;
  bool virgin; /* the document had no clients: no journal, undo empties it */
  bool hid;    /* something that has content was deleted */
  uint32_t id;
  uint32_t mark; /* counts undo marks: types are logged once for each */
  struct yata_undo *undo;
  uint32_t n_undo, cap_undo;
  union yata_was *was; /* what its records of items and types say, the oldest first */
  uint32_t n_was, cap_was;
  struct yata_touched *touched;
  uint32_t n_touched, cap_touched;
  struct yata_ranges deleted;
  struct yata_split *splits;
  uint32_t n_splits, cap_splits;
  uint32_t *doomed; /* items that tidy.c will delete */
  uint32_t n_doomed, cap_doomed;
  struct yata_ranges tidied; /* what it deleted after the last update: stays until the next transaction */
  struct yata_sub *subs;     /* stays until the next transaction, too */
  uint32_t n_subs, cap_subs;
  yata_buf guids;
  uint64_t steps;
  uint32_t shifts; /* SHIFT records there may be */
  uint32_t quick;  /* a quick edit was the first thing done; n_undo behind it, 0: none */
  uint32_t clients_before;
  uint32_t types_before, ents_before, keys_before, bytes_before; /* for virgin */
  uint32_t extended; /* structs of text that went into the item before them */
};

/* Where this document's client types, or erases: what a transaction that was one quick edit (edit_quick.h) knew, for
 * the next one (typing.h). It holds as long as nothing else happened, that is when the next one comes right after. */
enum yata_typing_what { YATA_TYPES, YATA_ERASES_BACK, YATA_ERASES_AHEAD };

#define YATA_KEY_MAX 47 /* bytes of the update of one key: no number in it is longer than 8, no clock than 5 */

/* What the update of the next key would be. It differs from the one before in its clocks and its key alone. */
struct yata_key_update {
  uint8_t len;                       /* 0: none is known */
  uint8_t steps;                     /* so many keys more, this one included, have clocks of the same length */
  uint8_t step;                      /* what is added to clocks, modulo 256 */
  uint8_t clock_at, left_at, key_at; /* where its clock is, that of its left origin (or nothing), and its key */
  uint8_t bytes[YATA_KEY_MAX + 1];
};

struct yata_typing {
  uint32_t txn_id, key_id; /* the transaction before; the one that went on with one key last; 0: none */
  yata_type type;
  uint32_t index; /* the caret */
  uint32_t item;  /* the client's last, which ends there and grows; or the one that shrinks there */
  uint32_t room;  /* while it types: for so many keys more there is room where the text goes on */
  uint8_t what;   /* an enum yata_typing_what */
  uint8_t key;    /* of the open transaction; 1 when one unit was erased */
  struct yata_key_update next;
  /* Where things are, as long as nothing else happens. */
  struct yata_item *it;
  struct yata_client *client;
  uint8_t *to;              /* while it types: where the text goes on */
  struct yata_chunk *chunk; /* … and in what */
  uint32_t *border;         /* while it erases: the clock in the index of the later of the two whose border moves */
  uint32_t *first;          /* … and where else it stands, or what nobody reads */
  uint32_t nowhere;
};

/* What somebody else's next key would be, where the last update was of one key. It holds as long as nothing else
 * happened. */
struct yata_hearing {
  uint32_t txn_id, epoch; /* of the document, when that was */
  uint32_t item;          /* the other client's last, which grows */
  struct yata_key_update next;
};

/* The attributes in force behind an item of a formatted text, where one was edited last. They hold until formats
 * come or go anywhere. */
struct yata_in_force {
  uint32_t type, item; /* 0: unknown */
  uint32_t epoch;
  struct yata_format *v; /* formats.h */
  uint32_t n, cap;
};

/* Open addressing by the first unit of an item. What the flag of no item stands behind is void: so a
 * rollback needs not touch it. */
struct yata_redone_entry {
  uint32_t client, clock; /* client: number + 1; 0: free */
  uint32_t to_client, to_clock;
};

struct yata_redone {
  struct yata_redone_entry *v;
  uint32_t n, cap; /* cap is a power of two */
};

struct yata_doc {
  struct yata_mem mem;
  yata_allocator alloc; /* counting: for the document's own buffers */
  uint64_t client_id;
  bool keep_deleted;
  size_t max_pending;
  uint32_t max_nesting;
  uint64_t max_steps;
  size_t max_output; /* 0: by what it holds */

  struct yata_item *items;
  uint32_t n_items, cap_items, free_items, used_items;

  struct yata_client *clients;
  uint32_t n_clients, cap_clients;
  uint32_t *order, cap_order; /* client numbers, highest id first … */
  uint32_t n_ordered;         /* … of the first so many; all between transactions */
  uint32_t *client_hash, n_client_hash;
  uint32_t last_client;

  struct yata_key *keys;
  uint32_t n_keys, cap_keys;
  uint8_t *key_bytes;
  uint32_t n_key_bytes, cap_key_bytes;
  uint32_t *key_hash, n_key_hash;

  struct yata_typ *types;
  uint32_t n_types, cap_types, free_types, used_types;

  struct yata_ent *ents;
  uint32_t n_ents, cap_ents, free_ents, used_ents;
  uint32_t *ent_hash, n_ent_hash;

  struct yata_pending pending;
  struct yata_ranges pending_ds;
  uint32_t mark_epoch;
  struct yata_trees trees;
  struct yata_unit *subdocs; /* that are there, in the order in which they came */
  uint32_t n_subdocs, cap_subdocs;
  bool formatted;     /* some type is, or was */
  bool formatted_nan; /* the same with a format that is NaN */
  bool paired;        /* some text holds a surrogate pair, or held one */
  struct yata_twin *twins;
  uint32_t n_twins, cap_twins;
  struct yata_txn txn;
  struct yata_typing typing;
  struct yata_hearing hearing;
  struct yata_in_force in_force;
  uint32_t format_epoch; /* counts formats that came or went */
  /* Observers or undo managers want to see each transaction before it is cleaned up: until then all
   * that it deleted stays as it was, and is merged with nothing. */
  bool watched;
  bool observed;              /* or want to be told of updates */
  bool busy;                  /* observers are being called: nothing may change */
  struct yata_events *events; /* NULL: nobody ever observed */
  uint32_t *seen, cap_seen;   /* scratch of conflict resolution: pairs item, round */
};

static inline struct yata_item *yata_item_at(const struct yata_doc *doc, uint32_t h) {
  return &doc->items[h];
}

static inline bool yata_item_deleted(const struct yata_doc *doc, uint32_t h) {
  return doc->items[h].flags & YATA_ITEM_DELETED;
}

/** What is deleted of the item's client has changed: its bytes, which are kept, are no longer right. */
static inline void yata_deleted_changed(struct yata_doc *doc, const struct yata_item *it) {
  doc->clients[it->client].deleted_known = false;
}

static inline void yata_item_set_deleted(struct yata_doc *doc, struct yata_item *it) {
  it->flags |= YATA_ITEM_DELETED;
  doc->format_epoch += it->kind == YATA_WIRE_FORMAT;
  yata_deleted_changed(doc, it);
}

static inline bool yata_kind_countable(uint8_t kind) {
  return kind != YATA_WIRE_GC && kind != YATA_WIRE_DELETED && kind != YATA_WIRE_FORMAT;
}

/* Visible: counts in positions. */
static inline bool yata_item_counts(const struct yata_item *it) {
  return !(it->flags & YATA_ITEM_DELETED) && yata_kind_countable(it->kind);
}

static inline bool yata_kind_has_values(uint8_t kind) {
  return kind == YATA_WIRE_JSON || kind == YATA_WIRE_BINARY || kind == YATA_WIRE_EMBED || kind == YATA_WIRE_FORMAT ||
         kind == YATA_WIRE_ANY || kind == YATA_WIRE_DOC;
}

#endif
