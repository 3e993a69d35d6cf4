/* SPDX-License-Identifier: MIT */
/* Holds documents for a test written in another language: driver.h. */
#include "driver.h"

static const struct operation *const lists[] = {driver_documents, driver_updates, driver_texts,     driver_maps,
                                                driver_arrays,    driver_events,  driver_formats,   driver_xml,
                                                driver_subdocs,   driver_undo,    driver_snapshots, driver_positions};

static const struct operation *find(const uint8_t *name, size_t len) {
  for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
    for (const struct operation *o = lists[i]; o->name != NULL; o++)
      if (strlen(o->name) == len && memcmp(o->name, name, len) == 0) return o;
  return NULL;
}

static int serve(struct request *r, yata_buf *out) {
  size_t len = driver_u8(r);
  if (len > (size_t)(r->end - r->p)) return YATA_ERR_INVALID;
  const struct operation *o = find(r->p, len);
  if (o == NULL) fprintf(stderr, "driver: no operation %.*s\n", (int)len, (const char *)r->p);
  r->p += len;
  uint8_t n = driver_u8(r);
  if (o == NULL || n >= DRIVER_DOCS) return YATA_ERR_INVALID;
  r->peer = &r->peers[n];
  if (r->peer->doc == NULL && !o->without_document) return YATA_ERR_INVALID;
  return o->run(r, r->peer->doc, out);
}

/* A check is linear: a document with many items is checked so often that an operation costs some
 * hundreds of items, on average. */
#define CHECK_ITEMS 500

static int check(struct peer *peer) {
  yata_stats stats;
  if (peer == NULL || peer->doc == NULL) return 0;
  yata_doc_stats(peer->doc, &stats);
  peer->credit += CHECK_ITEMS;
  if (peer->credit < stats.items) return 0;
  peer->credit = 0;
  return yata_doc_check(peer->doc) < 0 ? DRIVER_CHECK_FAILED : 0;
}

static bool answer(int status, const yata_buf *out) {
  yata_buf head = YATA_BUF_INIT;
  bool ok = driver_put_u32(&head, (uint32_t)out->len + 4) == 0 && driver_put_u32(&head, (uint32_t)status) == 0 &&
            fwrite(head.data, 1, head.len, stdout) == head.len &&
            (out->len == 0 || fwrite(out->data, 1, out->len, stdout) == out->len);
  yata_buf_deinit(&head);
  return ok;
}

/* What has been read and not been served. Answers are flushed before waiting for more. */
struct input {
  uint8_t *data;
  size_t from, to, cap;
};

static bool fill(struct input *in, size_t need) {
  while (in->to - in->from < need) {
    if (in->from > 0) memmove(in->data, in->data + in->from, in->to - in->from);
    in->to -= in->from;
    in->from = 0;
    if (in->cap < need || in->cap == in->to) {
      size_t cap = need < 65536 ? 65536 : need * 2;
      uint8_t *grown = realloc(in->data, cap);
      if (grown == NULL) return false;
      in->data = grown;
      in->cap = cap;
    }
    if (fflush(stdout) != 0) return false;
    ssize_t n = read(STDIN_FILENO, in->data + in->to, in->cap - in->to);
    if (n <= 0) return false;
    in->to += (size_t)n;
  }
  return true;
}

static bool serve_next(struct input *in, struct peer *peers) {
  if (!fill(in, 4)) return false;
  const uint8_t *p = in->data + in->from;
  size_t len = p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24;
  if (!fill(in, 4 + len)) return false;
  p = in->data + in->from + 4;
  struct request r = {p, p + len, NULL, peers};
  yata_buf out = YATA_BUF_INIT;
  int status = serve(&r, &out);
  int err = check(r.peer);
  bool ok = answer(err < 0 ? err : status, &out);
  yata_buf_deinit(&out);
  driver_forget();
  in->from += 4 + len;
  return ok;
}

int main(void) {
  static struct peer peers[DRIVER_DOCS];
  struct input in = {0};
  while (serve_next(&in, peers)) {
  }
  for (int i = 0; i < DRIVER_DOCS; i++) yata_doc_destroy(peers[i].doc);
  free(in.data);
  return fflush(stdout) == 0 ? 0 : 1;
}
