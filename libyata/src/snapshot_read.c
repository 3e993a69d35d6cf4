/* SPDX-License-Identifier: MIT */
/* Text, maps and arrays as they were at a snapshot, read from a document that kept what was deleted. */
#include "edit.h"
#include "snapshot_view.h"

/* ---- text --------------------------------------------------------------------------------- */

static int read_item(const yata_doc *doc, const struct yata_item *it, struct yata_view *view, yata_buf *out) {
  bool visible;
  for (uint32_t offset = 0, n; offset < it->len; offset += n) {
    n = yata_view_run(view, doc, it, offset, &visible);
    if (visible && it->kind == YATA_WIRE_DELETED) return YATA_ERR_ERASED;
    if (visible && it->kind == YATA_WIRE_STRING)
      YATA_TRY(yata_text_encode(&doc->clients[it->client].text, it->content + offset, n, false, out));
  }
  return 0;
}

int yata_text_read_at(const yata_doc *doc, yata_type text, const yata_snapshot *snapshot, yata_buf *out) {
  struct yata_view view = {.s = snapshot};
  size_t at = out->len;
  uint32_t t;
  int err = 0;
  YATA_TRY(yata_handle_kept(doc, text, YATA_KIND_TEXT, &t));
  for (uint32_t h = doc->types[t].start; h != 0 && err == 0; h = yata_item_at(doc, h)->right)
    err = read_item(doc, yata_item_at(doc, h), &view, out);
  if (err < 0) out->len = at;
  return err;
}

/* ---- map ---------------------------------------------------------------------------------- */

/* The item that a key held, and which of its units; 0: none. */
static int value_at(const yata_doc *doc, uint32_t h, struct yata_view *view, uint32_t *item, uint32_t *offset) {
  const struct yata_item *it = NULL;
  uint64_t known = 0;
  bool visible;
  *item = 0;
  for (; h != 0; h = it->left) {
    it = yata_item_at(doc, h);
    known = yata_view_known(view, doc, it->client);
    if (it->clock < known) break;
  }
  if (h == 0) return YATA_ERR_NOT_FOUND;
  *offset = known - it->clock < it->len ? (uint32_t)(known - it->clock) - 1 : it->len - 1;
  (void)yata_view_run(view, doc, it, *offset, &visible);
  if (!visible) return YATA_ERR_NOT_FOUND;
  *item = h;
  return it->kind == YATA_WIRE_DELETED || it->kind == YATA_WIRE_GC ? YATA_ERR_ERASED : 0;
}

int yata_map_get_at(const yata_doc *doc, yata_type map, const yata_snapshot *snapshot, const char *key, size_t key_len,
                    yata_value *out) {
  struct yata_view view = {.s = snapshot};
  uint32_t t, h, offset;
  *out = (yata_value){0};
  YATA_TRY(yata_handle_kept(doc, map, YATA_KIND_MAP, &t));
  uint32_t k = yata_key_find(doc, (yata_slice){(const uint8_t *)key, key_len});
  if (k == 0) return YATA_ERR_NOT_FOUND;
  YATA_TRY(value_at(doc, yata_ent_get(doc, t, k), &view, &h, &offset));
  return yata_value_of(doc, yata_item_at(doc, h), offset, out);
}

int yata_map_next_at(const yata_doc *doc, yata_type map, const yata_snapshot *snapshot, uint32_t *cursor,
                     yata_slice *key) {
  struct yata_view view = {.s = snapshot};
  uint32_t t, h, offset;
  YATA_TRY(yata_handle_kept(doc, map, YATA_KIND_MAP, &t));
  uint32_t e = *cursor == 0 ? doc->types[t].first : doc->ents[*cursor].next;
  for (; e != 0; e = doc->ents[e].next) {
    int err = value_at(doc, doc->ents[e].item, &view, &h, &offset);
    if (err == YATA_ERR_NOT_FOUND) continue;
    *cursor = e;
    *key = yata_key_bytes(doc, doc->ents[e].key);
    return err;
  }
  return YATA_ERR_NOT_FOUND;
}

/* ---- array -------------------------------------------------------------------------------- */

int yata_array_next_at(const yata_doc *doc, yata_type array, const yata_snapshot *snapshot, yata_array_cursor *cursor,
                       yata_value *out) {
  struct yata_view view = {.s = snapshot};
  uint32_t t;
  bool visible;
  *out = (yata_value){0};
  YATA_TRY(yata_handle_kept(doc, array, YATA_KIND_ARRAY, &t));
  uint32_t h = cursor->item != 0 ? cursor->item : doc->types[t].start;
  uint32_t offset = cursor->item != 0 ? cursor->offset + 1 : 0;
  for (; h != 0; h = yata_item_at(doc, h)->right, offset = 0) {
    const struct yata_item *it = yata_item_at(doc, h);
    while (offset < it->len) {
      uint32_t n = yata_view_run(&view, doc, it, offset, &visible);
      if (visible && it->kind == YATA_WIRE_DELETED) return YATA_ERR_ERASED;
      if (visible && yata_kind_countable(it->kind)) {
        *cursor = (yata_array_cursor){h, offset};
        return yata_value_of(doc, it, offset, out);
      }
      offset += n;
    }
  }
  return YATA_ERR_NOT_FOUND;
}
