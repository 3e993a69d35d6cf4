/* SPDX-License-Identifier: MIT */
#include "editor.h"

#include <inttypes.h>
#include <string.h>

enum { AT_ONCE_MAX = 5, AWAY_MAX_MS = 4000, RETRY_MAX_MS = 800, CLOSED_MS = 50, NOTICE_MAX_MS = 8000 };

/* One change that its maker waits to hear of as saved. */
struct edit {
  struct edit *next;
  bool sent;      /* on this connection … */
  size_t message; /* … with all sync messages up to this one */
  bool deletes;
  size_t count;
  uint32_t tokens[AT_ONCE_MAX];
};

static void act(void *ctx);

const char *editor_name(const struct editor *editor) {
  return editor->name;
}

struct editor *editor_create(struct sim *sim, size_t room, bool reads_only) {
  struct editor *editor = must_alloc(calloc(1, sizeof *editor));
  uint64_t client_id = dice_next(&sim->dice) >> (dice_hits(&sim->dice, 500) ? 32 : 11);
  *editor = (struct editor){.next = sim->editors,
                            .sim = sim,
                            .room = room,
                            .client_id = client_id,
                            .reads_only = reads_only,
                            .fresh = true,
                            .edits_tail = NULL};
  editor->edits_tail = &editor->edits;
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  size_t number = sim->editors ? (size_t)strtoul(sim->editors->name + 1, NULL, 10) + 1 : 0;
  snprintf(editor->name, sizeof editor->name, "%c%zu", letters[number % 26], number);
  MUST(yata_doc_create(&(yata_options){.client_id = client_id}, &editor->doc));
  sim->editors = editor;
  timeline_plan(&sim->time, dice_below(&sim->dice, sim->luck.pace_ms + 1), act, editor);
  return editor;
}

static void drop_edit(struct editor *editor) {
  struct edit *edit = editor->edits;
  editor->edits = edit->next;
  if (!editor->edits) editor->edits_tail = &editor->edits;
  free(edit);
}

void editor_free(struct editor *editor) {
  while (editor->edits) drop_edit(editor);
  yata_doc_destroy(editor->doc);
  free(editor);
}

/* ---- reading ---- */

static bool main_text(yata_doc *doc, yata_type *out) {
  yata_type files;
  yata_slice id;
  uint32_t cursor = 0;
  yata_value value = {0};
  MUST(yata_map(doc, "files", &files));
  if (yata_map_next(doc, files, &cursor, &id)) return false;
  if (yata_map_get(doc, files, (const char *)id.data, id.len, &value)) return false;
  yata_type file = value.type;
  if (yata_map_get(doc, file, "text", 4, &value)) return false;
  *out = value.type;
  return true;
}

bool editor_text_of(yata_doc *doc, struct spots *out) {
  yata_type text;
  yata_buf bytes = YATA_BUF_INIT;
  if (!main_text(doc, &text)) return false;
  MUST(yata_text_read(doc, text, &bytes));
  tokens_read(bytes.data, bytes.len, out);
  yata_buf_deinit(&bytes);
  return true;
}

bool editor_text(const struct editor *editor, struct spots *out) {
  return editor_text_of(editor->doc, out);
}

/* ---- sending ---- */

static void send_update(struct editor *editor, struct blob *update) {
  struct buf message = BUF_INIT;
  MUST(yproto_append_update(&message, update->data, update->len));
  link_send(editor->link, &message, update);
  buf_deinit(&message);
}

static void send_awareness(struct editor *editor) {
  struct buf states = BUF_INIT, message = BUF_INIT;
  char json[32];
  int len = snprintf(json, sizeof json, "{\"user\":\"%s\"}", editor->name);
  struct yproto_awareness_entry entry = {.client = editor->client_id,
                                         .clock = ++editor->awareness_clock,
                                         .json = (const uint8_t *)json,
                                         .json_len = (size_t)len};
  MUST(buf_append_byte(&states, 1));
  MUST(yproto_awareness_append(&states, &entry));
  MUST(yproto_append_awareness(&message, states.data, states.len));
  link_send(editor->link, &message, NULL);
  buf_deinit(&states);
  buf_deinit(&message);
}

static bool connected(const struct editor *editor) {
  return editor->link && editor->link->open;
}

/* ---- editing ---- */

static void keep_edit(struct editor *editor, struct edit *edit, const yata_buf *update) {
  struct sim *sim = editor->sim;
  sim->report.edits++;
  if (edit->deletes) sim->report.deletions++;
  *editor->edits_tail = edit;
  editor->edits_tail = &edit->next;
  if (!connected(editor)) {
    report_fault(&sim->report, FAULT_OFFLINE);
    return;
  }
  if (!editor->answered && editor->edits != edit) report_fault(&sim->report, FAULT_EARLY_EDIT);
  struct blob *blob = must_alloc(blob_create(update->data, update->len));
  send_update(editor, blob);
  blob_unref(blob);
  edit->sent = true;
  edit->message = editor->link->sent_count;
}

static void type(struct editor *editor, yata_type text, const struct spots *spots, struct edit *edit) {
  struct sim *sim = editor->sim;
  char utf8[AT_ONCE_MAX * TOKEN_UTF8_MAX];
  size_t len = 0, place = dice_below(&sim->dice, (uint32_t)spots->count + 1);
  for (size_t i = 0; i < edit->count; i++) {
    edit->tokens[i] = tokens_make(&sim->tokens, editor->room);
    len += token_utf8(edit->tokens[i], utf8 + len);
  }
  uint32_t at = place < spots->count ? spots->all[place].at_utf16 : spots->length_utf16;
  MUST(yata_text_insert(editor->doc, text, at, utf8, len));
}

static void erase(struct editor *editor, yata_type text, const struct spots *spots, struct edit *edit) {
  struct sim *sim = editor->sim;
  if (edit->count > spots->count) edit->count = spots->count;
  size_t first = dice_below(&sim->dice, (uint32_t)(spots->count - edit->count + 1)), last = first + edit->count;
  uint32_t from = spots->all[first].at_utf16;
  uint32_t to = last < spots->count ? spots->all[last].at_utf16 : spots->length_utf16;
  MUST(yata_text_delete(editor->doc, text, from, to - from));
  for (size_t i = 0; i < edit->count; i++) {
    edit->tokens[i] = spots->all[first + i].token;
    if (edit->tokens[i] == UINT32_MAX) continue;
    sim->tokens.all[edit->tokens[i]].tried_out = true;
    sim->tokens.all[edit->tokens[i]].sure_outs++;
  }
}

static void make_edit(struct editor *editor) {
  struct sim *sim = editor->sim;
  struct spots spots;
  yata_type text;
  if (!main_text(editor->doc, &text) || !editor_text(editor, &spots)) return;
  struct edit *edit = must_alloc(calloc(1, sizeof *edit));
  edit->deletes = spots.count > 0 && dice_hits(&sim->dice, spots.count > 60 ? 700 : 400);
  edit->count = dice_between(&sim->dice, 1, AT_ONCE_MAX);
  yata_buf update = YATA_BUF_INIT;
  MUST(yata_txn_begin(editor->doc));
  if (edit->deletes)
    erase(editor, text, &spots, edit);
  else
    type(editor, text, &spots, edit);
  MUST(yata_txn_commit(editor->doc, &update));
  keep_edit(editor, edit, &update);
  report_trace(&sim->report, "%s: %s %zu from %" PRIu32 " on%s", editor->name, edit->deletes ? "deletes" : "types",
               edit->count, edit->tokens[0], edit->sent ? "" : " (offline)");
  yata_buf_deinit(&update);
  free(spots.all);
}

/* ---- what a person does ---- */

/* Whatever was not acknowledged may or may not come to be. */
static void vanish(struct editor *editor) {
  struct tokens *tokens = &editor->sim->tokens;
  report_fault(&editor->sim->report, FAULT_GONE);
  editor->vanished = true;
  for (const struct edit *edit = editor->edits; edit; edit = edit->next)
    for (size_t i = 0; i < edit->count; i++) {
      if (edit->tokens[i] == UINT32_MAX) continue;
      struct token *token = &tokens->all[edit->tokens[i]];
      if (edit->deletes)
        token->sure_outs--;
      else
        token->sure_in = false;
    }
  if (editor->link) link_drop(editor->link, NOTICE_MAX_MS);
  editor_create(editor->sim, editor->room, false);
}

static void connect(struct editor *editor) {
  struct sim *sim = editor->sim;
  for (const struct link *link = sim->links; link; link = link->next)
    if (link->cut && link->member && link->host->up && link->room == editor->room) {
      report_fault(&sim->report, FAULT_HALF_OPEN);
      break;
    }
  editor->link = link_open(editor, editor->room);
}

static void resend(struct editor *editor) {
  struct link *link = editor->link;
  if (link->sent_count == 0) return;
  report_fault(&editor->sim->report, FAULT_RESENT);
  send_update(editor, link->sent[dice_below(&editor->sim->dice, (uint32_t)link->sent_count)]);
}

void editor_leave(struct editor *editor, uint64_t ms) {
  if (editor->vanished) return;
  editor->away_until_ms = editor->sim->time.now_ms + ms;
  if (editor->link) link_drop(editor->link, CLOSED_MS);
}

static void lose_connection(struct editor *editor) {
  struct sim *sim = editor->sim;
  editor->away_until_ms = sim->time.now_ms + (dice_hits(&sim->dice, 500) ? dice_below(&sim->dice, AWAY_MAX_MS) : 0);
  link_drop(editor->link, NOTICE_MAX_MS);
}

static void misfortune(struct editor *editor) {
  struct sim *sim = editor->sim;
  const struct sim_luck *luck = &sim->luck;
  if (connected(editor) && dice_hits(&sim->dice, luck->stall))
    link_stall(editor->link, dice_between(&sim->dice, 500, 6000));
  if (connected(editor) && dice_hits(&sim->dice, luck->resend)) resend(editor);
  if (editor->link && dice_hits(&sim->dice, luck->drop)) lose_connection(editor);
  if (dice_hits(&sim->dice, luck->vanish)) vanish(editor);
}

static void act(void *ctx) {
  struct editor *editor = ctx;
  struct sim *sim = editor->sim;
  if (editor->vanished) return;
  if (!editor->link && host_count(sim) > 0 && sim->time.now_ms >= editor->away_until_ms) connect(editor);
  if (!sim->settling && !editor->reads_only) {
    make_edit(editor);
    if (connected(editor) && dice_hits(&sim->dice, 700)) link_ask(editor->link);
    if (connected(editor) && dice_hits(&sim->dice, 50)) send_awareness(editor);
    misfortune(editor);
  }
  if (!editor->vanished) timeline_plan(&sim->time, dice_between(&sim->dice, 1, sim->luck.pace_ms), act, editor);
}

/* ---- from the link ---- */

void editor_on_open(struct editor *editor) {
  struct buf message = BUF_INIT;
  yata_buf sv = YATA_BUF_INIT;
  MUST(yata_encode_state_vector(editor->doc, &sv));
  MUST(yproto_append_step1(&message, sv.data, sv.len));
  link_send(editor->link, &message, NULL);
  yata_buf_deinit(&sv);
  buf_deinit(&message);
  send_awareness(editor);
}

void editor_on_gone(struct editor *editor) {
  editor->link = NULL;
  editor->synced = editor->answered = false;
  for (struct edit *edit = editor->edits; edit; edit = edit->next) edit->sent = false;
  if (editor->away_until_ms < editor->sim->time.now_ms)
    editor->away_until_ms = editor->sim->time.now_ms + dice_below(&editor->sim->dice, RETRY_MAX_MS);
}

/* What the server lacks; it holds every edit so far, or the server has it. */
static void answer_step1(struct editor *editor, const struct yproto_message *m) {
  yata_buf diff = YATA_BUF_INIT;
  struct buf message = BUF_INIT;
  MUST(yata_encode_state_as_update(editor->doc, m->data, m->len, &diff));
  struct blob *update = must_alloc(blob_create(diff.data, diff.len));
  MUST(yproto_append_step2(&message, diff.data, diff.len));
  link_send(editor->link, &message, update);
  blob_unref(update);
  buf_deinit(&message);
  yata_buf_deinit(&diff);
  editor->answered = true;
  for (struct edit *edit = editor->edits; edit; edit = edit->next) {
    edit->sent = true;
    edit->message = editor->link->sent_count;
  }
  link_ask(editor->link);
}

static void apply(struct editor *editor, const struct yproto_message *m) {
  int err = yata_apply_update(editor->doc, m->data, m->len, NULL);
  if (err) report_violation(&editor->sim->report, "%s cannot take an update: %s", editor->name, yata_strerror(err));
}

/* Whoever comes with nothing sees all that was acknowledged before. */
static void check_served(struct editor *editor) {
  struct sim *sim = editor->sim;
  char why[160];
  struct spots spots;
  /* One server knows nothing of what another acknowledged after it loaded the room. */
  uint64_t before_ms = sim->shared_store ? 0 : editor->link->asked_ms;
  if (!ledger_check(&sim->ledger, editor->room, before_ms, editor->doc, why, sizeof why))
    report_violation(&sim->report, "%s came to a room that lacks something: %s", editor->name, why);
  else if (!editor_text(editor, &spots))
    report_violation(&sim->report, "%s came to a room without a file", editor->name);
  else
    free(spots.all);
}

static void acknowledge(struct editor *editor, uint64_t token) {
  struct sim *sim = editor->sim;
  struct link *link = editor->link;
  size_t upto = token > 0 && token <= link->asked_count ? link->asked[token - 1] : 0;
  for (; link->acknowledged < upto; link->acknowledged++) {
    struct blob *update = link->sent[link->acknowledged];
    sim->report.acknowledged++;
    if (update->data[0] == 0 && update->len > 2) sim->report.told_gone++;
    ledger_add(&sim->ledger, editor->room, sim->time.now_ms, update);
  }
  while (editor->edits && editor->edits->sent && editor->edits->message <= upto) {
    const struct edit *edit = editor->edits;
    for (size_t i = 0; i < edit->count; i++) {
      if (edit->tokens[i] == UINT32_MAX) continue;
      struct token *t = &sim->tokens.all[edit->tokens[i]];
      if (edit->deletes)
        t->acked_out = true;
      else
        t->acked_in = true;
    }
    drop_edit(editor);
  }
}

void editor_on_message(struct editor *editor, const struct yproto_message *m) {
  switch (m->kind) {
  case YPROTO_SYNC_STEP1: answer_step1(editor, m); break;
  case YPROTO_SYNC_STEP2:
    apply(editor, m);
    editor->synced = true;
    if (editor->fresh) check_served(editor);
    editor->fresh = false;
    break;
  case YPROTO_UPDATE: apply(editor, m); break;
  case YPROTO_SAVED: acknowledge(editor, m->token); break;
  default: break;
  }
}

/* ---- the end ---- */

bool editor_done(const struct editor *editor) {
  if (editor->vanished) return true;
  return connected(editor) && editor->synced && editor->answered && !editor->edits && link_quiet(editor->link);
}

void editor_hurry(struct editor *editor) {
  if (editor->vanished) return;
  editor->away_until_ms = 0;
  if (connected(editor) && editor->edits) link_ask(editor->link);
}
