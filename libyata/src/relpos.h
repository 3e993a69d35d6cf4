/* SPDX-License-Identifier: MIT */
#ifndef YATA_RELPOS_H
#define YATA_RELPOS_H

#include "wire.h"

/** Append to the name of the position's root. */
YATA_CHECKED int yata_relpos_name(yata_relpos *pos, yata_slice name);
/** Put a new position in place of the old one or, on error, drop it. Returns err. */
YATA_CHECKED int yata_relpos_replace(yata_relpos *pos, yata_relpos *fresh, int err);

#endif
