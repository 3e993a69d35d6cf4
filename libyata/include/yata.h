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
 * UTF-8 (lone surrogates become U+FFFD).
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

YATA_API void yata_buf_init(yata_buf *buf, const yata_allocator *alloc);
/** Empty the buffer and keep its memory. */
YATA_API void yata_buf_clear(yata_buf *buf);
YATA_API void yata_buf_deinit(yata_buf *buf);

/* All functions below that fill a yata_buf append to what it holds; on error its len is as it
 * was before. */

/* ---- document ----------------------------------------------------------------------------- */

typedef struct yata_doc yata_doc;

typedef struct yata_options {
  uint64_t client_id;          /* unique among the replicas that edit; 0 .. YATA_CLIENT_MAX */
  bool keep_deleted;           /* true: no garbage collection, deleted content stays */
  const yata_allocator *alloc; /* borrowed until yata_doc_destroy; NULL: libc */
  size_t max_pending_bytes;    /* updates that wait for others; 0: 16 MiB */
  uint32_t max_nesting;        /* of arrays and objects in a value; 0: 64, which is the most */
  uint64_t max_steps;          /* conflict resolution steps in one call; 0: 2^26 */
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
  uint64_t time_ms;   /* of any clock of the caller; the library reads none */
} yata_cause;

typedef struct yata_applied {
  bool changed;        /* a struct was integrated, something was deleted, or what is pending grew */
  bool pending;        /* something now waits for updates that have not arrived */
  size_t error_offset; /* after YATA_ERR_MALFORMED: where in the bytes */
} yata_applied;

/**
 * Merge one update, version 1, into the document: all of it or, on error, nothing.
 *
 * @update  borrowed for the call; untrusted. Memory and work are bounded by its length, by the
 *          document's size and by max_steps, never by a number that it states.
 * @out     may be NULL.
 *
 * What depends on updates that have not arrived yet is kept as pending and applied when they do.
 *
 * Returns 0, or YATA_ERR_MALFORMED, YATA_ERR_LIMIT (nesting, pending bytes, steps, clocks above
 * YATA_CLOCK_MAX), YATA_ERR_NOMEM, YATA_ERR_STATE (a transaction is open).
 */
YATA_API YATA_CHECKED int yata_apply_update(yata_doc *doc, const uint8_t *update, size_t len, yata_applied *out);

/**
 * As yata_apply_update for an update in version 2. YATA_ERR_LIMIT also when it states more structs than
 * 65,536 and 8 for each of its bytes: their run-length encoding could state billions in 30 bytes.
 */
YATA_API YATA_CHECKED int yata_apply_update_v2(yata_doc *doc, const uint8_t *update, size_t len, yata_applied *out);

/** The same, with who sent it: `cause` is borrowed for the call; NULL: nobody, at 0. */
YATA_API YATA_CHECKED int yata_apply_update_as(yata_doc *doc, const uint8_t *update, size_t len,
                                               const yata_cause *cause, yata_applied *out);
YATA_API YATA_CHECKED int yata_apply_update_v2_as(yata_doc *doc, const uint8_t *update, size_t len,
                                                  const yata_cause *cause, yata_applied *out);

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

/** Append the state vector that a document has which took this update alone. */
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

/** Append what of the update the state vector lacks, as Y.diffUpdate. */
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

/* ---- transactions ------------------------------------------------------------------------- */

/**
 * Begin a transaction: local edits are made in one. They do not nest.
 *
 * Returns 0, or YATA_ERR_STATE (one is open), YATA_ERR_NOMEM.
 */
YATA_API YATA_CHECKED int yata_txn_begin(yata_doc *doc);

/** The same, with who makes it: `cause` is borrowed for the call; NULL: nobody, at 0. */
YATA_API YATA_CHECKED int yata_txn_begin_as(yata_doc *doc, const yata_cause *cause);

/**
 * End the transaction, and append the update that carries it to other replicas.
 *
 * @update_out  may be NULL; nothing is appended when the transaction changed nothing.
 *
 * Returns 0, or YATA_ERR_STATE (none is open), YATA_ERR_NOMEM: the transaction is then still
 * open and can be committed again or aborted.
 */
YATA_API YATA_CHECKED int yata_txn_commit(yata_doc *doc, yata_buf *update_out);

/** Undo everything since yata_txn_begin and end the transaction. No-op when none is open. */
YATA_API void yata_txn_abort(yata_doc *doc);

/* ---- shared types ------------------------------------------------------------------------- */

/**
 * A handle to a shared type: copied freely, never owned. When its type is deleted, every call
 * with it returns YATA_ERR_GONE; it is never valid again. {0, 0} is no type.
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
 * replicas see). In or outside of a transaction.
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

/** The type's kind; YATA_KIND_NONE when the handle's type is gone. */
YATA_API enum yata_kind yata_type_kind(const yata_doc *doc, yata_type type);

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
  YATA_ANY_JSON, /* read only: JSON text as written by old clients and by embeds */
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

/** What a map key or an array index holds: a shared type, or a plain value. */
typedef struct yata_value {
  yata_type type; /* slot 0: it is `any` */
  yata_any any;   /* its bytes are borrowed from the document until that changes */
  void *owned;    /* nodes of arrays and objects; yata_value_deinit frees them */
  size_t owned_bytes;
  const yata_allocator *alloc;
} yata_value;

/** Free what a getter put into the value. Safe on a zeroed one and after the document changed,
 *  not after it was destroyed when it has its own allocator. */
YATA_API void yata_value_deinit(yata_value *value);

/** Convenience: values that borrow what they are given. */
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

/** Set a key to a new, empty shared type (ARRAY, MAP or TEXT) and hand out its handle. */
YATA_API YATA_CHECKED int yata_map_set_type(yata_doc *doc, yata_type map, const char *key, size_t key_len,
                                            enum yata_kind kind, yata_type *out);

/**
 * Get what a key holds. Call yata_value_deinit when done with it.
 *
 * Returns 0, or YATA_ERR_NOT_FOUND, YATA_ERR_GONE, YATA_ERR_KIND, YATA_ERR_NOMEM.
 */
YATA_API YATA_CHECKED int yata_map_get(const yata_doc *doc, yata_type map, const char *key, size_t key_len,
                                       yata_value *out);

/** Delete a key. YATA_ERR_NOT_FOUND when it holds nothing; else as yata_map_set. */
YATA_API YATA_CHECKED int yata_map_delete(yata_doc *doc, yata_type map, const char *key, size_t key_len);

/** The number of keys that hold something. */
YATA_API YATA_CHECKED int yata_map_length(const yata_doc *doc, yata_type map, uint32_t *out);

/**
 * Walk the keys in the order in which this replica first saw them: start with *cursor 0, and
 * call until YATA_ERR_NOT_FOUND. The document must not change in between.
 *
 * @key  borrowed until the document changes; not NUL-terminated.
 */
YATA_API YATA_CHECKED int yata_map_next(const yata_doc *doc, yata_type map, uint32_t *cursor, yata_slice *key);

/* ---- array -------------------------------------------------------------------------------- */

YATA_API YATA_CHECKED int yata_array_length(const yata_doc *doc, yata_type array, uint32_t *out);

/** Get the value at an index. As yata_map_get, with YATA_ERR_RANGE instead of NOT_FOUND. */
YATA_API YATA_CHECKED int yata_array_get(const yata_doc *doc, yata_type array, uint32_t index, yata_value *out);

/** Insert values before an index (0 .. length). Errors as yata_map_set, and YATA_ERR_RANGE. */
YATA_API YATA_CHECKED int yata_array_insert(yata_doc *doc, yata_type array, uint32_t index, const yata_any *values,
                                            size_t count);

/** Insert one new, empty shared type (ARRAY, MAP or TEXT). */
YATA_API YATA_CHECKED int yata_array_insert_type(yata_doc *doc, yata_type array, uint32_t index, enum yata_kind kind,
                                                 yata_type *out);

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

/* ---- export ------------------------------------------------------------------------------- */

/**
 * Append a shared type, or with {0, 0} the whole document (an object of its roots), as JSON.
 *
 * Text is a string without its formatting, XML a string of markup, binary a base64 string, a
 * bigint its digits; numbers that JSON lacks are null, undefined is left out of objects and null
 * in arrays. A root that nobody asked for by kind is shown as what its content looks like. Returns 0, YATA_ERR_GONE or
 * _NOMEM; YATA_ERR_LIMIT when types are nested more than 200 deep.
 */
YATA_API YATA_CHECKED int yata_to_json(const yata_doc *doc, yata_type type, yata_buf *out);

#ifdef __cplusplus
}
#endif

#endif
