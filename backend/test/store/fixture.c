/* SPDX-License-Identifier: MIT */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/random.h"

enum { WAIT_MS = 15000 };

void fixture_init(struct fixture *f, const struct backend *backend) {
  *f = (struct fixture){.backend = backend, .limits = LIMITS_DEFAULT};
  snprintf(f->dir, sizeof f->dir, "/tmp/yoke-store-XXXXXX");
  assert_non_null(mkdtemp(f->dir));
  assert_int_equal(metrics_create(&f->metrics), 0);
  if (backend->start) assert_int_equal(backend->start(f->dir), 0);
}

void fixture_open(struct fixture *f) {
  assert_int_equal(random_id(f->room), 0);
  f->snapshot = 0;
  assert_int_equal(loop_create(NULL, &f->loop), 0);
  f->store = f->backend->open(f->dir, f->loop, f->metrics, &f->limits);
  assert_non_null(f->store);
}

void fixture_close(struct fixture *f) {
  store_destroy(f->store);
  loop_destroy(f->loop);
  f->store = NULL;
  f->loop = NULL;
}

void fixture_deinit(struct fixture *f) {
  if (f->backend->stop) f->backend->stop(f->dir);
  char command[128];
  snprintf(command, sizeof command, "rm -rf '%s'", f->dir);
  assert_int_equal(system(command), 0);
  metrics_destroy(f->metrics);
}

void on_outcome(void *ctx, int err) {
  struct outcome *o = ctx;
  o->calls++;
  o->err = err;
}

void on_appended(void *ctx, int err, uint64_t seq) {
  struct outcome *o = ctx;
  o->seq = seq;
  on_outcome(ctx, err);
}

static void wait_calls(struct fixture *f, const int *calls) {
  assert_int_equal(*calls, 0); /* never before the call that started it returned */
  uint64_t end = clock_mono_ms() + WAIT_MS;
  while (!*calls && clock_mono_ms() < end) assert_int_equal(loop_run_once(f->loop, 50), 0);
  assert_int_equal(*calls, 1);
}

void wait_for(struct fixture *f, const struct outcome *o) {
  if (!o->calls) wait_calls(f, &o->calls);
  assert_int_equal(o->calls, 1);
}

void run_for(struct fixture *f, uint64_t ms) {
  uint64_t end = clock_mono_ms() + ms;
  while (clock_mono_ms() < end) assert_int_equal(loop_run_once(f->loop, 10), 0);
}

struct store_status status_of(struct fixture *f) {
  struct store_status s;
  f->store->ops->status(f->store, &s);
  return s;
}

void wait_up(struct fixture *f, bool up) {
  uint64_t end = clock_mono_ms() + WAIT_MS;
  while (status_of(f).up != up && clock_mono_ms() < end) run_for(f, 10);
  assert_int_equal(status_of(f).up, up);
}

static void copy_text(char out[64], const char *text) {
  snprintf(out, 64, "%s", text);
}

void on_loaded_copy(void *ctx, int err, const struct store_loaded *loaded) {
  struct loaded_copy *c = ctx;
  c->calls++;
  c->err = err;
  if (err) {
    if (err != ERR_CORRUPT) assert_null(loaded);
    if (loaded) {
      snprintf(c->damage, sizeof c->damage, "%s", loaded->damage->what);
      c->damaged_seq = loaded->damage->seq;
    }
    return;
  }
  c->history_rows = loaded->history_rows;
  c->history_bytes = loaded->history_bytes;
  copy_text(c->name, loaded->room.name);
  copy_text(c->language, loaded->room.language);
  copy_text(c->owner_name, loaded->room.owner_name);
  copy_text(c->owner_mail, loaded->room.owner_mail);
  c->created_at = loaded->room.created_at;
  c->updated_at = loaded->room.updated_at;
  size_t used = 0;
  for (size_t i = 0; i < loaded->snapshot_count; i++) {
    const struct store_row *part = &loaded->snapshots[i];
    used += (size_t)snprintf(c->text + used, sizeof c->text - used, "%s%.*s", i ? "," : "", (int)part->len,
                             (const char *)part->data);
    if (i < 8) c->snapshots[i] = part->seq;
  }
  if (loaded->snapshot_count) used += (size_t)snprintf(c->text + used, sizeof c->text - used, "|");
  c->snapshot_count = loaded->snapshot_count;
  for (size_t i = 0; i < loaded->row_count && i < 512; i++) {
    const struct store_row *row = &loaded->rows[i];
    used += (size_t)snprintf(c->text + used, sizeof c->text - used, "%s%.*s", i ? "," : "", (int)row->len,
                             (const char *)row->data);
    c->seqs[i] = row->seq;
    c->at[i] = row->at;
    c->from[i] = row->from;
    c->updates[i] = row->updates;
    copy_text(c->author, row->author);
  }
  c->count = loaded->row_count;
}

int create_room(struct fixture *f, const char *id, const char *first) {
  struct outcome o = {0};
  struct store_room room = {id, "a room", "python", "rahul", "rahul@example.org", 1000, 1000};
  assert_int_equal(f->store->ops->create_room(f->store, &room, (const uint8_t *)first, strlen(first), on_outcome, &o),
                   0);
  wait_for(f, &o);
  return o.err;
}

int start_append(struct fixture *f, const char *id, const char *text, struct outcome *o) {
  struct blob *blob = blob_create(text, strlen(text));
  assert_non_null(blob);
  int err = f->store->ops->append(f->store, id, "ann", 2000, blob, on_appended, o);
  blob_unref(blob);
  return err;
}

int append_text(struct fixture *f, const char *id, const char *text, uint64_t *seq) {
  struct outcome o = {0};
  assert_int_equal(start_append(f, id, text, &o), 0);
  wait_for(f, &o);
  if (seq) *seq = o.seq;
  return o.err;
}

int load_room(struct fixture *f, const char *id, struct loaded_copy *out) {
  *out = (struct loaded_copy){0};
  assert_int_equal(f->store->ops->load(f->store, id, on_loaded_copy, out), 0);
  wait_calls(f, &out->calls);
  return out->err;
}

int read_history(struct fixture *f, const char *id, struct store_span span, struct loaded_copy *out) {
  *out = (struct loaded_copy){0};
  assert_int_equal(f->store->ops->history(f->store, id, &span, on_loaded_copy, out), 0);
  wait_calls(f, &out->calls);
  return out->err;
}

int compact_room(struct fixture *f, const char *id, const uint64_t *seqs, size_t count, const char *snapshot) {
  struct outcome o = {0};
  struct blob *blob = blob_create(snapshot, strlen(snapshot));
  struct store_parts parts = {&f->snapshot, f->snapshot ? 1 : 0, seqs, count};
  assert_int_equal(f->store->ops->compact(f->store, id, &parts, blob, on_appended, &o), 0);
  blob_unref(blob);
  wait_for(f, &o);
  if (!o.err) f->snapshot = o.seq;
  return o.err;
}

int delete_room(struct fixture *f, const char *id) {
  struct outcome o = {0};
  assert_int_equal(f->store->ops->delete_room(f->store, id, on_outcome, &o), 0);
  wait_for(f, &o);
  return o.err;
}

int flush_store(struct fixture *f) {
  struct outcome o = {0};
  assert_int_equal(f->store->ops->flush(f->store, on_outcome, &o), 0);
  wait_for(f, &o);
  return o.err;
}

int ping_store(struct fixture *f) {
  struct outcome o = {0};
  assert_int_equal(f->store->ops->ping(f->store, on_outcome, &o), 0);
  wait_for(f, &o);
  return o.err;
}
