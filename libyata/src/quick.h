/* SPDX-License-Identifier: MIT */
/* The updates that typing makes: one run of text, or one deletion within one item. */
#ifndef YATA_QUICK_H
#define YATA_QUICK_H

#include "integrate.h"

/**
 * Apply an update if it is of the commonest kinds and needs neither memory nor a journal: true when it did, and
 * then as a transaction would have; false when nothing has changed and the long way has to be gone.
 */
bool yata_apply_quick(struct yata_doc *doc, const uint8_t *update, size_t len);

#endif
