/* SPDX-License-Identifier: MIT */
#ifndef YOKE_APP_DOCTOR_H
#define YOKE_APP_DOCTOR_H

#include "base/config.h"

/**
 * `yoke doctor`: read every room (or only @room_id) to its last row and print a line for each; changes nothing, and
 * may run beside a server. Returns what the process ends with: PLACE_DAMAGED when anything is damaged.
 */
MUST_USE int doctor(const struct config *config, const char *room_id, struct buf *error);

#endif
