/* SPDX-License-Identifier: MIT */
/* What of a document is deleted, as bytes. Every diff carries all of it, so each client's part is kept until
 * something of that client is deleted. Without memory for that it is written from the items each time. */
#include "encode.h"
#include "integrate.h"

/* Visit what is deleted of a client as joined ranges: count them, and write them when out is set. */
static int write_ranges(const struct yata_doc *doc, const struct yata_client *c, yata_buf *out, uint32_t *count) {
  uint32_t from = 0, len = 0;
  *count = 0;
  for (uint32_t b = 0; b < c->n_blocks; b++) {
    const struct yata_block *block = &c->blocks[b];
    for (uint32_t i = 0; i < block->n; i++) {
      const struct yata_item *it = &doc->items[block->clocks[block->cap + i]];
      bool deleted = it->flags & YATA_ITEM_DELETED;
      if (deleted) {
        if (len == 0) from = it->clock;
        len += it->len;
      }
      if (len == 0 || (deleted && (i + 1 < block->n || b + 1 < c->n_blocks))) continue;
      ++*count;
      if (out != NULL) {
        YATA_TRY(yata_buf_reserve(out, 20));
        uint8_t *p = yata_uint_write(out->data + out->len, from);
        out->len = (size_t)(yata_uint_write(p, len) - out->data);
      }
      len = 0;
    }
  }
  return 0;
}

/* The client, the number of ranges, the ranges; nothing when nothing is deleted. */
static int write_client(const struct yata_doc *doc, const struct yata_client *c, yata_buf *out) {
  uint32_t count;
  YATA_TRY(write_ranges(doc, c, NULL, &count));
  if (count == 0) return 0;
  YATA_TRY(yata_buf_put_uint(out, c->id));
  YATA_TRY(yata_buf_put_uint(out, count));
  return write_ranges(doc, c, out, &count);
}

/* Bring the client's bytes up to date; false: no memory. */
static bool refresh(struct yata_doc *doc, struct yata_client *c) {
  yata_buf fresh;
  if (c->deleted_known) return true;
  yata_buf_init(&fresh, &doc->alloc);
  bool ok = write_client(doc, c, &fresh) == 0;
  if (ok && fresh.len < fresh.cap) {
    uint8_t *p = fresh.len > 0 ? yata_mem_resize(&doc->mem, fresh.data, fresh.cap, fresh.len) : NULL;
    if (fresh.len > 0 && p != NULL) {
      fresh.data = p;
      fresh.cap = fresh.len;
    }
    ok = fresh.len == 0 || fresh.cap == fresh.len;
  }
  if (!ok || fresh.len == 0) {
    yata_buf_deinit(&fresh);
    if (!ok) return false;
  }
  yata_mem_drop(&doc->mem, &c->deleted, &c->n_deleted, 1);
  c->deleted = fresh.data;
  c->n_deleted = (uint32_t)fresh.len;
  c->deleted_known = true;
  return true;
}

static int put_client(struct yata_doc *doc, struct yata_client *c, yata_buf *out) {
  if (!refresh(doc, c)) return write_client(doc, c, out);
  return yata_buf_put(out, c->deleted, c->n_deleted);
}

int yata_encode_deleted(const struct yata_doc *doc, yata_buf *out) {
  struct yata_doc *own = (struct yata_doc *)doc; /* what is kept is a cache: nothing a caller can see */
  uint32_t n = 0;
  for (uint32_t i = 0; i < doc->n_clients; i++) {
    struct yata_client *c = &own->clients[i];
    uint32_t count;
    if (refresh(own, c)) {
      n += c->n_deleted > 0;
    } else {
      YATA_TRY(write_ranges(doc, c, NULL, &count));
      n += count > 0;
    }
  }
  YATA_TRY(yata_buf_put_uint(out, n));
  for (uint32_t i = 0; i < doc->n_clients; i++) YATA_TRY(put_client(own, &own->clients[doc->order[i]], out));
  return 0;
}

int yata_deleted_check(const struct yata_doc *doc, const struct yata_client *c) {
  yata_buf fresh = {.alloc = doc->mem.alloc};
  if (!c->deleted_known) return 0;
  int err = write_client(doc, c, &fresh);
  if (err == 0 && (fresh.len != c->n_deleted || (fresh.len > 0 && memcmp(fresh.data, c->deleted, fresh.len) != 0)))
    err = YATA_ERR_CORRUPT;
  yata_buf_deinit(&fresh);
  return err == YATA_ERR_CORRUPT ? err : 0;
}
