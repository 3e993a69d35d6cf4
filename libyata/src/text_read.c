/* SPDX-License-Identifier: MIT */
/* Reading text: all of it, or run by run with its attributes, as Y.Text.toDelta; also as of snapshots. */
#include "held.h"
#include "print.h"
#include "snapshot_view.h"
#include "text.h"

int yata_text_read(const yata_doc *doc, yata_type text, yata_buf *out) {
  uint32_t t;
  size_t at = out->len;
  YATA_TRY(yata_handle(doc, text, YATA_KIND_TEXT, &t));
  YATA_TRY(yata_buf_reserve(out, doc->types[t].length));
  for (uint32_t h = doc->types[t].start; h != 0; h = doc->items[h].right) {
    const struct yata_item *it = &doc->items[h];
    if ((it->flags & YATA_ITEM_DELETED) || it->kind != YATA_WIRE_STRING) continue;
    int err = yata_text_encode(&doc->clients[it->client].text, it->content, it->len, false, out);
    if (err < 0) {
      out->len = at;
      return err;
    }
  }
  return 0;
}

/* ---- runs --------------------------------------------------------------------------------- */

struct state {
  uint32_t next, offset; /* item, and which of its units */
  uint64_t steps;
  struct yata_formats now;
  struct yata_formats shown; /* `now` in the order of an object's members */
  bool stale;                /* `shown` and `entries` are of an earlier `now` */
  yata_any_entry *entries;
  uint32_t cap_entries;
  struct yata_readings readings;
  yata_value embed; /* of the run */
  yata_buf text;
  struct yata_view at, before; /* the views */
  yata_buf ychange;            /* the attribute in force, as it is held */
  enum yata_ychange changed;   /* NONE: it joins with no other part */
  uint64_t changed_by;
};

static int show(struct yata_doc *doc, struct state *s) {
  s->shown.n = 0;
  for (uint32_t i = 0; i < s->now.n; i++) {
    YATA_TRY(yata_format_value(doc, &s->now.v[i], &s->readings));
    YATA_TRY(yata_formats_add_member(doc, &s->shown, s->now.v[i]));
  }
  YATA_TRY(yata_mem_grow(&doc->mem, &s->entries, &s->cap_entries, s->shown.n, sizeof(*s->entries)));
  for (uint32_t i = 0; i < s->shown.n; i++) {
    const struct yata_format a = yata_format_read(doc, s->shown.v[i]);
    s->entries[i] = (yata_any_entry){a.key, a.any};
  }
  s->stale = false;
  return 0;
}

static int embed_run(struct yata_doc *doc, struct state *s, const struct yata_item *it, yata_text_run *run) {
  run->len = 1;
  if (it->kind == YATA_WIRE_TYPE) {
    run->kind = YATA_TEXT_TYPE;
    run->type = yata_handle_of(doc, it->content);
    return 0;
  }
  YATA_TRY(yata_value_of(doc, it, 0, &s->embed));
  run->kind = YATA_TEXT_EMBED;
  run->embed = s->embed.any;
  return 0;
}

/* ---- changes between snapshots ------------------------------------------------------------ */

static const yata_slice ychange_key = {(const uint8_t *)"ychange", 7};

/* The next units that stand on the same side of every edge of the view. */
struct part {
  uint32_t len;
  bool at, before; /* visible then */
};

static struct part part_of(const struct yata_doc *doc, struct state *s, const yata_text_view *view,
                           const struct yata_item *it) {
  struct part p = {.before = false};
  p.len = yata_view_run(&s->at, doc, it, s->offset, &p.at);
  if (view->before == NULL) return p;
  uint32_t n = yata_view_run(&s->before, doc, it, s->offset, &p.before);
  if (n < p.len) p.len = n;
  return p;
}

/* Would Yjs find the client, and the change, in the attribute when it meets the next part? */
static bool joins(const yata_any *value, const char *change, uint64_t client) {
  bool user = false, type = false;
  if (value->kind != YATA_ANY_OBJECT) return false;
  for (size_t i = 0; i < value->u.object.len; i++) {
    const yata_any_entry *e = &value->u.object.entries[i];
    const yata_any *v = &e->value;
    if (e->key.len != 4) continue;
    if (memcmp(e->key.data, "user", 4) == 0) user = v->kind == YATA_ANY_NUMBER && v->u.number == (double)client;
    if (memcmp(e->key.data, "type", 4) == 0)
      type = v->kind == YATA_ANY_STRING && v->u.bytes.len == strlen(change) &&
             memcmp(v->u.bytes.data, change, v->u.bytes.len) == 0;
  }
  return user && type;
}

static int set_change(struct yata_doc *doc, struct state *s, const yata_text_view *view, enum yata_ychange change,
                      yata_id id) {
  const char *name = change == YATA_CHANGE_ADDED ? "added" : "removed";
  const yata_any_entry type = {{(const uint8_t *)"type", 4}, yata_any_string(name)};
  const yata_any fallback = {.kind = YATA_ANY_OBJECT, .u.object = {&type, 1}};
  const yata_any *value = view->ychange != NULL ? view->ychange(view->user, change, id) : NULL;
  if (value == NULL) value = &fallback;
  yata_buf_clear(&s->ychange);
  if (value->kind == YATA_ANY_UNDEFINED) return YATA_ERR_INVALID;
  YATA_TRY(yata_held_write(&s->ychange, value, doc->max_nesting));
  s->changed = joins(value, name, id.client) ? change : YATA_CHANGE_NONE;
  s->changed_by = id.client;
  s->stale = true;
  return yata_formats_set(doc, &s->now,
                          (struct yata_format){.key = ychange_key, .value = {s->ychange.data, s->ychange.len}});
}

/* Give the next part of a string the attribute that it needs; of a format of that name Yjs shows nothing at strings.
 * `*ends`: the run ends here, and this is for the next. */
static int mark_change(struct yata_doc *doc, struct state *s, const yata_text_view *view, const struct part *p,
                       const struct yata_item *it, const yata_text_run *run, bool *ends) {
  enum yata_ychange change = YATA_CHANGE_NONE;
  const yata_id id = {doc->clients[it->client].id, (uint64_t)it->clock + s->offset};
  uint32_t found;
  if (view->at != NULL && !p->at)
    change = YATA_CHANGE_REMOVED;
  else if (view->before != NULL && !p->before)
    change = YATA_CHANGE_ADDED;
  YATA_TRY(yata_formats_find(doc, &s->now, ychange_key, &found));
  if (change == YATA_CHANGE_NONE ? found == YATA_NO_FORMAT
                                 : found != YATA_NO_FORMAT && s->changed == change && s->changed_by == id.client)
    return 0;
  *ends = run->len > 0;
  if (*ends) return 0;
  if (change != YATA_CHANGE_NONE) return set_change(doc, s, view, change, id);
  s->stale = true;
  return yata_formats_delete(doc, &s->now, ychange_key);
}

/* One of that name is no mark of ours. */
static int format_met(struct yata_doc *doc, struct state *s, struct yata_format a) {
  if (a.key.len == ychange_key.len && memcmp(a.key.data, ychange_key.data, a.key.len) == 0)
    s->changed = YATA_CHANGE_NONE;
  s->stale = true;
  return yata_formats_update(doc, &s->now, a);
}

/* ---- collecting --------------------------------------------------------------------------- */

/* Add a part to the run, or end the run before it. */
static int collect_part(struct yata_doc *doc, struct state *s, const yata_text_view *view, const struct part *p,
                        yata_text_run *run, bool *ends) {
  const struct yata_item *it = &doc->items[s->next];
  switch (it->kind) {
  case YATA_WIRE_STRING:
    YATA_TRY(mark_change(doc, s, view, p, it, run, ends));
    if (*ends) return 0;
    run->len += p->len;
    return yata_text_encode(&doc->clients[it->client].text, it->content + s->offset, p->len, false, &s->text);
  case YATA_WIRE_FORMAT:
    if (!p->at) return 0;
    *ends = run->len > 0;
    if (*ends) return 0;
    return format_met(doc, s, yata_format_of(doc, s->next));
  case YATA_WIRE_EMBED:
  case YATA_WIRE_TYPE: *ends = run->len > 0; return *ends ? 0 : embed_run(doc, s, it, run);
  case YATA_WIRE_DELETED: return YATA_ERR_ERASED;
  default: return 0;
  }
}

/* Collect one run. Before a format, and an embed, the text so far is one. */
static int collect(struct yata_doc *doc, struct state *s, const yata_text_view *view, yata_text_run *run) {
  bool ends = false;
  yata_buf_clear(&s->text);
  yata_value_deinit(&s->embed);
  while (s->next != 0 && !ends && run->kind == YATA_TEXT_INSERT) {
    const struct yata_item *it = &doc->items[s->next];
    const struct part p = part_of(doc, s, view, it);
    if (p.at || p.before) YATA_TRY(collect_part(doc, s, view, &p, run, &ends));
    if (ends) break;
    s->offset += p.len;
    if (s->offset < it->len) continue;
    s->next = it->right;
    s->offset = 0;
  }
  if (run->len == 0) return YATA_ERR_NOT_FOUND;
  if (run->kind == YATA_TEXT_INSERT) run->text = (yata_slice){s->text.data, s->text.len};
  return s->stale ? show(doc, s) : 0;
}

static int begin(struct yata_doc *doc, uint32_t t, const yata_text_view *view, yata_text_cursor *cursor) {
  struct state *s = yata_mem_resize(&doc->mem, NULL, 0, sizeof(*s));
  if (s == NULL) return YATA_ERR_NOMEM;
  *s = (struct state){.next = doc->types[t].start, .at = {.s = view->at}, .before = {.s = view->before}};
  yata_buf_init(&s->text, &doc->alloc);
  yata_buf_init(&s->ychange, &doc->alloc);
  cursor->state = s;
  return 0;
}

int yata_text_next_at(const yata_doc *const_doc, yata_type text, const yata_text_view *view, yata_text_cursor *cursor,
                      yata_text_run *run) {
  /* Memory that the cursor takes is the document's; its content stays as it is. */
  struct yata_doc *doc = (struct yata_doc *)const_doc;
  bool now = view->at == NULL && view->before == NULL;
  uint32_t t;
  *run = (yata_text_run){.kind = YATA_TEXT_INSERT};
  YATA_TRY(now ? yata_handle(doc, text, YATA_KIND_TEXT, &t) : yata_handle_kept(doc, text, YATA_KIND_TEXT, &t));
  if (cursor->state == NULL) YATA_TRY(begin(doc, t, view, cursor));
  struct state *s = cursor->state;
  uint64_t steps = doc->txn.steps;
  doc->txn.steps = s->steps;
  int err = collect(doc, s, view, run);
  s->steps = doc->txn.steps;
  doc->txn.steps = steps;
  if (err < 0) return err;
  run->index = cursor->index;
  run->attributes = s->entries;
  run->n_attributes = s->shown.n;
  cursor->index += run->len;
  return 0;
}

static const yata_text_view as_it_is = {0};

int yata_text_next(const yata_doc *doc, yata_type text, yata_text_cursor *cursor, yata_text_run *run) {
  return yata_text_next_at(doc, text, &as_it_is, cursor, run);
}

void yata_text_cursor_deinit(const yata_doc *const_doc, yata_text_cursor *cursor) {
  struct yata_doc *doc = (struct yata_doc *)const_doc;
  struct state *s = cursor->state;
  if (s != NULL) {
    yata_formats_deinit(doc, &s->now);
    yata_formats_deinit(doc, &s->shown);
    yata_mem_drop(&doc->mem, &s->entries, &s->cap_entries, sizeof(*s->entries));
    yata_readings_deinit(doc, &s->readings);
    yata_value_deinit(&s->embed);
    yata_buf_deinit(&s->text);
    yata_buf_deinit(&s->ychange);
    yata_mem_resize(&doc->mem, s, sizeof(*s), 0);
  }
  *cursor = (yata_text_cursor){0};
}

/* ---- as JSON ------------------------------------------------------------------------------ */

static int put(yata_buf *out, const char *text) {
  return yata_buf_put(out, text, strlen(text));
}

/* Members that are there and print nothing. As deep as what a document holds. */
static size_t unprinted(const yata_any *any) {
  size_t n = 0;
  if (any->kind == YATA_ANY_ARRAY)
    for (size_t i = 0; i < any->u.array.len; i++) n += unprinted(&any->u.array.items[i]);
  if (any->kind == YATA_ANY_OBJECT)
    for (size_t i = 0; i < any->u.object.len; i++) {
      const yata_any_entry *e = &any->u.object.entries[i];
      n += e->value.kind == YATA_ANY_UNDEFINED ? 1 + e->key.len : unprinted(&e->value);
    }
  return n;
}

static int put_value(struct yata_printer *pr, const yata_any *any) {
  yata_buf *out = pr->out;
  pr->read += unprinted(any);
  if (any->kind == YATA_ANY_JSON) return yata_buf_put(out, any->u.bytes.data, any->u.bytes.len);
  return yata_any_stringify(out, any, YATA_NESTING_MAX);
}

/* What is undefined is left out. */
static int put_attributes(struct yata_printer *pr, const yata_text_run *run) {
  bool first = true;
  if (run->n_attributes == 0) return 0;
  YATA_TRY(put(pr->out, ",\"attributes\":{"));
  for (size_t i = 0; i < run->n_attributes; i++) {
    const yata_any_entry *e = &run->attributes[i];
    if (e->value.kind == YATA_ANY_UNDEFINED) continue;
    if (!first) YATA_TRY(put(pr->out, ","));
    first = false;
    YATA_TRY(yata_json_put_string(pr->out, e->key));
    YATA_TRY(put(pr->out, ":"));
    YATA_TRY(put_value(pr, &e->value));
    YATA_TRY(yata_print_check(pr));
  }
  return put(pr->out, "}");
}

static int put_run(struct yata_printer *pr, const yata_text_run *run) {
  YATA_TRY(put(pr->out, pr->out->len == pr->from ? "[{\"insert\":" : ",{\"insert\":"));
  if (run->kind == YATA_TEXT_INSERT)
    YATA_TRY(yata_json_put_string(pr->out, run->text));
  else if (run->kind == YATA_TEXT_TYPE)
    YATA_TRY(yata_json_put_type(pr, run->type.slot, 0)); /* it may have been deleted since */
  else
    YATA_TRY(put_value(pr, &run->embed));
  YATA_TRY(put_attributes(pr, run));
  return put(pr->out, "}");
}

int yata_text_delta_at(const yata_doc *doc, yata_type text, const yata_text_view *view, yata_buf *out) {
  struct yata_printer pr = yata_print_begin(doc, out);
  yata_text_cursor cursor = {0};
  yata_text_run run;
  int err;
  while ((err = yata_text_next_at(doc, text, view, &cursor, &run)) == 0) {
    err = put_run(&pr, &run);
    if (err < 0) break;
  }
  yata_text_cursor_deinit(doc, &cursor);
  if (err == YATA_ERR_NOT_FOUND) err = put(out, out->len == pr.from ? "[]" : "]");
  return yata_print_end(&pr, err);
}

int yata_text_delta(const yata_doc *doc, yata_type text, yata_buf *out) {
  return yata_text_delta_at(doc, text, &as_it_is, out);
}
