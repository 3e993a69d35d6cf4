/* SPDX-License-Identifier: MIT */
/* Sub-documents: which there are, and what a transaction did to them. */
#ifndef YATA_SUBDOC_H
#define YATA_SUBDOC_H

#include "store.h"

/** An item that holds a sub-document was integrated. */
YATA_CHECKED int yata_subdoc_added(struct yata_doc *doc, uint32_t h);
/** It is about to be deleted. */
YATA_CHECKED int yata_subdoc_deleting(struct yata_doc *doc, uint32_t h);
/** The transaction stands: bring doc->subdocs up to date. Before anything is collected; cannot fail. */
void yata_subdocs_settle(struct yata_doc *doc);
/** How many the transaction deleted. */
uint32_t yata_subdocs_removed(const struct yata_doc *doc);

/** Note for observers what happens to the one in an item: an enum yata_subdoc_kind. */
YATA_CHECKED int yata_subdoc_log(struct yata_doc *doc, uint32_t h, uint8_t what);
/** Its guid, borrowed, and its options, for yata_value_deinit. */
YATA_CHECKED int yata_subdoc_read(const struct yata_doc *doc, const struct yata_item *it, yata_slice *guid,
                                  yata_value *options);
/** An option as JavaScript takes it for true or false; `otherwise` where it is not given. */
bool yata_subdoc_option(const yata_any *options, const char *name, bool otherwise);
bool yata_subdoc_is_there(const struct yata_doc *doc, struct yata_unit at);

#endif
