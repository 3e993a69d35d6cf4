/* SPDX-License-Identifier: MIT */
#include "waiting.h"

#include "update.h"

void yata_pending_deinit(struct yata_doc *doc, struct yata_pending *p) {
  yata_buf_deinit(&p->update);
  yata_buf_deinit(&p->more);
  p->parts = 0;
  yata_mem_drop(&doc->mem, &p->units.v, &p->units.cap, sizeof(*p->units.v));
  p->units.n = 0;
  yata_mem_drop(&doc->mem, &p->missing, &p->cap, sizeof(*p->missing));
  p->n = 0;
}

static uint32_t part_len(const uint8_t *p) {
  uint32_t len;
  memcpy(&len, p, sizeof(len));
  return len;
}

int yata_pending_write(struct yata_doc *doc, const struct yata_pending *p, yata_slice more, yata_buf *out) {
  yata_slice *slices = NULL;
  uint32_t cap = 0, n = 0;
  size_t at = 0;
  YATA_TRY(yata_mem_grow(&doc->mem, &slices, &cap, (size_t)p->parts + 2, sizeof(*slices)));
  if (p->update.len > 0) slices[n++] = (yata_slice){p->update.data, p->update.len};
  for (uint32_t i = 0; i < p->parts; i++) {
    uint32_t len = part_len(p->more.data + at);
    slices[n++] = (yata_slice){p->more.data + at + sizeof(len), len};
    at += sizeof(len) + len;
  }
  if (more.len > 0) slices[n++] = more;
  int err = yata_merge_held(slices, n, out);
  yata_mem_drop(&doc->mem, &slices, &cap, sizeof(*slices));
  return err;
}

int yata_pending_merge(struct yata_doc *doc, struct yata_pending *p) {
  yata_buf merged;
  if (p->parts == 0) return 0;
  yata_buf_init(&merged, &doc->alloc);
  int err = yata_pending_write(doc, p, (yata_slice){NULL, 0}, &merged);
  if (err < 0) {
    yata_buf_deinit(&merged);
    return err;
  }
  yata_buf_deinit(&p->update);
  yata_buf_deinit(&p->more);
  p->update = merged;
  p->parts = 0;
  return 0;
}
