/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_CORE_H
#define YOKE_STORE_CORE_H

#include "base/limits.h"
#include "base/loop.h"
#include "base/metrics.h"
#include "store/request.h"

/*
 * What every adapter has in common: the order of writes, group commit,
 * the backlog, deadlines, retries, who is told what and when. An adapter
 * embeds struct core first and adds a driver that talks to its database.
 *
 * Writes form one queue. One batch at a time is with the driver; the next one
 * starts at the end of the loop turn in which the previous one returned. A
 * batch that failed goes back to the front of the queue and is tried again
 * with back-off, so that nothing accepted is lost while the process lives.
 */

#define CORE_REASON_MAX 160

struct core;

struct core_driver {
  const char *kind; /* "sqlite", "postgresql" */

  /** May write()/read() be called now? Call core_kick() when that changes to yes. */
  bool (*can_write)(struct core *core);
  bool (*can_read)(struct core *core);

  /** Commit @batch (linked by next) in one transaction; set each request's err and seq; then core_write_done(), later.
   */
  void (*write)(struct core *core, struct request *batch);

  /** Answer a load, list or ping; then core_read_done(), later. */
  void (*read)(struct core *core, struct request *r);

  /** Finish with the database: give back what is finished, touch no request afterwards. */
  void (*stop)(struct core *core);

  void (*free)(struct core *core); /* the memory, the core included */
};

enum { CORE_BATCH_MAX = 2048 }; /* requests in one commit; a power of two */

struct core {
  struct store store; /* first: this is what the port hands out */
  const struct core_driver *driver;
  struct loop *loop;
  struct limits limits;
  struct loop_defer *defer;
  struct loop_timer *tick;

  struct request_list queue;               /* writes accepted, by ticket */
  struct request_list flight;              /* the batch with the driver: lower tickets than the queue's */
  struct request_list waiting;             /* reads and flushes not started, oldest first */
  struct request_list reading;             /* with the driver */
  struct request *timed_head, *timed_tail; /* unanswered with a deadline, earliest first */
  uint64_t next_ticket;                    /* starts at 1 */
  uint64_t backlog_bytes;
  size_t isolate; /* so many writes go one to a batch: one of them was refused */

  struct request *by_room[CORE_BATCH_MAX * 2]; /* while a batch is made: its appends by their room's hash */

  uint64_t retry_at_ms;      /* no batch before; 0: at once */
  uint64_t backoff_ms;       /* next pause */
  uint64_t failing_since_ms; /* first failure since the last good commit; 0: none */
  uint64_t flight_since_us;
  bool up, stopping;
  char reason[CORE_REASON_MAX];

  struct metric_histogram *m_commit;
  struct metric_counter *m_rows, *m_errors;
  struct metric_gauge *m_backlog, *m_up;
};

struct core_options {
  const struct store_ops *ops; /* core_store_ops, but for a test's */
  const struct core_driver *driver;
  struct loop *loop;
  struct metrics *metrics;     /* NULL: not measured */
  const struct limits *limits; /* copied */
};

/** Set up; the store counts as down until core_set_up(). ERR_NOMEM. */
MUST_USE int core_init(struct core *core, const struct core_options *options);
/** Undo core_init() of a store that was never handed out. */
void core_deinit(struct core *core);

/**
 * The driver is finished with the batch. @err:
 *   0            committed, on disk; each request's err and seq hold
 *   ERR_INVALID  the database refused something in it: tried again one by one,
 *                and what is refused alone is answered so
 *   ERR_BUSY     another process or transaction is in the way: tried again at once, down after a second
 *   else         tried again with back-off, down at once
 * @reason says why in a few words; borrowed; may be NULL when @err is 0.
 */
void core_write_done(struct core *core, int err, const char *reason);
void core_read_done(struct core *core, struct request *r, int err, const char *reason);

void core_set_down(struct core *core, const char *reason);
/** The database answers again: up, unless the last commit failed and none succeeded since. */
void core_set_up(struct core *core);
/** Answer @r with ERR_UNAVAILABLE unless it is finished store_timeout_ms from now. */
void core_time(struct core *core, struct request *r);

/** The port's destroy. */
void core_destroy(struct core *core);

void core_kick(struct core *core); /* look for work at the end of this loop turn */

#endif
