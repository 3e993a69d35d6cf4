/* SPDX-License-Identifier: MIT */
/* Lets the members of rooms type, and counts what reaches the others. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <yata.h>

#include "base/clock.h"
#include "base/loop.h"
#include "base/random.h"
#include "latency.h"
#include "member.h"
#include "options.h"
#include "server.h"
#include "typing.h"
#include "wire/yproto.h"

enum {
  SENT_RING = 4096,         /* edits of one member whose time of sending is remembered */
  CLIENT_BASE = 0x50000000, /* client ids of the size that editors have */
  SYNC_TIMEOUT_MS = 30000,
  DRAIN_TIMEOUT_MS = 20000,
  SETTLE_MS = 1500
};

struct typist {
  struct member member; /* first: the events give it */
  struct load *load;
  unsigned room;
  uint64_t sent;     /* edits so far; the clock of the next */
  uint64_t received; /* own edits as received by others, each counted once */
  uint64_t due_us;   /* at a given rate: when the next edit is typed */
  uint64_t asked_us; /* when the edit was sent whose `saved` is awaited; 0: none */
  bool synced;
  uint64_t *sent_us; /* SENT_RING */
};

/* A member that reads the whole document at the end. */
struct reader {
  struct member member;
  struct load *load;
  uint64_t wanted, found;
  bool done;
};

struct counts {
  uint64_t edits, delivered, bytes_in, bytes_out;
  struct latency others, saved;
};

struct load {
  struct options options;
  struct server server;
  struct loop *loop;
  struct typist *typists;
  size_t typist_count, synced;
  char (*room_ids)[64];
  struct counts counts;
  bool failed;
};

static void on_gone(struct member *member, const char *why) {
  struct load *load = ((struct typist *)member)->load;
  if (!load->failed) fprintf(stderr, "load: a member lost its connection: %s\n", why);
  load->failed = true;
}

static void reader_gone(struct member *member, const char *why) {
  fprintf(stderr, "load: the reader lost its connection: %s\n", why);
  ((struct reader *)member)->load->failed = true;
}

/* ---- what members hear ---- */

static void on_edit(struct typist *self, uint64_t client, uint64_t clock, uint64_t now_us) {
  struct load *load = self->load;
  uint64_t index = client - CLIENT_BASE;
  if (client < CLIENT_BASE || index >= load->typist_count) return;
  struct typist *from = &load->typists[index];
  if (from == self) return; /* an echo: no delivery */
  from->received++;
  load->counts.delivered++;
  if (from->sent - clock <= SENT_RING) latency_add(&load->counts.others, now_us - from->sent_us[clock % SENT_RING]);
}

static void on_message(struct member *member, const uint8_t *data, size_t len, uint64_t now_us) {
  struct typist *self = (struct typist *)member;
  uint64_t client, clock;
  if (typing_read(data, len, &client, &clock)) {
    on_edit(self, client, clock, now_us);
  } else if (len > 0 && data[0] == YPROTO_TYPE_SAVED) {
    latency_add(&self->load->counts.saved, now_us - self->asked_us);
    self->asked_us = 0;
  } else if (len > 1 && data[0] == 0 && data[1] == 1 && !self->synced) {
    self->synced = true;
    self->load->synced++;
  }
}

static void reader_message(struct member *member, const uint8_t *data, size_t len, uint64_t now_us) {
  struct reader *reader = (struct reader *)member;
  struct yproto_message message;
  (void)now_us;
  if (yproto_decode(data, len, &message, NULL) || message.kind != YPROTO_SYNC_STEP2) return;
  yata_doc *doc = NULL;
  yata_type text;
  uint32_t units = 0;
  int err = yata_doc_create(NULL, &doc);
  if (!err) err = yata_apply_update(doc, message.data, message.len, NULL);
  if (!err) err = yata_text(doc, TYPING_ROOT, &text);
  if (!err) err = yata_text_length(doc, text, &units);
  if (err) fprintf(stderr, "load: the document cannot be read: %s\n", yata_strerror(err));
  yata_doc_destroy(doc);
  reader->found = units;
  reader->done = true;
}

static const struct member_events typist_events = {on_message, on_gone};
static const struct member_events reader_events = {reader_message, reader_gone};

/* ---- typing ---- */

/* Editors ask for every edit. Flat out that would be most of the load: one of a room does. */
static bool asks(const struct typist *t) {
  const struct options *o = &t->load->options;
  return o->rate > 0 || (size_t)(t - t->load->typists) % o->members == 0;
}

static int type_one(struct typist *t, uint64_t now_us) {
  struct buf message = BUF_INIT;
  int err = typing_append(&message, CLIENT_BASE + (uint64_t)(t - t->load->typists), t->sent);
  if (!err) err = member_send(&t->member, message.data, message.len);
  buf_clear(&message);
  if (!err && t->load->options.yoke && asks(t) && t->asked_us == 0) {
    t->asked_us = now_us;
    err = yproto_append_saved(&message, t->sent);
    if (!err) err = member_send(&t->member, message.data, message.len);
  }
  buf_deinit(&message);
  t->sent_us[t->sent % SENT_RING] = now_us;
  t->sent++;
  t->load->counts.edits++;
  return err;
}

static bool may_type(struct typist *t, uint64_t now_us) {
  const struct options *o = &t->load->options;
  if (t->member.fd < 0) return false;
  if (o->rate > 0) {
    if (now_us < t->due_us) return false;
    t->due_us += (uint64_t)(1e6 / o->rate);
    return true;
  }
  uint64_t others = o->members > 1 ? o->members - 1 : 1;
  return t->sent * others < t->received + o->window * others;
}

static uint64_t typed(const struct load *load) {
  uint64_t sum = 0;
  for (size_t i = 0; i < load->typist_count; i++) sum += load->typists[i].sent;
  return sum;
}

/* One turn of the loop: hear what there is, type what is due, write it. */
static void turn(struct load *load, bool typing) {
  if (loop_run_once(load->loop, 1)) load->failed = true;
  uint64_t now_us = clock_mono_us();
  for (size_t i = 0; i < load->typist_count; i++) {
    struct typist *t = &load->typists[i];
    if (typing && may_type(t, now_us) && type_one(t, now_us)) load->failed = true;
    member_flush(&t->member);
  }
}

static void type_for(struct load *load, double seconds) {
  uint64_t end_us = clock_mono_us() + (uint64_t)(seconds * 1e6);
  uint64_t most = load->options.edits;
  for (uint64_t rounds = 0; !load->failed && clock_mono_us() < end_us; rounds++) {
    if (rounds % 64 == 0 && typed(load) >= most) return;
    turn(load, true);
  }
}

static bool all_received(const struct load *load) {
  for (size_t i = 0; i < load->typist_count; i++) {
    const struct typist *t = &load->typists[i];
    if (t->received < t->sent * (load->options.members - 1) || t->asked_us) return false;
  }
  return true;
}

static void drain(struct load *load) {
  uint64_t end_ms = clock_mono_ms() + DRAIN_TIMEOUT_MS;
  while (!load->failed && !all_received(load)) {
    turn(load, false);
    if (clock_mono_ms() < end_ms) continue;
    fputs("load: not every edit reached every member in time\n", stderr);
    load->failed = true;
  }
}

/* ---- connecting ---- */

static void path_of(const struct load *load, unsigned room, char *out, size_t size) {
  snprintf(out, size, load->options.yoke ? "/api/v1/yjs/%s" : "/%s", load->room_ids[room]);
}

static int make_rooms(struct load *load) {
  load->room_ids = calloc(load->options.rooms, sizeof *load->room_ids);
  if (!load->room_ids) return ERR_NOMEM;
  int err = 0;
  for (unsigned i = 0; i < load->options.rooms && !err; i++) {
    snprintf(load->room_ids[i], sizeof load->room_ids[i], "room-%u", i);
    if (load->options.yoke) err = server_create_room(&load->server, load->room_ids[i], sizeof load->room_ids[i]);
  }
  return err;
}

static int open_member(struct load *load, struct member *member, const struct member_events *events, unsigned room) {
  static const uint8_t step1[] = {0, 0, 1, 0}; /* I have nothing */
  char path[128];
  path_of(load, room, path, sizeof path);
  int err = member_open(member, events, &load->server, path, load->options.yoke ? "yoke.v1" : NULL, load->loop);
  if (!err) err = member_send(member, step1, sizeof step1);
  if (!err) member_flush(member);
  return err;
}

static int connect_all(struct load *load) {
  const struct options *o = &load->options;
  load->typists = calloc((size_t)o->rooms * o->members, sizeof *load->typists);
  if (!load->typists) return ERR_NOMEM;
  while (load->typist_count < (size_t)o->rooms * o->members) {
    struct typist *t = &load->typists[load->typist_count];
    *t = (struct typist){.load = load, .room = (unsigned)load->typist_count / o->members, .member.fd = -1};
    load->typist_count++;
    t->sent_us = calloc(SENT_RING, sizeof *t->sent_us);
    int err = t->sent_us ? open_member(load, &t->member, &typist_events, t->room) : ERR_NOMEM;
    if (err) return err;
    if (load->typist_count % 64 == 0) turn(load, false);
  }
  uint64_t end_ms = clock_mono_ms() + SYNC_TIMEOUT_MS;
  while (load->synced < load->typist_count && !load->failed && clock_mono_ms() < end_ms) turn(load, false);
  return load->synced == load->typist_count ? 0 : ERR_TIMEOUT;
}

/* Everyone's phase is another, as with people. */
static void spread(struct load *load) {
  if (load->options.rate <= 0) return;
  double interval_us = 1e6 / load->options.rate;
  uint64_t now_us = clock_mono_us();
  for (size_t i = 0; i < load->typist_count; i++)
    load->typists[i].due_us = now_us + (uint64_t)(interval_us * (double)i / (double)load->typist_count);
}

/* ---- the run ---- */

static void verify(struct load *load) {
  for (unsigned room = 0; room < load->options.rooms && !load->failed; room++) {
    struct reader reader = {.load = load, .member.fd = -1};
    for (size_t i = 0; i < load->typist_count; i++)
      if (load->typists[i].room == room) reader.wanted += load->typists[i].sent;
    if (open_member(load, &reader.member, &reader_events, room)) load->failed = true;
    uint64_t end_ms = clock_mono_ms() + SYNC_TIMEOUT_MS;
    while (!load->failed && !reader.done && clock_mono_ms() < end_ms) turn(load, false);
    if (!load->failed && reader.found != reader.wanted) {
      fprintf(stderr, "load: %" PRIu64 " characters were typed, the document has %" PRIu64 "\n", reader.wanted,
              reader.found);
      load->failed = true;
    }
    member_close(&reader.member);
  }
}

static void add_bytes(const struct load *load, uint64_t *in, uint64_t *out) {
  *in = *out = 0;
  for (size_t i = 0; i < load->typist_count; i++) {
    *in += load->typists[i].member.bytes_in;
    *out += load->typists[i].member.bytes_out;
  }
}

static int measure_idle(struct load *load, double *per_connection) {
  struct server_use before, after;
  int err = server_use(&load->server, &before);
  if (!err) err = connect_all(load);
  uint64_t end_ms = clock_mono_ms() + SETTLE_MS;
  while (!err && clock_mono_ms() < end_ms) turn(load, false);
  if (!err) err = server_use(&load->server, &after);
  if (!err) *per_connection = ((double)after.rss_bytes - (double)before.rss_bytes) / (double)load->typist_count;
  return err;
}

static void print_latency(const char *name, const struct latency *l) {
  printf(", \"%s_p50_ms\": %.3f, \"%s_p99_ms\": %.3f", name, (double)latency_quantile(l, 0.5) / 1000.0, name,
         (double)latency_quantile(l, 0.99) / 1000.0);
}

static int measure_typing(struct load *load) {
  struct server_use before, after;
  uint64_t in_before, out_before, in, out;
  spread(load);
  type_for(load, load->options.warmup);
  load->counts = (struct counts){0};
  add_bytes(load, &in_before, &out_before);
  uint64_t start_us = clock_mono_us();
  if (server_use(&load->server, &before)) return ERR_IO;
  type_for(load, load->options.seconds);
  drain(load);
  double took = (double)(clock_mono_us() - start_us) / 1e6;
  if (load->failed || server_use(&load->server, &after)) return ERR_IO;
  add_bytes(load, &in, &out);
  const struct counts *c = &load->counts;
  double cpu = after.cpu_seconds - before.cpu_seconds, million = (double)c->delivered / 1e6;
  printf(", \"seconds\": %.3f, \"edits\": %" PRIu64 ", \"delivered\": %" PRIu64
         ", \"delivered_per_s\": %.0f, \"cpu_s\": %.2f, \"cpu_s_per_million\": %.3f",
         took, c->edits, c->delivered, (double)c->delivered / took, cpu, million > 0 ? cpu / million : 0.0);
  printf(", \"bytes_received\": %" PRIu64 ", \"bytes_sent\": %" PRIu64 ", \"rss_peak_bytes\": %" PRIu64, in - in_before,
         out - out_before, after.peak_bytes);
  print_latency("others", &c->others);
  if (c->saved.count) print_latency("saved", &c->saved);
  verify(load);
  return load->failed ? ERR_IO : 0;
}

static int run(struct load *load) {
  double per_connection = 0;
  int err = loop_create(NULL, &load->loop);
  if (!err) err = server_start(load->options.command, &load->server);
  if (!err) err = make_rooms(load);
  if (!err) err = measure_idle(load, &per_connection);
  if (err) return err;
  printf("{\"rooms\": %u, \"members\": %u, \"rate\": %g, \"window\": %u, \"idle_bytes_per_connection\": %.0f",
         load->options.rooms, load->options.members, load->options.rate, load->options.window, per_connection);
  if (load->options.seconds > 0) err = measure_typing(load);
  if (!err) puts("}");
  return err;
}

int main(int argc, char **argv) {
  struct load load = {0};
  int status;
  if (!options_parse(argc, argv, &load.options, &status)) return status;
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files); /* the server inherits it */
  }
  int err = run(&load);
  if (err) fprintf(stderr, "load: failed: %s\n", err_text(err));
  for (size_t i = 0; load.typists && i < load.typist_count; i++) {
    member_close(&load.typists[i].member);
    free(load.typists[i].sent_us);
  }
  free(load.typists);
  free(load.room_ids);
  server_stop(&load.server);
  loop_destroy(load.loop);
  return err ? 1 : 0;
}
