/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_SIM_FLAKY_H
#define YOKE_TEST_SIM_FLAKY_H

#include "disk.h"
#include "op.h"
#include "report.h"

/*
 * A store behind the real port, as bad as the port allows: slow, away, failing, answering late, unsure of its own
 * commits. Writes are committed in the order of the calls, a group at a time; a compaction, which names its rows, may
 * be overtaken by later appends. One for each life of a server; what it committed is in the disk that they share.
 */

/* How often, in thousandths of the occasions. */
struct flaky_odds {
  uint32_t commit_fails, commit_unknown, slow, answer_late;
  uint32_t append_fails, append_mistaken, append_refused;
  uint32_t load_fails, load_damaged;
  uint32_t compact_fails, compact_mistaken, compact_overtaken;
  uint32_t ghost; /* of crashes: what was begun is committed later */
};

enum { FLAKY_GHOST_MAX_MS = 2000 };

/* Stores and servers that lose data: the simulation must notice. */
enum sabotage {
  SABOTAGE_NONE,
  SABOTAGE_ACK_EARLY,     /* appends complete before they are committed */
  SABOTAGE_DROP_DELETION, /* one update that only deletes is acknowledged and stored as one that does nothing */
  SABOTAGE_COMPACT_RANGE, /* compaction takes away all rows up to the newest, whether its snapshot holds them or not */
  SABOTAGE_COMPACT_SNAPSHOTS, /* compaction takes away all other snapshots, another server's included */
  SABOTAGE_EMPTY_LOAD,        /* a load that fails gives an empty room */
  SABOTAGE_KINDS
};

const char *sabotage_name(enum sabotage sabotage);

struct flaky {
  struct store store; /* first */
  struct disk *disk;
  struct timeline *time;
  struct report *report;
  struct dice *dice;
  struct flaky_odds odds;
  enum sabotage sabotage;
  bool *sabotaged; /* the one deletion is dropped */
  const struct limits *limits;
  struct op_list queue, flight, compactions, reads, early;
  struct op_list ghosts;  /* of a dead server; see odds.ghost */
  uint64_t calls;         /* so far; orders them */
  bool committed;         /* the flight is on disk and waits for its answers */
  bool starting;          /* a batch is about to start */
  bool dead;              /* the server is gone */
  uint64_t away_until_ms; /* nothing gets through before */
  uint64_t backlog_bytes;
};

/** The caller's storage; it must stay until the timeline is done with it. */
void flaky_init(struct flaky *s, struct disk *disk, struct timeline *time, struct report *report, struct dice *dice,
                const struct flaky_odds *odds, const struct limits *limits);
/** The server dies: what was in flight is on disk or not, or will be within FLAKY_GHOST_MAX_MS; the rest is lost.
 * Outstanding calls complete, to be freed, with ERR_CANCELLED: nothing of that may get out. */
void flaky_crash(struct flaky *s);
void flaky_deinit(struct flaky *s);
/** Nothing gets through for so long. */
void flaky_away(struct flaky *s, uint64_t ms);
bool flaky_idle(const struct flaky *s);

/* ---- between flaky.c and flaky_port.c ---- */

extern const struct store_ops flaky_ops;
/** Answer a call and forget it. */
void flaky_finish(struct flaky *s, struct op *op, int err);
/** Start a batch so much later, unless one is under way. */
void flaky_kick(struct flaky *s, uint64_t delay_ms);
void flaky_on_compact(void *ctx);
void flaky_on_reads(void *ctx);

#endif
