/* SPDX-License-Identifier: MIT */
#ifndef YOKE_BASE_WORKER_H
#define YOKE_BASE_WORKER_H

#include <stdbool.h>

#include "base/err.h"
#include "base/loop.h"

/* One thread for work that would hold up the loop; jobs run in the order of the calls. */
struct worker;

/** Every call below is made on the loop's thread. ERR_NOMEM, ERR_IO (no thread, no descriptor). */
MUST_USE int worker_create(struct loop *loop, struct worker **out);

/** Waits for the job under way; the done of every job that is left is called, with @ran as it was. NULL accepted. */
void worker_destroy(struct worker *worker);

/**
 * Run work(ctx) on the thread, then done(ctx, true) on the loop, never before
 * this returns. Between the two calls @ctx belongs to the thread.
 * ERR_NOMEM: neither is called.
 */
MUST_USE int worker_run(struct worker *worker, loop_fn work, void (*done)(void *ctx, bool ran), void *ctx);

#endif
