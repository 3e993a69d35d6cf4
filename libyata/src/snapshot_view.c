/* SPDX-License-Identifier: MIT */
#include "snapshot_view.h"

uint64_t yata_view_known(struct yata_view *view, const struct yata_doc *doc, uint32_t client) {
  uint64_t id = doc->clients[client].id;
  if (!view->looked || view->client != id) {
    view->looked = true;
    view->client = id;
    view->known = yata_state_vector_get(&view->s->sv, id);
  }
  return view->known;
}

uint32_t yata_view_run(struct yata_view *view, const struct yata_doc *doc, const struct yata_item *it, uint32_t offset,
                       bool *visible) {
  uint64_t at = (uint64_t)it->clock + offset, end = (uint64_t)it->clock + it->len;
  if (view->s == NULL) {
    *visible = !(it->flags & YATA_ITEM_DELETED);
    return (uint32_t)(end - at);
  }
  uint64_t known = yata_view_known(view, doc, it->client);
  uint32_t i = yata_delete_set_find(&view->s->ds, view->client, at);
  const yata_range *r = i < view->s->ds.len && view->s->ds.v[i].client == view->client ? &view->s->ds.v[i] : NULL;
  bool deleted = r != NULL && r->clock <= at;
  uint64_t edge = r == NULL ? end : deleted ? r->clock + r->len : r->clock;
  if (at < known && known < edge) edge = known;
  *visible = at < known && !deleted;
  return (uint32_t)((edge < end ? edge : end) - at);
}

int yata_handle_kept(const struct yata_doc *doc, yata_type type, enum yata_kind kind, uint32_t *slot) {
  if (type.slot == 0 || type.slot >= doc->n_types) return YATA_ERR_GONE;
  const struct yata_typ *t = &doc->types[type.slot];
  if (t->generation != type.generation || !(t->flags & YATA_TYPE_ALIVE)) return YATA_ERR_GONE;
  bool text = t->kind == YATA_KIND_TEXT || t->kind == YATA_KIND_XML_TEXT;
  bool list = t->kind == YATA_KIND_ARRAY || t->kind == YATA_KIND_XML_FRAGMENT || t->kind == YATA_KIND_XML_ELEMENT;
  bool map = t->kind == YATA_KIND_MAP || t->kind >= YATA_KIND_XML_ELEMENT;
  bool fits = kind == YATA_KIND_TEXT ? text : kind == YATA_KIND_ARRAY ? list : map;
  if (!fits) return YATA_ERR_KIND;
  *slot = type.slot;
  return 0;
}
