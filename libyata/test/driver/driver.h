/* SPDX-License-Identifier: MIT */
/* What the operations of yata-driver share. Requests and answers on stdin and stdout: a 32-bit
 * little-endian length, then that many bytes. A request is an operation's name behind its length
 * (one byte), a document's number (one byte) and arguments; an answer is a 32-bit status and data.
 * Every document is checked after every operation on it, large ones now and then. */
#ifndef YATA_DRIVER_H
#define YATA_DRIVER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <yata.h>

#define DRIVER_DOCS 64
#define DRIVER_PLACES 64
#define DRIVER_CHECK_FAILED (-100)

/* One document, and what the tests hold beside it. */
struct peer {
  yata_doc *doc;
  size_t credit; /* items that may be checked before the next check is due */
  /* Handles by number, so that requests can follow one another without waiting for answers. A
   * handle in a request whose slot is DRIVER_PLACE names the place by its generation. */
  yata_type places[DRIVER_PLACES];
};

#define DRIVER_PLACE UINT32_MAX

/* The bytes of a request that have not been read yet, and the document it is about. */
struct request {
  const uint8_t *p, *end;
  struct peer *peer;
  struct peer *peers; /* all of them */
};

/* An operation: it reads its arguments, appends what it answers and returns a status. */
struct operation {
  const char *name;
  int (*run)(struct request *r, yata_doc *doc, yata_buf *out);
  bool without_document; /* doc may be NULL */
};

/* A list of operations ends with a name that is NULL. main.c names every list. */
extern const struct operation driver_documents[];
extern const struct operation driver_updates[];
extern const struct operation driver_texts[];
extern const struct operation driver_maps[];
extern const struct operation driver_arrays[];
extern const struct operation driver_events[];
extern const struct operation driver_undo[];
extern const struct operation driver_formats[];
extern const struct operation driver_xml[];
extern const struct operation driver_subdocs[];
extern const struct operation driver_snapshots[];
extern const struct operation driver_positions[];

/* ---- arguments: past the end of a request everything is zero ------------------------------- */

uint8_t driver_u8(struct request *r);
uint32_t driver_u32(struct request *r);
uint64_t driver_u64(struct request *r);
/** 32-bit length and bytes: borrowed from the request. */
yata_slice driver_bytes(struct request *r);
/** All that is left. */
yata_slice driver_rest(struct request *r);
/** A NUL-terminated copy, valid until the next request. */
const char *driver_name(struct request *r);
yata_type driver_type(struct request *r);
yata_any driver_any(struct request *r);
/** 't', 'm', 'a', and for XML 'e' (element), 'f' (fragment), 'h' (hook), 'x' (text). */
enum yata_kind driver_kind(struct request *r);
/** Memory until the next request; zeroed. */
void *driver_take(size_t size);
void driver_forget(void);

/** The type embedded in a text at an index, found by walking the runs. */
int driver_embedded(yata_doc *doc, yata_type text, uint32_t index, yata_type *out);

/* ---- answers ------------------------------------------------------------------------------ */

int driver_put(yata_buf *out, const void *data, size_t len);
int driver_put_u32(yata_buf *out, uint32_t v);
int driver_put_u64(yata_buf *out, uint64_t v);
int driver_put_slice(yata_buf *out, yata_slice s);
int driver_put_type(yata_buf *out, yata_type t);

/* ---- answers in JSON ---------------------------------------------------------------------- */

void driver_json(yata_buf *out, const char *s);
void driver_json_string(yata_buf *out, yata_slice s);
/** End a list: its last comma goes. */
void driver_json_close(yata_buf *out, const char *end);
void driver_json_any(yata_buf *out, const yata_any *any);
void driver_json_value(yata_buf *out, const yata_value *v);

#endif
