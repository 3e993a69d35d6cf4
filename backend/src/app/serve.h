/* SPDX-License-Identifier: MIT */
#ifndef YOKE_APP_SERVE_H
#define YOKE_APP_SERVE_H

#include "base/buf.h"
#include "base/config.h"

/**
 * Run the server until SIGTERM or SIGINT, then flush, acknowledge and close.
 *
 * Returns 0 after an orderly end; otherwise the error of what could not be
 * started, with lines for the user in @error; ERR_TIMEOUT when it had to end
 * before everything was saved.
 */
MUST_USE int serve(const struct config *config, struct buf *error);

#endif
