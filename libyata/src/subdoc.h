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

#endif
