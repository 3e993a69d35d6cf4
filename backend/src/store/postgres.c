/* SPDX-License-Identifier: MIT */
#include "store/postgres.h"

#include <stdlib.h>

#include "store/core.h"
#include "store/core_ops.h"
#include "store/pg_reader.h"
#include "store/pg_writer.h"

struct postgres_store {
  struct core core; /* first */
  struct pg_writer *writer;
  struct pg_reader *reader;
};

static struct postgres_store *store_of(struct core *core) {
  return (struct postgres_store *)core;
}

static bool driver_can_write(struct core *core) {
  return pg_writer_ready(store_of(core)->writer);
}
static bool driver_can_read(struct core *core) {
  return pg_reader_ready(store_of(core)->reader);
}
static void driver_write(struct core *core, struct request *batch) {
  pg_writer_commit(store_of(core)->writer, batch);
}
static void driver_read(struct core *core, struct request *r) {
  pg_reader_answer(store_of(core)->reader, r);
}

/** A connection came or went. Up means that both are there. */
static void on_state(struct core *core, const char *reason) {
  struct postgres_store *s = store_of(core);
  if (core->stopping) return;
  if (reason)
    core_set_down(core, reason);
  else if (pg_writer_ready(s->writer) && pg_reader_ready(s->reader))
    core_set_up(core);
  core_kick(core);
}

static void driver_stop(struct core *core) {
  struct postgres_store *s = store_of(core);
  pg_writer_destroy(s->writer);
  pg_reader_destroy(s->reader);
  s->writer = NULL;
  s->reader = NULL;
}

static void driver_free(struct core *core) {
  free(store_of(core));
}

static const struct core_driver driver = {
    .kind = "postgresql",
    .can_write = driver_can_write,
    .can_read = driver_can_read,
    .write = driver_write,
    .read = driver_read,
    .stop = driver_stop,
    .free = driver_free,
};

int postgres_store_create(const struct postgres_store_options *options, struct store **out, struct buf *error) {
  if (!options->db->host || !options->db->host[0]) {
    (void)!buf_append_str(error, "no database host is given");
    return ERR_INVALID;
  }
  struct postgres_store *s = calloc(1, sizeof *s);
  if (!s) return ERR_NOMEM;
  struct core_options core = {&core_store_ops, &driver, options->loop, options->metrics, options->limits};
  int err = core_init(&s->core, &core);
  if (!err) err = pg_writer_create(&(struct pg_writer_options){options->db, &s->core, on_state}, &s->writer);
  if (!err) err = pg_reader_create(&(struct pg_reader_options){options->db, &s->core, on_state}, &s->reader);
  if (err) {
    (void)!buf_printf(error, "cannot start the database connections: %s", err_text(err));
    driver_stop(&s->core);
    core_deinit(&s->core);
    driver_free(&s->core);
    return err;
  }
  *out = &s->core.store;
  return 0;
}
