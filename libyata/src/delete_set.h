/* SPDX-License-Identifier: MIT */
/* State vectors and delete sets as values, as parts of something longer. */
#ifndef YATA_DELETE_SET_H
#define YATA_DELETE_SET_H

#include "update.h"

/** Read one and stop behind it; replaces what the value holds. */
YATA_CHECKED int yata_state_vector_read(struct yata_rd *rd, yata_state_vector *sv);
YATA_CHECKED int yata_delete_set_read(struct yata_rd *rd, bool v2, yata_delete_set *ds);

/** The first range of the client that ends behind the clock; or where it would stand. */
uint32_t yata_delete_set_find(const yata_delete_set *ds, uint64_t client, uint64_t clock);

#endif
