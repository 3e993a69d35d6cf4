/* SPDX-License-Identifier: MIT */
/* Writing a document's state. */
#ifndef YATA_ENCODE_H
#define YATA_ENCODE_H

#include "store.h"

/** As yata_encode_state_as_update, but an update of our own: with embeds and formats as they are held. */
YATA_CHECKED int yata_encode_held(const struct yata_doc *doc, const uint8_t *sv, size_t sv_len, yata_buf *out);
/** Append a delete set: sorted ranges, joined. */
YATA_CHECKED int yata_encode_ranges(const struct yata_ranges *ranges, yata_buf *out);
/** Append all that is deleted, as a delete set. */
YATA_CHECKED int yata_encode_deleted(const struct yata_doc *doc, yata_buf *out);
/** What is kept of a client's deletions must be what they are: 0 or YATA_ERR_CORRUPT. */
YATA_CHECKED int yata_deleted_check(const struct yata_doc *doc, const struct yata_client *c);
/** Order the clients that the transaction touched, the highest id first, and count those that wrote something. */
uint32_t yata_txn_writers(struct yata_doc *doc);
/** Bytes that yata_encode_txn asks for at most, now or once the transaction is cleaned up, which makes it no longer. */
size_t yata_txn_bound(const struct yata_doc *doc);
/** Append the update of the open transaction. */
YATA_CHECKED int yata_encode_txn(struct yata_doc *doc, yata_buf *out);
struct yata_v2_out;
/** Write it in version 2 and throw it away: it can then be written once more without a failure. */
YATA_CHECKED int yata_rehearse_txn_v2(struct yata_doc *doc, struct yata_v2_out *v2, yata_buf *out);
/** As yata_encode_txn in version 2. */
YATA_CHECKED int yata_encode_txn_v2(struct yata_doc *doc, struct yata_v2_out *v2, yata_buf *out);

/** A state vector that came from outside: sorted by client, the last of a client's entries. */
struct yata_sv {
  struct yata_missing *v;
  uint32_t n, cap;
};
YATA_CHECKED int yata_sv_read(struct yata_mem *mem, const uint8_t *sv, size_t len, struct yata_sv *out);
void yata_sv_deinit(struct yata_mem *mem, struct yata_sv *sv);
uint32_t yata_sv_get(const struct yata_sv *sv, uint64_t client, bool *found);

#endif
