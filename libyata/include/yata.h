/* SPDX-License-Identifier: MIT */
/**
 * libyata: Yjs documents in C.
 *
 * A document is a replica: it takes updates in any order, any number of times, and holds the
 * same content as every other replica that took the same updates. Wire format: Yjs 13, update
 * encoding versions 1 and 2.
 *
 * Threads: the library has no global state. A yata_doc, and every yata_buf or yata_value filled
 * from it, is used by one thread at a time; different documents are independent. The functions
 * that take no document may be called from anywhere.
 *
 * The library does no I/O, reads no clock and never aborts. Every fallible function returns 0 or
 * a negative enum yata_error, and on any error leaves its document as it was before the call.
 *
 * Text positions and lengths are UTF-16 code units, as in Yjs; text crosses this interface as
 * UTF-8 (lone surrogates become U+FFFD). Names with a length beside them need no NUL at their end.
 *
 * What is borrowed is said with each function: "until the document changes" is until the next call with that
 * document which is not const, transactions included. Strings that are handed out are not NUL-terminated.
 *
 * docs/libyata.md is a guide with examples.
 */
#ifndef YATA_H
#define YATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define YATA_CHECKED __attribute__((warn_unused_result))
#define YATA_API __attribute__((visibility("default")))
#else
#define YATA_CHECKED
#define YATA_API
#endif

#define YATA_CLIENT_MAX ((uint64_t)9007199254740991) /* 2^53 - 1 */
#define YATA_CLOCK_MAX ((uint64_t)0x7fffffff)        /* units one client may write */

enum yata_error {
  YATA_OK = 0,
  YATA_ERR_NOMEM = -1,     /* the allocator returned NULL */
  YATA_ERR_MALFORMED = -2, /* the bytes are not what they should be */
  YATA_ERR_LIMIT = -3,     /* well formed, but beyond a limit of the options or of this library */
  YATA_ERR_RANGE = -4,     /* an index or length is past the end */
  YATA_ERR_KIND = -5,      /* the shared type, or value, is of another kind */
  YATA_ERR_GONE = -6,      /* the handle's shared type was deleted */
  YATA_ERR_NOT_FOUND = -7, /* no such key */
  YATA_ERR_STATE = -8,     /* not allowed now: inside, or outside, of a transaction */
  YATA_ERR_INVALID = -9,   /* an argument is wrong: NULL, not UTF-8, not a client id */
  YATA_ERR_CORRUPT = -10,  /* yata_doc_check found a broken invariant: a bug of this library */
  YATA_ERR_ERASED = -11,   /* garbage collection erased what this needs */
};

/** The error's name in words: static, never NULL, for any number. */
YATA_API const char *yata_strerror(int error);

/* ---- memory ------------------------------------------------------------------------------- */

/**
 * Where memory comes from. One function does it all: `ptr` NULL allocates, `new_size` 0 frees
 * (and returns NULL), otherwise the block is resized and its content kept. `old_size` is what
 * was asked for before. NULL on failure, `ptr` then still valid; shrinking may fail too.
 */
typedef struct yata_allocator {
  void *(*resize)(void *user, void *ptr, size_t old_size, size_t new_size);
  void *user;
} yata_allocator;

/** A growable byte buffer of the caller. Zeroed (YATA_BUF_INIT) it is empty and uses libc. */
typedef struct yata_buf {
  uint8_t *data; /* may be NULL while len is 0 */
  size_t len;
  size_t cap;
  const yata_allocator *alloc; /* borrowed; NULL: realloc and free */
} yata_buf;

#define YATA_BUF_INIT                                                                                                  \
  { NULL, 0, 0, NULL }

/** Make it empty. `alloc` is borrowed until yata_buf_deinit; NULL: libc. */
YATA_API void yata_buf_init(yata_buf *buf, const yata_allocator *alloc);
/** Empty the buffer and keep its memory. */
YATA_API void yata_buf_clear(yata_buf *buf);
/** Free its memory: it is empty then, and can be used again. */
YATA_API void yata_buf_deinit(yata_buf *buf);

/* All functions below that fill a yata_buf append to what it holds; on error its len is as it
 * was before. */

/* ---- document ----------------------------------------------------------------------------- */

typedef struct yata_doc yata_doc;

typedef struct yata_options {
  uint64_t client_id;          /* unique among the replicas that edit; 0 .. YATA_CLIENT_MAX */
  bool keep_deleted;           /* true: no garbage collection, deleted content stays */
  const yata_allocator *alloc; /* borrowed until yata_doc_destroy; NULL: libc, and on Linux mappings for large arrays */
  size_t max_pending_bytes;    /* updates that wait for others; 0: 16 MiB */
  uint32_t max_nesting;        /* of arrays and objects in a value; 0: 64, which is the most */
  uint64_t max_steps;          /* conflict resolution steps in one call; 0: 2^26. See yata_apply_update_v2, too */
  size_t max_output_bytes;     /* of what one call prints; 0: see yata_to_json. SIZE_MAX: no limit */
} yata_options;

/**
 * Create an empty document.
 *
 * @options  borrowed for the call; NULL: client id 0 and the defaults.
 *
 * Returns 0, or YATA_ERR_NOMEM, YATA_ERR_INVALID (client id, nesting above 64).
 */
YATA_API YATA_CHECKED int yata_doc_create(const yata_options *options, yata_doc **out);

/** Free the document and all that it owns. NULL is fine; an open transaction is lost. */
YATA_API void yata_doc_destroy(yata_doc *doc);

/**
 * Set max_pending_bytes and max_steps anew, as in the options; SIZE_MAX and UINT64_MAX: none. For
 * reading back what was accepted before: one update with the whole state may take more steps than
 * each of the updates that it was made of.
 */
YATA_API void yata_doc_set_limits(yata_doc *doc, size_t max_pending_bytes, uint64_t max_steps);

/** Verify every invariant of the document: 0, or YATA_ERR_CORRUPT. Linear; for tests and tools. */
YATA_API YATA_CHECKED int yata_doc_check(const yata_doc *doc);

/** The client id of the options. */
YATA_API uint64_t yata_doc_client_id(const yata_doc *doc);

typedef struct yata_stats {
  size_t items;         /* runs, garbage-collected ones included */
  size_t clients;       /* that have written something */
  size_t types;         /* shared types alive, roots included */
  size_t live_bytes;    /* all memory the document holds now, the doc itself included */
  size_t pending_bytes; /* of updates and deletions that wait for others */
  uint64_t units;       /* sum of all clients' clocks */
} yata_stats;

YATA_API void yata_doc_stats(const yata_doc *doc, yata_stats *out);

/* ---- updates ------------------------------------------------------------------------------ */

/** Who makes a change, and when: for observers and undo managers. */
typedef struct yata_cause {
  const void *origin; /* never read through, compared by address; NULL: nobody in particular */
  uint64_t time_ms;   /* of any clock of the caller; the library reads none. 0: unknown */
} yata_cause;

typedef struct yata_applied {
  bool changed;        /* a struct was integrated, something was deleted, or what is pending grew */
  bool pending;        /* something now waits for updates that have not arrived */
  bool tidied;         /* formats that nothing needs any more were deleted: yata_tidied */
  size_t error_offset; /* after YATA_ERR_MALFORMED: where in the bytes */
} yata_applied;

/**
 * Merge one update, version 1, into the document: all of it or, on error, nothing.
 *
 * @update  borrowed for the call; untrusted. Memory and work are bounded by its length, by the document's size and by
 *          max_steps, never by a number that it states: it holds no more structs than bytes. Of version 2 see below.
 * @out     may be NULL.
 *
 * What depends on updates that have not arrived yet is kept as pending and applied when they do.
 *
 * Returns 0, or YATA_ERR_MALFORMED, YATA_ERR_LIMIT (nesting, pending bytes, steps, clocks above
 * YATA_CLOCK_MAX), YATA_ERR_NOMEM, YATA_ERR_STATE (a transaction is open).
 */
YATA_API YATA_CHECKED int yata_apply_update(yata_doc *doc, const uint8_t *update, size_t len, yata_applied *out);

/**
 * As yata_apply_update for an update in version 2.
 *
 * Its run-length encoding can state billions of structs in 30 bytes, and rightly states 100,000 in 300: a list that was
 * filled from the front and emptied. So the number that is stated does count here, up to a bound: YATA_ERR_LIMIT when
 * it states more structs than 8 for each of its bytes and max_steps beyond those, or 2^20 when that is less (before any
 * of them is read); or more gaps (GC structs, skips: writers join neighbours) than 8 for each byte and 65,536; or when
 * keys that it has once stand for more than 256 bytes for each of its bytes and 65,536. Nothing is allocated by the
 * number: each struct takes its memory, up to some 120 bytes, when it is there. So 35 bytes can make a document of 2^20
 * items, of 122 MB; a lower max_steps makes that less in proportion, as does an allocator with a budget. Functions
 * without a document take 2^20.
 */
YATA_API YATA_CHECKED int yata_apply_update_v2(yata_doc *doc, const uint8_t *update, size_t len, yata_applied *out);

/** The same, with who sent it: `cause` is borrowed for the call; NULL: nobody, at 0. */
YATA_API YATA_CHECKED int yata_apply_update_as(yata_doc *doc, const uint8_t *update, size_t len,
                                               const yata_cause *cause, yata_applied *out);
YATA_API YATA_CHECKED int yata_apply_update_v2_as(yata_doc *doc, const uint8_t *update, size_t len,
                                                  const yata_cause *cause, yata_applied *out);

/**
 * Append the update that tells others what the last update led this document to delete; nothing when there was
 * nothing.
 *
 * When an update touches formatted text whose root was asked for as text, or nested text, Yjs deletes formats that
 * nothing needs any more: in a transaction of its own, at once, and so does this. Observers hear of it as of any
 * other transaction of this document, without an origin; those of updates get these bytes. (When there is no memory
 * to tell them, the formats are deleted and they do not hear of it.) Others come to the same by themselves, or get
 * it with the next state: it may but need not be sent to them.
 *
 * Returns 0, or YATA_ERR_STATE (a transaction is open), YATA_ERR_NOMEM.
 */
YATA_API YATA_CHECKED int yata_tidied(const yata_doc *doc, yata_buf *out);

/** Append the state vector: the number of units known of each client. YATA_ERR_NOMEM, _STATE. */
YATA_API YATA_CHECKED int yata_encode_state_vector(const yata_doc *doc, yata_buf *out);

/**
 * Append an update with all that the given state vector lacks, what is pending included.
 *
 * @sv  an encoded state vector, borrowed; NULL: everything.
 *
 * Byte-identical to Y.encodeStateAsUpdate of a Yjs document that took the same transactions.
 * Returns 0, or YATA_ERR_MALFORMED (the state vector), YATA_ERR_NOMEM, YATA_ERR_STATE.
 */
YATA_API YATA_CHECKED int yata_encode_state_as_update(const yata_doc *doc, const uint8_t *sv, size_t sv_len,
                                                      yata_buf *out);

/* ---- updates without a document ----------------------------------------------------------- */

/* Of a value that has more than one form (1 as an integer or a float; JSON with spaces; the order of members) a
 * document has that which Yjs writes, whoever wrote it, but for the options of sub-documents; these functions leave it
 * as it is. */

/**
 * Is this a well-formed update that yata_apply_update would take?
 *
 * @error_offset  may be NULL; set on YATA_ERR_MALFORMED and YATA_ERR_LIMIT.
 *
 * Returns 0, YATA_ERR_MALFORMED or YATA_ERR_LIMIT. Allocates nothing.
 */
YATA_API YATA_CHECKED int yata_update_validate(const uint8_t *update, size_t len, size_t *error_offset);

/**
 * What is wrong with an update, in words: what should have stood at *error_offset (may be NULL).
 * Static text; NULL for a well-formed update.
 */
YATA_API const char *yata_update_explain(const uint8_t *update, size_t len, size_t *error_offset);

/** Is this a well-formed state vector? As yata_update_validate. */
YATA_API YATA_CHECKED int yata_state_vector_validate(const uint8_t *sv, size_t len, size_t *error_offset);

/** What an update is made of. */
typedef struct yata_update_info {
  size_t clients; /* whose structs it carries */
  size_t structs;
  size_t deleted_ranges;
  uint64_t units; /* length of all structs but the skips */
} yata_update_info;

/** Count what an update holds. Returns as yata_update_validate. */
YATA_API YATA_CHECKED int yata_update_inspect(const uint8_t *update, size_t len, yata_update_info *out);

/**
 * Append the state vector that a document has which took this update alone, as
 * Y.encodeStateVectorFromUpdate. As yata_update_validate, and YATA_ERR_NOMEM.
 */
YATA_API YATA_CHECKED int yata_update_state_vector(const uint8_t *update, size_t len, yata_buf *out);

typedef struct yata_slice {
  const uint8_t *data;
  size_t len;
} yata_slice;

/**
 * Append one update that does what all the given ones do, as Y.mergeUpdates.
 *
 * Returns 0, or YATA_ERR_MALFORMED, YATA_ERR_LIMIT, YATA_ERR_NOMEM.
 */
YATA_API YATA_CHECKED int yata_merge_updates(const yata_slice *updates, size_t count, yata_buf *out);

/**
 * Append what of the update the state vector lacks, as Y.diffUpdate. All deletions are in it.
 *
 * Returns 0, or YATA_ERR_MALFORMED (either), YATA_ERR_LIMIT, YATA_ERR_NOMEM.
 */
YATA_API YATA_CHECKED int yata_diff_update(const uint8_t *update, size_t len, const uint8_t *sv, size_t sv_len,
                                           yata_buf *out);

/**
 * Append what of an update lies in a set of ids: the structs whose ids are in it, cut at its edges, with gaps between
 * them, and the deletions of ids that are in it. What the rest depends on may be missing, so that a document keeps it
 * as pending. Yjs 13 has no such function.
 *
 * @ids  an encoded delete set, borrowed: the number of clients; of each its id, its number of ranges, and of each range
 *       the first clock and the length. As it stands at the end of an update in version 1.
 *
 * Returns 0, or YATA_ERR_MALFORMED and YATA_ERR_LIMIT (of either), YATA_ERR_NOMEM.
 */
YATA_API YATA_CHECKED int yata_intersect_update(const uint8_t *update, size_t len, const uint8_t *ids, size_t ids_len,
                                                yata_buf *out);

/* ---- encoding version 2 ------------------------------------------------------------------- */

/* All of the above and yata_txn_commit for updates in version 2; the state vectors and the sets of ids are the same in
 * both versions. Byte-identical to the functions of Yjs whose names end in V2. */

YATA_API YATA_CHECKED int yata_encode_state_as_update_v2(const yata_doc *doc, const uint8_t *sv, size_t sv_len,
                                                         yata_buf *out);
YATA_API YATA_CHECKED int yata_txn_commit_v2(yata_doc *doc, yata_buf *update_out);
YATA_API YATA_CHECKED int yata_update_validate_v2(const uint8_t *update, size_t len, size_t *error_offset);
YATA_API const char *yata_update_explain_v2(const uint8_t *update, size_t len, size_t *error_offset);
YATA_API YATA_CHECKED int yata_update_inspect_v2(const uint8_t *update, size_t len, yata_update_info *out);
YATA_API YATA_CHECKED int yata_update_state_vector_v2(const uint8_t *update, size_t len, yata_buf *out);
YATA_API YATA_CHECKED int yata_merge_updates_v2(const yata_slice *updates, size_t count, yata_buf *out);
YATA_API YATA_CHECKED int yata_diff_update_v2(const uint8_t *update, size_t len, const uint8_t *sv, size_t sv_len,
                                              yata_buf *out);
YATA_API YATA_CHECKED int yata_intersect_update_v2(const uint8_t *update, size_t len, const uint8_t *ids,
                                                   size_t ids_len, yata_buf *out);

/**
 * Append an update given in one version in the other, as Y.convertUpdateFormatV1ToV2 and V2ToV1.
 *
 * Few bytes of version 2 can stand for many of version 1: yata_apply_update_v2 names the limit.
 *
 * Returns 0, YATA_ERR_MALFORMED, YATA_ERR_LIMIT or YATA_ERR_NOMEM.
 */
YATA_API YATA_CHECKED int yata_update_v1_to_v2(const uint8_t *update, size_t len, yata_buf *out);
YATA_API YATA_CHECKED int yata_update_v2_to_v1(const uint8_t *update, size_t len, yata_buf *out);

/**
 * In which version is this update: 1, 2, or 0 for neither. All of it is read. Of the few bytes that could be either
 * (deletions alone, and hardly ever those) it says 1. Allocates nothing.
 */
YATA_API int yata_update_detect(const uint8_t *update, size_t len);

/* ---- state vectors and delete sets as values ------------------------------------------------- */

/** One unit: the client that wrote it and its number among all that this client wrote. */
typedef struct yata_id {
  uint64_t client, clock;
} yata_id;

/** Units of one client that follow one another. */
typedef struct yata_range {
  uint64_t client, clock, len;
} yata_range;

/**
 * How far each client is known: every unit below its clock. To be read, not written, by the
 * caller; YATA_VALUE_INIT is empty and uses libc.
 */
typedef struct yata_state_vector {
  yata_id *v; /* one entry a client, highest client id first */
  uint32_t len, cap;
  const yata_allocator *alloc; /* borrowed; NULL: realloc and free */
} yata_state_vector;

/** What was deleted; as yata_state_vector. */
typedef struct yata_delete_set {
  yata_range *v; /* highest client id first, then by clock; none is empty, no two touch */
  uint32_t len, cap;
  const yata_allocator *alloc;
} yata_delete_set;

#define YATA_VALUE_INIT                                                                                                \
  { NULL, 0, 0, NULL }

/* The functions that fill a state vector, a delete set or a snapshot replace what it holds, and
 * leave it as it was on error. It must have been initialised. */

YATA_API void yata_state_vector_deinit(yata_state_vector *sv);
/** Read an encoded state vector; of a client that stands there twice the last entry counts.
 *  YATA_ERR_MALFORMED, YATA_ERR_NOMEM. */
YATA_API YATA_CHECKED int yata_state_vector_decode(yata_state_vector *sv, const uint8_t *bytes, size_t len);
/** Append the state vector as Y.encodeStateVector does. YATA_ERR_NOMEM. */
YATA_API YATA_CHECKED int yata_state_vector_encode(const yata_state_vector *sv, yata_buf *out);
/** That of a document. YATA_ERR_STATE (a transaction is open), YATA_ERR_NOMEM. */
YATA_API YATA_CHECKED int yata_state_vector_of_doc(yata_state_vector *sv, const yata_doc *doc);
/** The client's clock; 0 when nothing of it is known. Logarithmic. */
YATA_API uint64_t yata_state_vector_get(const yata_state_vector *sv, uint64_t client);
/** Raise every clock to that of `from`, if that is higher. YATA_ERR_NOMEM. */
YATA_API YATA_CHECKED int yata_state_vector_merge(yata_state_vector *into, const yata_state_vector *from);

enum yata_order {
  YATA_ORDER_EQUAL = 0,
  YATA_ORDER_BEFORE, /* all that the first knows, the second does, and more */
  YATA_ORDER_AFTER,
  YATA_ORDER_CONCURRENT,
};

/** Which of the two knows more; an entry of 0 is as good as none. */
YATA_API enum yata_order yata_state_vector_compare(const yata_state_vector *a, const yata_state_vector *b);

YATA_API void yata_delete_set_deinit(yata_delete_set *ds);
/** Read a delete set as it ends an update, sorting and joining its ranges.
 *  YATA_ERR_MALFORMED, YATA_ERR_LIMIT (a range ends above YATA_CLOCK_MAX), YATA_ERR_NOMEM. */
YATA_API YATA_CHECKED int yata_delete_set_decode(yata_delete_set *ds, const uint8_t *bytes, size_t len);
YATA_API YATA_CHECKED int yata_delete_set_decode_v2(yata_delete_set *ds, const uint8_t *bytes, size_t len);
/** Append the delete set, as it stands at the end of an update. YATA_ERR_NOMEM. */
YATA_API YATA_CHECKED int yata_delete_set_encode(const yata_delete_set *ds, yata_buf *out);
YATA_API YATA_CHECKED int yata_delete_set_encode_v2(const yata_delete_set *ds, yata_buf *out);
/** All that is deleted in a document. YATA_ERR_STATE, YATA_ERR_NOMEM. */
YATA_API YATA_CHECKED int yata_delete_set_of_doc(yata_delete_set *ds, const yata_doc *doc);
/** What an update (version 1) deletes. As yata_update_validate, and YATA_ERR_NOMEM. */
YATA_API YATA_CHECKED int yata_delete_set_of_update(yata_delete_set *ds, const uint8_t *update, size_t len);
/** Is the unit in it? Logarithmic. */
YATA_API bool yata_delete_set_has(const yata_delete_set *ds, uint64_t client, uint64_t clock);
/** Is all of `part` in it? */
YATA_API bool yata_delete_set_covers(const yata_delete_set *ds, const yata_delete_set *part);
YATA_API bool yata_delete_set_equal(const yata_delete_set *a, const yata_delete_set *b);
/** Add all of `from`. YATA_ERR_NOMEM. */
YATA_API YATA_CHECKED int yata_delete_set_merge(yata_delete_set *into, const yata_delete_set *from);

/* ---- snapshots ---------------------------------------------------------------------------- */

/**
 * A moment of a document: what was known and what of it was deleted. It holds no content: reading
 * the document as of then needs one that has kept it (yata_options.keep_deleted).
 */
typedef struct yata_snapshot {
  yata_state_vector sv;
  yata_delete_set ds;
} yata_snapshot;

#define YATA_SNAPSHOT_INIT                                                                                             \
  { YATA_VALUE_INIT, YATA_VALUE_INIT }

YATA_API void yata_snapshot_deinit(yata_snapshot *snapshot);

/** The document as it is now, as Y.snapshot. YATA_ERR_STATE (a transaction is open), YATA_ERR_NOMEM. */
YATA_API YATA_CHECKED int yata_snapshot_take(yata_snapshot *snapshot, const yata_doc *doc);

/** That of a document which took these updates (version 1) and nothing else; what would be pending
 *  there is not in it. YATA_ERR_MALFORMED, YATA_ERR_LIMIT, YATA_ERR_NOMEM. */
YATA_API YATA_CHECKED int yata_snapshot_of_updates(yata_snapshot *snapshot, const yata_slice *updates, size_t count);

/**
 * Read a snapshot as Y.encodeSnapshot, or Y.encodeSnapshotV2, writes it.
 *
 * @bytes  untrusted; memory is bounded by their number.
 *
 * Returns 0, or YATA_ERR_MALFORMED, YATA_ERR_LIMIT, YATA_ERR_NOMEM.
 */
YATA_API YATA_CHECKED int yata_snapshot_decode(yata_snapshot *snapshot, const uint8_t *bytes, size_t len);
YATA_API YATA_CHECKED int yata_snapshot_decode_v2(yata_snapshot *snapshot, const uint8_t *bytes, size_t len);
/** Append the snapshot, byte for byte as Y.encodeSnapshot and Y.encodeSnapshotV2. YATA_ERR_NOMEM. */
YATA_API YATA_CHECKED int yata_snapshot_encode(const yata_snapshot *snapshot, yata_buf *out);
YATA_API YATA_CHECKED int yata_snapshot_encode_v2(const yata_snapshot *snapshot, yata_buf *out);

YATA_API bool yata_snapshot_equal(const yata_snapshot *a, const yata_snapshot *b);

/** Does the snapshot have all that the update does? As yata_update_validate; version 2 also
 *  YATA_ERR_NOMEM. */
YATA_API YATA_CHECKED int yata_snapshot_contains_update(const yata_snapshot *snapshot, const uint8_t *update,
                                                        size_t len, bool *out);
YATA_API YATA_CHECKED int yata_snapshot_contains_update_v2(const yata_snapshot *snapshot, const uint8_t *update,
                                                           size_t len, bool *out);

/**
 * Create a document that holds what this one held as of the snapshot, as Y.createDocFromSnapshot.
 *
 * @options  of the new document; NULL: as yata_doc_create.
 *
 * Returns 0, or YATA_ERR_RANGE (the snapshot knows what this document does not),
 * YATA_ERR_ERASED (something needed was garbage-collected), YATA_ERR_STATE,
 * YATA_ERR_INVALID, YATA_ERR_LIMIT, YATA_ERR_NOMEM.
 */
YATA_API YATA_CHECKED int yata_snapshot_restore(const yata_doc *doc, const yata_snapshot *snapshot,
                                                const yata_options *options, yata_doc **out);

/* ---- transactions ------------------------------------------------------------------------- */

/**
 * Begin a transaction: local edits are made in one. They do not nest.
 *
 * Returns 0, or YATA_ERR_STATE (one is open), YATA_ERR_NOMEM.
 */
YATA_API YATA_CHECKED int yata_txn_begin(yata_doc *doc);

/** The same, with who makes it: `cause` is borrowed for the call; NULL: nobody, at 0. As yata_txn_begin. */
YATA_API YATA_CHECKED int yata_txn_begin_as(yata_doc *doc, const yata_cause *cause);

/**
 * End the transaction, and append the update that carries it to other replicas.
 *
 * @update_out  may be NULL; nothing is appended when the transaction changed nothing.
 *
 * Returns 0, or YATA_ERR_STATE (none is open), YATA_ERR_NOMEM, YATA_ERR_LIMIT (max_steps, by the depth of the types
 * that changed, for observers and for the scopes of undo managers). After the last two it is still open with all that
 * was done in it, and nobody was told: it can be committed again (with more memory; with a higher limit, by
 * yata_doc_set_limits) or aborted.
 */
YATA_API YATA_CHECKED int yata_txn_commit(yata_doc *doc, yata_buf *update_out);

/** Undo everything since yata_txn_begin and end the transaction. No-op when none is open. */
YATA_API void yata_txn_abort(yata_doc *doc);

/* ---- shared types ------------------------------------------------------------------------- */

/**
 * A handle to a shared type: copied freely, never owned. When its type is deleted, every call
 * with it returns YATA_ERR_GONE; it is never valid again, unless
 * the transaction that deleted it is aborted. {0, 0} is no type.
 */
typedef struct yata_type {
  uint32_t slot;
  uint32_t generation;
} yata_type;

enum yata_kind {
  YATA_KIND_NONE = 0, /* a root that nobody has asked for by kind yet; or no type */
  YATA_KIND_ARRAY,
  YATA_KIND_MAP,
  YATA_KIND_TEXT,
  YATA_KIND_XML_ELEMENT,
  YATA_KIND_XML_FRAGMENT,
  YATA_KIND_XML_HOOK,
  YATA_KIND_XML_TEXT,
};

/**
 * The root type of that name, created when it does not exist (which changes nothing that other
 * replicas see). In or outside of a transaction. Outside of one, a new array, XML fragment or XML element is for undo
 * managers of the whole document an empty transaction, as in Yjs, as late as the last one.
 *
 * @name  UTF-8, NUL-terminated, borrowed for the call.
 *
 * Returns 0, or YATA_ERR_KIND (asked for as another kind before), YATA_ERR_NOMEM,
 * YATA_ERR_INVALID (not UTF-8).
 */
YATA_API YATA_CHECKED int yata_text(yata_doc *doc, const char *name, yata_type *out);
YATA_API YATA_CHECKED int yata_map(yata_doc *doc, const char *name, yata_type *out);
YATA_API YATA_CHECKED int yata_array(yata_doc *doc, const char *name, yata_type *out);
YATA_API YATA_CHECKED int yata_xml_fragment(yata_doc *doc, const char *name, yata_type *out);
/** The root of any kind; also YATA_ERR_INVALID: no such kind. */
YATA_API YATA_CHECKED int yata_root(yata_doc *doc, const char *name, enum yata_kind kind, yata_type *out);

/** The type's kind; YATA_KIND_NONE when the handle's type is gone. */
YATA_API enum yata_kind yata_type_kind(const yata_doc *doc, yata_type type);

/**
 * The same; but of a root that nobody asked for by kind what its content looks like, as yata_to_json shows it: with
 * keys a map (with XML children, too, an element), with characters a text. Such a root can still be asked for as any
 * kind.
 */
YATA_API enum yata_kind yata_type_guess(const yata_doc *doc, yata_type type);

/** The type that holds this one. YATA_ERR_NOT_FOUND: it is a root; YATA_ERR_GONE. */
YATA_API YATA_CHECKED int yata_type_parent(const yata_doc *doc, yata_type type, yata_type *out);

/**
 * Walk the root types: start with *cursor 0, and call until YATA_ERR_NOT_FOUND.
 *
 * @name  borrowed until the document changes, not NUL-terminated; may be NULL.
 */
YATA_API YATA_CHECKED int yata_root_next(const yata_doc *doc, uint32_t *cursor, yata_type *out, yata_slice *name);

/* ---- text --------------------------------------------------------------------------------- */

/** Length in UTF-16 units, embeds counted as one. 0, or YATA_ERR_GONE, YATA_ERR_KIND. */
YATA_API YATA_CHECKED int yata_text_length(const yata_doc *doc, yata_type text, uint32_t *out);

/**
 * Insert text. It takes on the formatting of the character before it, as in Yjs.
 *
 * @index  0 .. length, in UTF-16 units. Inside of a surrogate pair both halves become U+FFFD.
 * @utf8   borrowed for the call; len 0 inserts nothing.
 *
 * Returns 0, or YATA_ERR_RANGE, YATA_ERR_INVALID (not UTF-8), YATA_ERR_GONE, YATA_ERR_KIND,
 * YATA_ERR_STATE (no transaction), YATA_ERR_LIMIT (YATA_CLOCK_MAX), YATA_ERR_NOMEM.
 */
YATA_API YATA_CHECKED int yata_text_insert(yata_doc *doc, yata_type text, uint32_t index, const char *utf8, size_t len);

/** Delete `count` units from `index` on. Errors as yata_text_insert. */
YATA_API YATA_CHECKED int yata_text_delete(yata_doc *doc, yata_type text, uint32_t index, uint32_t count);

/** Append the whole text as UTF-8, without embeds and formatting. */
YATA_API YATA_CHECKED int yata_text_read(const yata_doc *doc, yata_type text, yata_buf *out);

/* Formatted text, embeds and deltas: below, as they need values. Attributes of a whole text are those of its
 * map part: yata_map_set, yata_map_get and so on take a text, too. */

/* ---- values ------------------------------------------------------------------------------- */

enum yata_any_kind {
  YATA_ANY_UNDEFINED = 0,
  YATA_ANY_NULL,
  YATA_ANY_BOOL,
  YATA_ANY_NUMBER,
  YATA_ANY_BIGINT,
  YATA_ANY_STRING, /* UTF-8 */
  YATA_ANY_BINARY,
  YATA_ANY_ARRAY,
  YATA_ANY_OBJECT,
  YATA_ANY_JSON, /* JSON text: as written by old clients, and in embeds and attributes; given for those two alone */
};

struct yata_any_entry;

/** A plain value. The pointers are borrowed: whoever made it says from whom. */
typedef struct yata_any {
  enum yata_any_kind kind;
  union {
    bool boolean;
    double number;
    int64_t bigint;
    struct {
      const uint8_t *data;
      size_t len;
    } bytes; /* STRING, BINARY, JSON */
    struct {
      const struct yata_any *items;
      size_t len;
    } array;
    struct {
      const struct yata_any_entry *entries;
      size_t len;
    } object;
  } u;
} yata_any;

typedef struct yata_any_entry {
  yata_slice key; /* UTF-8 */
  yata_any value;
} yata_any_entry;

/** What a map key or an array index holds: a shared type, a sub-document, or a plain value. */
typedef struct yata_value {
  yata_type type; /* slot 0: it is `any` */
  yata_any any;   /* its bytes are borrowed from the document until that changes */
  bool is_subdoc; /* then `any` is its guid, a string */
  yata_id subdoc;
  void *owned; /* nodes of arrays and objects; yata_value_deinit frees them */
  size_t owned_bytes;
  const yata_allocator *alloc;
} yata_value;

/** Free what a getter put into the value. Safe on a zeroed one and after the document changed,
 *  not after it was destroyed when it has its own allocator. */
YATA_API void yata_value_deinit(yata_value *value);

/** Convenience: values that borrow what they are given. Strings are UTF-8, NUL-terminated without a length; whether
 *  they are UTF-8 is looked at when the value is used. */
YATA_API yata_any yata_any_bool(bool value);
YATA_API yata_any yata_any_number(double value);
YATA_API yata_any yata_any_string(const char *utf8);
YATA_API yata_any yata_any_string_n(const char *utf8, size_t len);
YATA_API yata_any yata_any_null(void);

/* ---- map ---------------------------------------------------------------------------------- */

/**
 * Set a key.
 *
 * @key    UTF-8, borrowed for the call.
 * @value  borrowed for the call, copied.
 *
 * Returns 0, or YATA_ERR_INVALID (not UTF-8, kind YATA_ANY_JSON), YATA_ERR_LIMIT (nesting),
 * YATA_ERR_GONE, YATA_ERR_KIND, YATA_ERR_STATE, YATA_ERR_NOMEM.
 */
YATA_API YATA_CHECKED int yata_map_set(yata_doc *doc, yata_type map, const char *key, size_t key_len,
                                       const yata_any *value);

/** Set a key to a new, empty shared type and hand out its handle. An XML element is named UNDEFINED, as in
 *  Yjs; for hooks, and names, there is yata_map_set_xml. Also YATA_ERR_INVALID: the kind. */
YATA_API YATA_CHECKED int yata_map_set_type(yata_doc *doc, yata_type map, const char *key, size_t key_len,
                                            enum yata_kind kind, yata_type *out);

/**
 * Get what a key holds. Call yata_value_deinit when done with it.
 *
 * Returns 0, or YATA_ERR_NOT_FOUND, YATA_ERR_GONE, YATA_ERR_KIND, YATA_ERR_NOMEM.
 */
YATA_API YATA_CHECKED int yata_map_get(const yata_doc *doc, yata_type map, const char *key, size_t key_len,
                                       yata_value *out);

/** Does the key hold something? False for what is no map, too. */
YATA_API bool yata_map_has(const yata_doc *doc, yata_type map, const char *key, size_t key_len);

/** Delete all keys. As yata_map_set. */
YATA_API YATA_CHECKED int yata_map_clear(yata_doc *doc, yata_type map);

/** Delete a key. YATA_ERR_NOT_FOUND when it holds nothing; else as yata_map_set. */
YATA_API YATA_CHECKED int yata_map_delete(yata_doc *doc, yata_type map, const char *key, size_t key_len);

/** The number of keys that hold something. 0, or YATA_ERR_GONE, YATA_ERR_KIND. */
YATA_API YATA_CHECKED int yata_map_length(const yata_doc *doc, yata_type map, uint32_t *out);

/**
 * Walk the keys in the order in which this replica first saw them: start with *cursor 0, and
 * call until YATA_ERR_NOT_FOUND. The document must not change in between.
 *
 * @key  borrowed until the document changes; not NUL-terminated.
 */
YATA_API YATA_CHECKED int yata_map_next(const yata_doc *doc, yata_type map, uint32_t *cursor, yata_slice *key);

/* ---- array -------------------------------------------------------------------------------- */

/** The number of elements of an array, or children of XML. 0, or YATA_ERR_GONE, YATA_ERR_KIND. */
YATA_API YATA_CHECKED int yata_array_length(const yata_doc *doc, yata_type array, uint32_t *out);

/** Get the value at an index. As yata_map_get, with YATA_ERR_RANGE instead of NOT_FOUND. */
YATA_API YATA_CHECKED int yata_array_get(const yata_doc *doc, yata_type array, uint32_t index, yata_value *out);

/** Insert values before an index (0 .. length). Errors as yata_map_set, and YATA_ERR_RANGE. */
YATA_API YATA_CHECKED int yata_array_insert(yata_doc *doc, yata_type array, uint32_t index, const yata_any *values,
                                            size_t count);

/** Insert values behind all that the array holds, as Y.Array.push: behind deleted elements, too, where
 *  yata_array_insert at the end would go before them. Errors as yata_map_set. */
YATA_API YATA_CHECKED int yata_array_push(yata_doc *doc, yata_type array, const yata_any *values, size_t count);

/** Insert one new, empty shared type. As yata_map_set_type. */
YATA_API YATA_CHECKED int yata_array_insert_type(yata_doc *doc, yata_type array, uint32_t index, enum yata_kind kind,
                                                 yata_type *out);

/** Delete `count` elements from `index` on. Errors as yata_array_insert: YATA_ERR_RANGE when there are fewer. */
YATA_API YATA_CHECKED int yata_array_delete(yata_doc *doc, yata_type array, uint32_t index, uint32_t count);

/**
 * Walk an array in linear time: start with a zeroed cursor, and call until YATA_ERR_NOT_FOUND.
 * The document must not change in between. Each value is for yata_value_deinit.
 */
typedef struct yata_array_cursor {
  uint32_t item; /* 0: before the first */
  uint32_t offset;
} yata_array_cursor;

YATA_API YATA_CHECKED int yata_array_next(const yata_doc *doc, yata_type array, yata_array_cursor *cursor,
                                          yata_value *out);

/** Set the cursor so that yata_array_next goes on with the value at `index` (0 .. length). Logarithmic.
 *  YATA_ERR_RANGE, YATA_ERR_GONE, YATA_ERR_KIND. */
YATA_API YATA_CHECKED int yata_array_seek(const yata_doc *doc, yata_type array, uint32_t index,
                                          yata_array_cursor *cursor);

/* ---- formatted text ----------------------------------------------------------------------- */

/*
 * Attributes are a plain object: YATA_ANY_OBJECT; null takes an attribute away. Their values, and embeds, come out as
 * YATA_ANY_JSON where JSON has all of them; bytes, NaN, infinity, -0, bigints and undefined, and the arrays and objects
 * that hold such, as what they are. Version 2 carries these. Version 1 has JSON alone: there they are what
 * JSON.stringify makes of them, as in Yjs; a bigint, with which that throws, is the nearest number, and an undefined
 * attribute null. Edits of formatted text walk from its start to learn what is in force. Beyond the errors of
 * yata_text_insert they return YATA_ERR_LIMIT for attributes nested too deep, and when looking up more keys than
 * max_steps.
 */

/** Insert text that has exactly these attributes. NULL: as yata_text_insert. */
YATA_API YATA_CHECKED int yata_text_insert_with(yata_doc *doc, yata_type text, uint32_t index, const char *utf8,
                                                size_t len, const yata_any *attributes);

/**
 * Insert an embed: one unit that holds a value.
 *
 * @embed       borrowed for the call. No string, not null, not undefined.
 * @attributes  NULL: none.
 */
YATA_API YATA_CHECKED int yata_text_insert_embed(yata_doc *doc, yata_type text, uint32_t index, const yata_any *embed,
                                                 const yata_any *attributes);

/** Insert a new, empty shared type as an embed. @name as in yata_xml_insert. */
YATA_API YATA_CHECKED int yata_text_insert_type(yata_doc *doc, yata_type text, uint32_t index, enum yata_kind kind,
                                                const char *name, const yata_any *attributes, yata_type *out);

/**
 * Set attributes of `count` units from `index` on.
 *
 * As in Yjs, a range that ends past the text lets it grow by newlines, unless it also begins there and no format stands
 * behind the last unit: then nothing happens.
 */
YATA_API YATA_CHECKED int yata_text_format(yata_doc *doc, yata_type text, uint32_t index, uint32_t count,
                                           const yata_any *attributes);

enum yata_text_kind {
  YATA_TEXT_INSERT = 1, /* text */
  YATA_TEXT_EMBED,
  YATA_TEXT_TYPE, /* a shared type */
  YATA_TEXT_RETAIN,
  YATA_TEXT_DELETE,
};

/** One operation of a delta, as Quill's; what its kind does not mention is ignored. */
typedef struct yata_text_op {
  enum yata_text_kind kind;
  uint32_t len;               /* RETAIN, DELETE: units */
  yata_slice text;            /* INSERT: UTF-8; may be empty */
  yata_any embed;             /* EMBED */
  enum yata_kind type_kind;   /* TYPE */
  const char *type_name;      /* of XML elements and hooks */
  yata_type *type_out;        /* may be NULL */
  const yata_any *attributes; /* all but DELETE; NULL: none */
} yata_text_op;

/**
 * Apply operations from the start of the text on, as Y.Text.applyDelta: all of them or, on
 * error, none. Deleting past the end deletes what there is; retaining past it adds newlines.
 */
YATA_API YATA_CHECKED int yata_text_apply_delta(yata_doc *doc, yata_type text, const yata_text_op *ops, size_t count);

/** A part of a text with one set of attributes. All it points to is borrowed until the cursor goes on. */
typedef struct yata_text_run {
  enum yata_text_kind kind; /* INSERT: text; EMBED; TYPE */
  uint32_t index, len;      /* units */
  yata_slice text;          /* UTF-8 */
  yata_any embed;           /* YATA_ANY_JSON, or what JSON lacks */
  yata_type type;
  const yata_any_entry *attributes; /* in the order of Y.Text.toDelta; YATA_ANY_JSON, or what JSON lacks */
  size_t n_attributes;
} yata_text_run;

/** Zeroed it stands at the start; for yata_text_cursor_deinit in the end. */
typedef struct yata_text_cursor {
  void *state;
  uint32_t index;
} yata_text_cursor;

/**
 * Walk the runs of a text: call until YATA_ERR_NOT_FOUND. The document must not change in between.
 *
 * Returns 0, or YATA_ERR_NOT_FOUND, YATA_ERR_GONE, YATA_ERR_KIND, YATA_ERR_NOMEM, YATA_ERR_LIMIT (max_steps, by
 * keys looked up).
 */
YATA_API YATA_CHECKED int yata_text_next(const yata_doc *doc, yata_type text, yata_text_cursor *cursor,
                                         yata_text_run *run);
YATA_API void yata_text_cursor_deinit(const yata_doc *doc, yata_text_cursor *cursor);

/** Append the runs as JSON, as JSON.stringify prints Y.Text.toDelta(). Errors as yata_text_next and
 *  yata_to_json. */
YATA_API YATA_CHECKED int yata_text_delta(const yata_doc *doc, yata_type text, yata_buf *out);

/* ---- XML ---------------------------------------------------------------------------------- */

/*
 * Fragments and elements are lists of children: the functions of arrays take them. Attributes of an element are
 * its map part: the functions of maps take it, and hooks. XML text is text.
 */

/**
 * Insert a new, empty shared type into an array, fragment or element.
 *
 * @name  of an XML element (NULL: UNDEFINED, as in Yjs) or hook; NULL for other kinds. UTF-8, borrowed.
 *
 * Returns as yata_array_insert, and YATA_ERR_INVALID (kind or name).
 */
YATA_API YATA_CHECKED int yata_xml_insert(yata_doc *doc, yata_type parent, uint32_t index, enum yata_kind kind,
                                          const char *name, yata_type *out);
/** The same behind a child; {0, 0}: at the start. YATA_ERR_INVALID when it is no child of the parent. */
YATA_API YATA_CHECKED int yata_xml_insert_after(yata_doc *doc, yata_type parent, yata_type after, enum yata_kind kind,
                                                const char *name, yata_type *out);
/** Set a key of a map, or an attribute, to such a type. As yata_map_set, and YATA_ERR_INVALID. */
YATA_API YATA_CHECKED int yata_map_set_xml(yata_doc *doc, yata_type map, const char *key, size_t key_len,
                                           enum yata_kind kind, const char *name, yata_type *out);

/** The name of an element or hook; borrowed until the document changes, not NUL-terminated. YATA_ERR_KIND. */
YATA_API YATA_CHECKED int yata_xml_name(const yata_doc *doc, yata_type xml, yata_slice *out);

/** The first child. YATA_ERR_NOT_FOUND: there is none; YATA_ERR_KIND: it is a plain value, or `parent` no list. */
YATA_API YATA_CHECKED int yata_xml_first_child(const yata_doc *doc, yata_type parent, yata_type *out);
/** The type next to this one, in any list; likewise. */
YATA_API YATA_CHECKED int yata_xml_next_sibling(const yata_doc *doc, yata_type type, yata_type *out);
YATA_API YATA_CHECKED int yata_xml_prev_sibling(const yata_doc *doc, yata_type type, yata_type *out);

/**
 * Append XML as its toString prints it in Yjs: attributes and the tags of formats sorted, names of elements in
 * lower case (as far as they are ASCII), nothing escaped. Text that is not XML gives its characters.
 *
 * Returns 0, or YATA_ERR_KIND (a map or array), YATA_ERR_GONE, YATA_ERR_NOMEM, YATA_ERR_LIMIT (as yata_to_json; steps
 * as yata_text_next).
 */
YATA_API YATA_CHECKED int yata_xml_to_string(const yata_doc *doc, yata_type xml, yata_buf *out);

/* ---- relative positions ------------------------------------------------------------------- */

/**
 * A place in a list that stays beside the same content, whatever is edited around it: Yjs'
 * RelativePosition. It knows no document and can be stored and sent. Zeroed (YATA_RELPOS_INIT) it
 * is no position, and uses libc. All of it is to be read, not written.
 */
typedef struct yata_relpos {
  bool has_type, has_name, has_item;
  yata_id type;  /* the unit that holds the shared type, if that is no root */
  yata_id item;  /* the unit that the place is beside; without one it is an end of the list */
  yata_buf name; /* UTF-8: of the root */
  int64_t assoc; /* 0 or more: before the unit, or the list's end; less: behind it, or the start */
} yata_relpos;

#define YATA_RELPOS_INIT                                                                                               \
  { false, false, false, {0, 0}, {0, 0}, YATA_BUF_INIT, 0 }

/* The functions that fill a position replace what it holds, and leave it as it was on error. */

/** Empty the position and free its memory. */
YATA_API void yata_relpos_deinit(yata_relpos *pos);

/**
 * The place before a unit of a text, array or XML list, as Y.createRelativePositionFromTypeIndex.
 *
 * @index  0 .. length.
 * @assoc  0 or more: it sticks to the unit at `index`; less than 0: to the one before it.
 *
 * Returns 0, or YATA_ERR_RANGE, YATA_ERR_GONE, YATA_ERR_KIND (a map), YATA_ERR_NOMEM.
 */
YATA_API YATA_CHECKED int yata_relpos_create(yata_doc *doc, yata_type type, uint32_t index, int64_t assoc,
                                             yata_relpos *out);

/** Read what Y.encodeRelativePosition wrote; untrusted. YATA_ERR_MALFORMED, YATA_ERR_NOMEM. */
YATA_API YATA_CHECKED int yata_relpos_decode(yata_relpos *pos, const uint8_t *bytes, size_t len);
/** Append the position, byte for byte as Y.encodeRelativePosition: the item if it has one, else the
 *  type. YATA_ERR_INVALID (it is no position), YATA_ERR_NOMEM. */
YATA_API YATA_CHECKED int yata_relpos_encode(const yata_relpos *pos, yata_buf *out);

/**
 * Read a position as JSON, as it stands in awareness states: {"type", "tname", "item", "assoc"},
 * each of which may be missing or null, but not the first three together. Members with other names
 * are stepped over.
 *
 * @json  untrusted.
 *
 * Returns 0, or YATA_ERR_MALFORMED, YATA_ERR_LIMIT (nesting), YATA_ERR_NOMEM.
 */
YATA_API YATA_CHECKED int yata_relpos_from_json(yata_relpos *pos, const char *json, size_t len);
/** Append the position as JSON.stringify(Y.relativePositionToJSON(…)) writes it. YATA_ERR_NOMEM. */
YATA_API YATA_CHECKED int yata_relpos_to_json(const yata_relpos *pos, yata_buf *out);

/** As Y.compareRelativePositions: are they the same in every part? */
YATA_API bool yata_relpos_equal(const yata_relpos *a, const yata_relpos *b);

/**
 * Where the position is now, as Y.createAbsolutePositionFromRelativePosition. Logarithmic.
 *
 * @follow  go on to what an undo put in place of content that was deleted. Other replicas do not
 *          know of that: false gives the same answer everywhere.
 *
 * Returns 0, or YATA_ERR_NOT_FOUND (what it is beside has not arrived, or there is no such root),
 * YATA_ERR_ERASED (that was garbage-collected), YATA_ERR_GONE (its shared type was deleted),
 * YATA_ERR_INVALID (it is no position).
 */
YATA_API YATA_CHECKED int yata_relpos_resolve(yata_doc *doc, const yata_relpos *pos, bool follow, yata_type *type,
                                              uint32_t *index);

/** Insert text at a position. As yata_relpos_resolve (follow true) and yata_text_insert. */
YATA_API YATA_CHECKED int yata_relpos_insert_text(yata_doc *doc, const yata_relpos *pos, const char *utf8, size_t len);
/** Insert values at a position in an array. As yata_relpos_resolve and yata_array_insert. */
YATA_API YATA_CHECKED int yata_relpos_insert(yata_doc *doc, const yata_relpos *pos, const yata_any *values,
                                             size_t count);
/** Delete what is between two positions of one text or array, in either order. YATA_ERR_KIND when they are in
 *  different ones; as yata_relpos_resolve, yata_text_delete and yata_array_delete. */
YATA_API YATA_CHECKED int yata_relpos_delete(yata_doc *doc, const yata_relpos *from, const yata_relpos *to);

/* ---- events ------------------------------------------------------------------------------- */

/*
 * Observers are called when a transaction ends: one of this document, or an update. All of it is
 * integrated then, and what it deleted is not yet collected, as in Yjs. First come the observers of
 * the types that changed, then the deep ones, then those of transactions; then the document is
 * cleaned up, and those of updates get its bytes.
 *
 * An observer may read the document but not change it (YATA_ERR_STATE), nor destroy it. It may add
 * and remove observers: one that was removed is not called again, one that was added hears of the
 * next transaction. What it is given is borrowed until it returns.
 *
 * Memory that is needed to call everybody is taken before the transaction is final: if it lacks, the
 * transaction fails like any other. What an observer asks for beyond may lack memory (YATA_ERR_NOMEM):
 * the transaction stands, and asking again may work.
 */

/** What one transaction changed in one shared type: its list, its keys, or both. */
typedef struct yata_event yata_event;

typedef struct yata_txn_event {
  yata_doc *doc;
  const void *origin;
  uint64_t time_ms;
  bool local; /* not an update */
} yata_txn_event;

typedef struct yata_update_event {
  const yata_txn_event *txn;
  const uint8_t *update;
  size_t len;
} yata_update_event;

typedef void yata_on_event(void *user, const yata_event *event);
/** @events  of the type and those below it, ordered by depth; the current type of each is set. */
typedef void yata_on_events(void *user, const yata_event *const *events, size_t count);
typedef void yata_on_txn(void *user, const yata_txn_event *txn);
typedef void yata_on_update(void *user, const yata_update_event *update);

/**
 * Observe a type. Types that the same transaction made, or deleted, have no events of their own.
 *
 * @id  for yata_unobserve; may be NULL. The observer goes with its type, or with the document.
 *
 * Returns 0, or YATA_ERR_GONE, YATA_ERR_NOMEM.
 */
YATA_API YATA_CHECKED int yata_observe(yata_doc *doc, yata_type type, yata_on_event *on_event, void *user,
                                       uint32_t *id);
/** Observe a type and all below it: one call a transaction. */
YATA_API YATA_CHECKED int yata_observe_deep(yata_doc *doc, yata_type type, yata_on_events *on_events, void *user,
                                            uint32_t *id);
/** Observe all transactions, those that change nothing included. */
YATA_API YATA_CHECKED int yata_observe_txn(yata_doc *doc, yata_on_txn *on_txn, void *user, uint32_t *id);
/**
 * Observe updates: the bytes of each transaction that changed something, as the events `update` and
 * `updateV2` of Yjs. The transaction is over, the document may be encoded.
 *
 * @version  1 or 2; else YATA_ERR_INVALID.
 */
YATA_API YATA_CHECKED int yata_observe_update(yata_doc *doc, int version, yata_on_update *on_update, void *user,
                                              uint32_t *id);
/** Remove an observer; ids that are not, or no longer, one are ignored. */
YATA_API void yata_unobserve(yata_doc *doc, uint32_t id);

/** The type that changed, the one whose observer is called, and the transaction. */
YATA_API yata_type yata_event_target(const yata_event *event);
YATA_API yata_type yata_event_current(const yata_event *event);
YATA_API const yata_txn_event *yata_event_txn(const yata_event *event);
/** Did the list change: the characters of a text, the elements of an array, the children of XML? */
YATA_API bool yata_event_list_changed(const yata_event *event);

/** A step of a path: of a map to a key, or of a list to an index. */
typedef struct yata_step {
  bool is_key;
  yata_slice key; /* UTF-8, not NUL-terminated */
  uint32_t index;
} yata_step;

/** The way from the current type to the target; none when they are the same. YATA_ERR_NOMEM. */
YATA_API YATA_CHECKED int yata_event_path(const yata_event *event, const yata_step **steps, size_t *count);

enum yata_key_action { YATA_KEY_ADD, YATA_KEY_UPDATE, YATA_KEY_DELETE };

typedef struct yata_key_change {
  yata_slice key;
  enum yata_key_action action;
  yata_value old; /* UPDATE, DELETE: what the key held; owned by the event */
} yata_key_change;

/** The keys (of XML: the attributes) that hold something else than before. YATA_ERR_NOMEM. */
YATA_API YATA_CHECKED int yata_event_keys(const yata_event *event, const yata_key_change **changes, size_t *count);

enum yata_delta_kind { YATA_DELTA_RETAIN, YATA_DELTA_INSERT, YATA_DELTA_DELETE };

/**
 * One operation of a delta. Units are UTF-16 units of text, elements of an array, children of XML;
 * an embed is one. Bytes are those of yata_text_read, so embeds have none; 0 for what is not text.
 */
typedef struct yata_delta_op {
  enum yata_delta_kind kind;
  uint32_t len, old_index, new_index; /* units, where in the list as it was, where as it is */
  size_t bytes, old_byte, new_byte;   /* the same in UTF-8 */
  yata_slice text;                    /* INSERT, DELETE of text: its UTF-8, without embeds; RETAIN: see there */
  const yata_value *values;           /* INSERT, DELETE: the elements, or the embed */
  size_t n_values;
  const yata_any_entry *attributes; /* of text; YATA_ANY_NULL: taken away; else as in yata_text_run */
  size_t n_attributes;
} yata_delta_op;

/**
 * The changes of the list, from its start: as YTextEvent.delta for text, as YEvent.changes.delta else.
 * What is left at the end is retained. Linear in the list.
 *
 * Each half of a surrogate pair that the transaction tore, and that is not deleted, is U+FFFD now: retained in units,
 * but not in UTF-8. It is a RETAIN of its own with that as its `text`; its `bytes` are those that were there, the
 * pair's at the first half and none at the second. So who follows in UTF-8 puts at new_byte the text of INSERT, takes
 * away the bytes of DELETE, and does both for a RETAIN that has text. Where nothing else changes in a text there is no
 * event of a torn pair, as in Yjs: formatting that changes nothing may tear one, an update of what is known already,
 * and a step that an undo manager forgets.
 *
 * Returns 0, or YATA_ERR_NOMEM, YATA_ERR_LIMIT (max_steps, by formats; max_output_bytes, by entries of attributes: the
 * values are not copied).
 */
YATA_API YATA_CHECKED int yata_event_delta(const yata_event *event, const yata_delta_op **ops, size_t *count);

/**
 * Walk the clients of the document: their state before and after the transaction. Start with *cursor
 * 0, and call until YATA_ERR_NOT_FOUND.
 */
YATA_API YATA_CHECKED int yata_txn_next_state(const yata_txn_event *txn, uint32_t *cursor, uint64_t *client,
                                              uint32_t *before, uint32_t *after);

/** Walk what the transaction deleted, likewise: highest client first, joined. */
YATA_API YATA_CHECKED int yata_txn_next_deleted(const yata_txn_event *txn, uint32_t *cursor, yata_range *out);
/** Walk the types that have an event, likewise. */
YATA_API YATA_CHECKED int yata_txn_next_event(const yata_txn_event *txn, uint32_t *cursor, const yata_event **out);

/* ---- sub-documents ------------------------------------------------------------------------ */

/*
 * A map or an array can hold another document: not its content, but a guid and options. Who uses it loads the
 * document of that guid from elsewhere. It is named by the unit that holds it: that name is never given again.
 */

typedef struct yata_subdoc {
  yata_id id;
  yata_slice guid;    /* UTF-8; borrowed until the document changes, as what `options` holds */
  yata_value options; /* as they stand in the document: an object; for yata_value_deinit */
  bool gc;            /* garbage collection: option `gc`, true unless it says otherwise */
  bool auto_load;     /* option `autoLoad`: everybody is to load it */
  bool should_load;   /* this replica is to load it: not known to others */
} yata_subdoc;

typedef struct yata_subdoc_options {
  const char *guid;  /* UTF-8, NUL-terminated */
  bool keep_deleted; /* no garbage collection */
  bool auto_load;
  bool defer;           /* this replica does not load it, unless auto_load says so */
  const yata_any *meta; /* any value of the caller; NULL: none */
} yata_subdoc_options;

/** Set a key to a sub-document. As yata_map_set; YATA_ERR_INVALID also for a guid that is not UTF-8. */
YATA_API YATA_CHECKED int yata_map_set_subdoc(yata_doc *doc, yata_type map, const char *key, size_t key_len,
                                              const yata_subdoc_options *options, yata_id *out);
/** Insert one into an array. As yata_array_insert, likewise. */
YATA_API YATA_CHECKED int yata_array_insert_subdoc(yata_doc *doc, yata_type array, uint32_t index,
                                                   const yata_subdoc_options *options, yata_id *out);

/** Walk the sub-documents in the order in which they came: start with *cursor 0, and call until
 *  YATA_ERR_NOT_FOUND. What the open transaction does to them is seen when it has ended. */
YATA_API YATA_CHECKED int yata_subdoc_next(const yata_doc *doc, uint32_t *cursor, yata_id *out);
/** What there is to know of one. YATA_ERR_GONE: it was deleted; YATA_ERR_NOMEM. */
YATA_API YATA_CHECKED int yata_subdoc_get(const yata_doc *doc, yata_id id, yata_subdoc *out);

/** Say in a transaction that this replica is to load it; and that it no longer is, as Y.Doc.destroy of a
 *  sub-document: it counts as removed and added again. Others see nothing of it. YATA_ERR_GONE, _STATE, _NOMEM. */
YATA_API YATA_CHECKED int yata_subdoc_load(yata_doc *doc, yata_id id);
YATA_API YATA_CHECKED int yata_subdoc_unload(yata_doc *doc, yata_id id);

enum yata_subdoc_kind {
  YATA_SUBDOC_ADDED,
  YATA_SUBDOC_LOADED,
  YATA_SUBDOC_REMOVED,
  YATA_SUBDOC_RESET, /* removed, and added again to be loaded anew */
};

typedef struct yata_subdoc_change {
  enum yata_subdoc_kind kind;
  yata_id id;
  yata_slice guid; /* borrowed until the observer returns */
} yata_subdoc_change;

/** Walk what a transaction did to sub-documents: start with *cursor 0, and call until YATA_ERR_NOT_FOUND. For the
 *  observers of transactions and of updates. */
YATA_API YATA_CHECKED int yata_txn_next_subdoc(const yata_txn_event *txn, uint32_t *cursor, yata_subdoc_change *out);

/* ---- undo --------------------------------------------------------------------------------- */

/*
 * An undo manager, as that of Yjs 13.6: it undoes and redoes what some origins did within its scope,
 * and leaves alone what others did. It belongs to the document and goes with it. What it may have to
 * restore is not garbage-collected.
 */
typedef struct yata_undo_manager yata_undo_manager;

enum yata_stack { YATA_STACK_UNDO, YATA_STACK_REDO };

enum yata_stack_action {
  YATA_STACK_ADDED,   /* a transaction became a step of its own */
  YATA_STACK_UPDATED, /* it became part of the last step */
  YATA_STACK_POPPED,  /* the step was undone or redone */
  YATA_STACK_CLEARED, /* all steps were dropped */
};

typedef struct yata_stack_event {
  yata_undo_manager *manager;
  enum yata_stack_action action;
  enum yata_stack stack;     /* where the step is, or was */
  const void *origin;        /* of the transaction; the manager itself while it undoes and redoes */
  const yata_txn_event *txn; /* ADDED, UPDATED: the transaction, as for yata_observe_txn; else NULL */
  void **meta;               /* the caller's, of the step, NULL at first; CLEARED: NULL */
} yata_stack_event;

/** What an undo or redo is about to delete. */
typedef struct yata_undo_item {
  yata_doc *doc;
  yata_range units;
  yata_type parent; /* the shared type that holds it */
  bool has_key;
  yata_slice key; /* borrowed for the call */
  yata_type type; /* the shared type that it is, or {0, 0} */
} yata_undo_item;

typedef struct yata_undo_options {
  const yata_type *scope; /* these and all below them; none: the whole document, and every transaction */
  size_t n_scope;
  const void *const *origins; /* whose transactions are undone; none: those of origin NULL */
  size_t n_origins;
  int64_t capture_timeout_ms;     /* what follows within this time is one step; 0: 500, less: nothing is */
  bool ignore_remote_map_changes; /* restore a key even where others have set it since */
  bool (*capture)(void *user, const yata_txn_event *txn);      /* NULL: any */
  bool (*may_delete)(void *user, const yata_undo_item *item);  /* NULL: all */
  void (*on_stack)(void *user, const yata_stack_event *event); /* NULL: nobody */
  void (*free_meta)(void *user, void *meta);                   /* NULL: nothing to free */
  void *user;
} yata_undo_options;

/* What follows within the time joins the step before, as in Yjs; what follows a transaction without a time (0, as after
 * yata_txn_begin) is a step of its own; such a one joins a step before it that had a time.
 *
 * The callbacks may read the document, not change it, nor undo, redo, clear or destroy. may_delete is asked while the
 * step is being taken back: what holds the item, and the type that it is, may be gone by then, and have no kind. */

/**
 * Create an undo manager of what comes from now on.
 *
 * @options  borrowed for the call; NULL: the whole document and the defaults.
 *
 * Returns 0, or YATA_ERR_GONE (a type of the scope), YATA_ERR_STATE (a transaction is open), YATA_ERR_NOMEM.
 */
YATA_API YATA_CHECKED int yata_undo_create(yata_doc *doc, const yata_undo_options *options, yata_undo_manager **out);
/** Forget all steps and go. NULL is fine. Not from inside of a callback. */
YATA_API void yata_undo_destroy(yata_undo_manager *manager);

/** Widen the scope; what is in it already stays. YATA_ERR_GONE, YATA_ERR_NOMEM. */
YATA_API YATA_CHECKED int yata_undo_add_scope(yata_undo_manager *manager, yata_type type);
/** Track one more origin, or one less. YATA_ERR_NOMEM. */
YATA_API YATA_CHECKED int yata_undo_add_origin(yata_undo_manager *manager, const void *origin);
YATA_API void yata_undo_remove_origin(yata_undo_manager *manager, const void *origin);

/** Make the next transaction a step of its own. */
YATA_API void yata_undo_stop_capturing(yata_undo_manager *manager);
/** How many steps can be undone, or redone. */
YATA_API size_t yata_undo_depth(const yata_undo_manager *manager, enum yata_stack stack);

/**
 * Undo, or redo, the last step that still changes something: a transaction whose origin is the manager.
 *
 * @time_ms  as yata_cause.time_ms.
 * @update   may be NULL; the update is appended.
 * @done     may be NULL; false: there was no such step.
 *
 * Returns 0, or YATA_ERR_STATE, YATA_ERR_NOMEM, YATA_ERR_LIMIT (YATA_CLOCK_MAX, max_steps): the
 * document and the steps are then as before.
 */
YATA_API YATA_CHECKED int yata_undo_undo(yata_undo_manager *manager, uint64_t time_ms, yata_buf *update, bool *done);
YATA_API YATA_CHECKED int yata_undo_redo(yata_undo_manager *manager, uint64_t time_ms, yata_buf *update, bool *done);

/** Forget the steps of one stack, or of both. YATA_ERR_STATE, YATA_ERR_NOMEM: the steps are as before. */
YATA_API YATA_CHECKED int yata_undo_clear(yata_undo_manager *manager, bool undo, bool redo, uint64_t time_ms);

/* ---- export ------------------------------------------------------------------------------- */

/**
 * Append a shared type, or with {0, 0} the whole document (an object of its roots), as JSON.
 *
 * Text is a string without its formatting, XML a string of markup, binary a base64 string, a
 * bigint its digits; numbers that JSON lacks are null, undefined is left out of objects and null
 * in arrays; keys that are indices of an array come first, in that order, as in JavaScript. A root that nobody asked
 * for by kind is shown as what its content looks like.
 *
 * As text, a value of formats stands in each run where it is in force, and a long key in each map that has it: 1 MB of
 * an update can be made to print 20 GB. So a call that prints (this one, yata_xml_to_string, yata_text_delta) ends when
 * that gets longer than max_output_bytes. Left at 0 it is 16 times what the document holds (live_bytes of yata_stats),
 * at least 64 MiB, which no document that is not made for it comes near. (Yjs throws at 2^29 - 24 characters.)
 * yata_text_read, yata_text_next and yata_map_get repeat nothing.
 *
 * Returns 0, YATA_ERR_GONE, YATA_ERR_NOMEM, or YATA_ERR_LIMIT: max_output_bytes, types nested more than 200 deep,
 * max_steps by keys of formats looked up. On an error the buffer has neither more bytes nor more memory than before.
 */
YATA_API YATA_CHECKED int yata_to_json(const yata_doc *doc, yata_type type, yata_buf *out);

/* ---- reading as of a snapshot ----------------------------------------------------------------- */

/* As the functions without _at, but as of a snapshot of this document; of types that were deleted since, too, in a
 * document with keep_deleted. A shared type that a value names is as it is now. YATA_ERR_ERASED: something that was to
 * be seen then was garbage-collected. */

YATA_API YATA_CHECKED int yata_text_read_at(const yata_doc *doc, yata_type text, const yata_snapshot *snapshot,
                                            yata_buf *out);
/** What became of a part of a text between two snapshots. */
enum yata_ychange { YATA_CHANGE_NONE, YATA_CHANGE_ADDED, YATA_CHANGE_REMOVED };

/** How to look at a text. Zeroed: as it is now. All of it is borrowed while the text is looked at. */
typedef struct yata_text_view {
  const yata_snapshot *at;     /* as of then; NULL: as it is now */
  const yata_snapshot *before; /* show, too, what was there then; NULL: compare with nothing */
  /**
   * Make the attribute `ychange` of a part that is at one of the two only: Yjs' computeYChange. Parts of one client
   * that follow one another are one run where the value is an object whose `type` is "added" or "removed" and whose
   * `user` is the client's id, a number. The value is borrowed until it is called again. NULL, or returning NULL:
   * {"type": "added"} or {"type": "removed"}, and each part is a run.
   *
   * @id  of the part's first unit.
   */
  const yata_any *(*ychange)(void *user, enum yata_ychange change, yata_id id);
  void *user;
} yata_text_view;

/** As yata_text_next, with the same view in each call of a walk. Of a part that was removed the index counts it, too.
 *  Also YATA_ERR_INVALID: the value of `ychange` is undefined, or holds what is no value. */
YATA_API YATA_CHECKED int yata_text_next_at(const yata_doc *doc, yata_type text, const yata_text_view *view,
                                            yata_text_cursor *cursor, yata_text_run *run);
/** Append the runs as JSON, as JSON.stringify prints Y.Text.toDelta(at, before, ychange). YATA_ERR_LIMIT: as
 *  yata_to_json, too. */
YATA_API YATA_CHECKED int yata_text_delta_at(const yata_doc *doc, yata_type text, const yata_text_view *view,
                                             yata_buf *out);
YATA_API YATA_CHECKED int yata_map_get_at(const yata_doc *doc, yata_type map, const yata_snapshot *snapshot,
                                          const char *key, size_t key_len, yata_value *out);
/** Of a key whose value was collected, the cursor and the key are set with YATA_ERR_ERASED, and the walk can go on. */
YATA_API YATA_CHECKED int yata_map_next_at(const yata_doc *doc, yata_type map, const yata_snapshot *snapshot,
                                           uint32_t *cursor, yata_slice *key);
YATA_API YATA_CHECKED int yata_array_next_at(const yata_doc *doc, yata_type array, const yata_snapshot *snapshot,
                                             yata_array_cursor *cursor, yata_value *out);

/* ---- attribution -------------------------------------------------------------------------- */

/** What is still to be told of a range: index and count of a text, an array or an XML list. */
typedef struct yata_authors {
  uint32_t index, count;
} yata_authors;

/**
 * The ids of the next units of a range that one client wrote one after the other. The document must
 * not change in between. Logarithmic for each run, whatever was deleted around it.
 *
 * Returns 0, or YATA_ERR_NOT_FOUND (nothing is left), YATA_ERR_RANGE, YATA_ERR_GONE.
 */
YATA_API YATA_CHECKED int yata_authors_next(yata_doc *doc, yata_type type, yata_authors *cursor, yata_range *out);

enum yata_located_state {
  YATA_LOCATED_DELETED = 0, /* it is nowhere */
  YATA_LOCATED_INDEX,       /* in a list, from `index` on */
  YATA_LOCATED_KEY,         /* a map's, or an XML element's, `key` holds it */
  YATA_LOCATED_HIDDEN,      /* a mark of formatting: in the list, without a position */
};

/** Where units of one client are now. */
typedef struct yata_located {
  yata_id id; /* of the first */
  uint32_t len;
  enum yata_located_state state;
  yata_type type; /* {0, 0} when deleted */
  uint32_t index;
  yata_slice key; /* borrowed until the document changes */
} yata_located;

/**
 * Where the next of a client's units are: one place for those that follow one another there, too.
 *
 * @rest  the ids that are asked for; what was told is taken off its front, and what the document
 *        does not know off its end.
 *
 * Returns 0, or YATA_ERR_NOT_FOUND (nothing is left).
 */
YATA_API YATA_CHECKED int yata_locate_next(yata_doc *doc, yata_range *rest, yata_located *out);

/* ---- awareness ---------------------------------------------------------------------------- */

/**
 * Who is here and where: each client's newest state, a JSON text, with a clock. Needs no document.
 * Its updates are those of y-protocols/awareness.
 *
 * Times are the caller's, in milliseconds, from any clock that only goes forward.
 */
typedef struct yata_awareness yata_awareness;

typedef struct yata_awareness_options {
  uint64_t client_id;          /* of the local state, if there is to be one */
  const yata_allocator *alloc; /* borrowed until yata_awareness_destroy; NULL: libc */
  uint32_t max_clients;        /* present; half as many as entries in an update; 0: YATA_AWARENESS_CLIENTS */
  size_t max_bytes;            /* of all states together; 0: YATA_AWARENESS_BYTES */
  size_t max_state_bytes;      /* of one state; 0: YATA_AWARENESS_STATE_BYTES */
  uint64_t timeout_ms;         /* without news a client is gone; 0: YATA_AWARENESS_TIMEOUT_MS */
} yata_awareness_options;

#define YATA_AWARENESS_CLIENTS 4096
#define YATA_AWARENESS_BYTES ((size_t)16 << 20)
#define YATA_AWARENESS_STATE_BYTES ((size_t)64 << 10)
#define YATA_AWARENESS_TIMEOUT_MS 30000

/** Create one where nobody is present. `options` is borrowed for the call; NULL: client id 0 and the defaults.
 *  YATA_ERR_NOMEM, YATA_ERR_INVALID (client id). */
YATA_API YATA_CHECKED int yata_awareness_create(const yata_awareness_options *options, yata_awareness **out);
/** Free it. NULL is fine. */
YATA_API void yata_awareness_destroy(yata_awareness *awareness);

typedef struct yata_clients {
  const uint64_t *v;
  size_t len;
} yata_clients;

/**
 * What a call changed, as the events of y-protocols tell. Borrowed until the next call that changes
 * something. Of a client that stands in an update twice each list may hold it twice.
 */
typedef struct yata_awareness_changes {
  yata_clients added;
  yata_clients updated; /* a new clock: the event 'update' */
  yata_clients changed; /* those of `updated` whose state has other bytes: the event 'change' */
  yata_clients removed;
} yata_awareness_changes;

/**
 * Set the local state, with the next clock; the first is 1. (Clock 0 is no news to others: y-protocols gives it to
 * the empty state that it begins with.)
 *
 * @json     one JSON text, UTF-8; borrowed for the call. NULL: the local client is gone.
 * @changes  may be NULL.
 *
 * Returns 0, or YATA_ERR_INVALID (not JSON), YATA_ERR_LIMIT, YATA_ERR_NOMEM; nothing changed then.
 */
YATA_API YATA_CHECKED int yata_awareness_set(yata_awareness *awareness, const char *json, size_t len, uint64_t now_ms,
                                             yata_awareness_changes *changes);

/**
 * Take an update, as applyAwarenessUpdate: all of it or, on error, nothing. A local state cannot be
 * removed by it: its clock is raised instead, so that sending it again (it is in `updated`, but not
 * in `changed`) tells the others.
 *
 * @update  untrusted, borrowed for the call. Memory and work are bounded by its length.
 *
 * Returns 0, or YATA_ERR_MALFORMED (JSON of states included), YATA_ERR_LIMIT, YATA_ERR_NOMEM.
 */
YATA_API YATA_CHECKED int yata_awareness_apply(yata_awareness *awareness, const uint8_t *update, size_t len,
                                               uint64_t now_ms, yata_awareness_changes *changes);

/** Remove clients that are present, as removeAwarenessStates. YATA_ERR_NOMEM. */
YATA_API YATA_CHECKED int yata_awareness_remove(yata_awareness *awareness, const uint64_t *clients, size_t count,
                                                uint64_t now_ms, yata_awareness_changes *changes);

/**
 * What y-protocols does every 3 seconds: renew the local state (it is in `updated`) when it is half
 * as old as the time-out, and remove clients of whom nothing was heard for as long. YATA_ERR_NOMEM.
 */
YATA_API YATA_CHECKED int yata_awareness_tick(yata_awareness *awareness, uint64_t now_ms,
                                              yata_awareness_changes *changes);

/** The clients that are present. */
YATA_API size_t yata_awareness_count(const yata_awareness *awareness);

/**
 * A client's state and clock.
 *
 * @json   borrowed until the next call that changes something; may be NULL. Of one who left: NULL, 0.
 * @clock  may be NULL.
 *
 * Returns 0, or YATA_ERR_NOT_FOUND (nothing is known of it).
 */
YATA_API YATA_CHECKED int yata_awareness_get(const yata_awareness *awareness, uint64_t client, yata_slice *json,
                                             uint64_t *clock);

/** Walk those present, in the order in which they came: start with *cursor 0, and call until
 *  YATA_ERR_NOT_FOUND. `json` as above. */
YATA_API YATA_CHECKED int yata_awareness_next(const yata_awareness *awareness, uint32_t *cursor, uint64_t *client,
                                              yata_slice *json);

/**
 * Append the update that tells of these clients, as encodeAwarenessUpdate; of one who left it says
 * so. States are written with the bytes that came.
 *
 * @clients  NULL: all that are present, in the order of yata_awareness_next.
 *
 * Returns 0, or YATA_ERR_NOT_FOUND (nothing is known of one), YATA_ERR_NOMEM.
 */
YATA_API YATA_CHECKED int yata_awareness_encode(const yata_awareness *awareness, const uint64_t *clients, size_t count,
                                                yata_buf *out);

/** One entry of an update. */
typedef struct yata_awareness_entry {
  uint64_t client, clock;
  yata_slice json; /* borrowed from the update; "null" says that the client left */
} yata_awareness_entry;

/** Is this a well-formed awareness update? YATA_ERR_MALFORMED, with *error_offset (may be NULL). */
YATA_API YATA_CHECKED int yata_awareness_validate(const uint8_t *update, size_t len, size_t *error_offset);

/**
 * Append the update with other states, as modifyAwarenessUpdate.
 *
 * @modify  sets *json, which is the entry's state, to the new one: one JSON text, borrowed until it is
 *          called again. A negative result ends it all and is returned.
 *
 * Returns 0, or YATA_ERR_MALFORMED, YATA_ERR_INVALID (what was set is not JSON), YATA_ERR_NOMEM.
 */
YATA_API YATA_CHECKED int yata_awareness_modify(const uint8_t *update, size_t len,
                                                int (*modify)(void *user, const yata_awareness_entry *entry,
                                                              yata_slice *json),
                                                void *user, yata_buf *out);

#ifdef __cplusplus
}
#endif

#endif
