/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_STORE_FIXTURE_H
#define YOKE_TEST_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/loop.h"
#include "base/metrics.h"
#include "port/store.h"
#include "store/dump.h"

enum { ROOM_ID_SIZE = 32 };

/** A kind of store under test. */
struct backend {
  const char *name;
  int (*start)(const char *dir); /* once, in an empty folder; 0 or -1 */
  void (*stop)(const char *dir);
  struct store *(*open)(const char *dir, struct loop *loop, struct metrics *metrics, const struct limits *limits);
  void (*down)(const char *dir); /* make it fail */
  void (*up)(const char *dir);
  int (*read)(const char *dir, struct dump_reader **out, struct buf *error);
  int (*sql)(const char *dir, const char *sql); /* as somebody else: statements in the dialect of both; 0 or -1 */
};

struct fixture {
  const struct backend *backend;
  char dir[64];
  struct limits limits;
  struct metrics *metrics;
  struct loop *loop;
  struct store *store;
  char room[ROOM_ID_SIZE]; /* a fresh id for each test */
  uint64_t snapshot;       /* of the last compaction since it was opened, 0: none */
};

void fixture_init(struct fixture *f, const struct backend *backend);
void fixture_open(struct fixture *f);   /* a new loop and store */
void fixture_close(struct fixture *f);  /* destroys both */
void fixture_deinit(struct fixture *f); /* removes the folder */

/** A completion as it came. */
struct outcome {
  int calls; /* how often it was called: never more than 1 */
  int err;
  uint64_t seq;
};

void on_outcome(void *ctx, int err);
void on_appended(void *ctx, int err, uint64_t seq);

/** Run the loop until the outcome is there; fails the test after fifteen seconds. */
void wait_for(struct fixture *f, const struct outcome *o);
void run_for(struct fixture *f, uint64_t ms);

struct store_status status_of(struct fixture *f);
void wait_up(struct fixture *f, bool up); /* until status says so; fails the test after fifteen seconds */

/** What a load gave: payloads as strings joined by ','; the snapshots before a '|'. */
struct loaded_copy {
  int calls, err;
  uint64_t damaged_seq;
  char damage[160]; /* with ERR_CORRUPT */
  char text[8192];
  uint64_t seqs[512], at[512];
  size_t count;
  uint64_t snapshots[8];
  size_t snapshot_count;
  char name[64], language[64], owner_name[64], owner_mail[64], author[64]; /* author of the last row */
  uint64_t created_at, updated_at, history_rows, history_bytes;
  uint64_t from[512], updates[512];
};

void on_loaded_copy(void *ctx, int err, const struct store_loaded *loaded);

/* Start, wait, return the outcome's err. */
int create_room(struct fixture *f, const char *id, const char *first);
int append_text(struct fixture *f, const char *id, const char *text, uint64_t *seq);
int start_append(struct fixture *f, const char *id, const char *text, struct outcome *o); /* does not wait */
int load_room(struct fixture *f, const char *id, struct loaded_copy *out);
int read_history(struct fixture *f, const char *id, struct store_span span, struct loaded_copy *out);
/** In place of the snapshot of the compaction before. */
int compact_room(struct fixture *f, const char *id, const uint64_t *seqs, size_t count, const char *snapshot);
int delete_room(struct fixture *f, const char *id);
int flush_store(struct fixture *f);
int ping_store(struct fixture *f);

#endif
