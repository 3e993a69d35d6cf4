/* SPDX-License-Identifier: MIT */
#include "assist/harvest.h"

#include <string.h>

#include "assist/tokens.h"

#define RECENT_MAX 4096 /* members before the cursor whose receivers are compared */

static int add_words(struct names *names, const struct lang_words *group, enum name_flag flag) {
  const char *words = group->words;
  const char *word = NULL;
  size_t len = 0;
  while ((word = lang_next_word(&words, &len)) != NULL) {
    struct name *name = NULL;
    int err = names_intern(names, word, len, &name);
    if (err != 0) return err;
    if (name == NULL || (name->flags & (NAME_KEYWORD | NAME_BUILTIN))) continue;
    name->flags |= (uint8_t)flag;
    name->kind = (uint8_t)group->kind;
    name->role = (uint8_t)group->role;
  }
  return 0;
}

static int add_table(struct names *names, const struct lang_words *group, enum name_flag flag) {
  int err = 0;
  for (; err == 0 && group != NULL && group->words != NULL; group++) err = add_words(names, group, flag);
  return err;
}

static int add_members(struct names *names, const struct scope *scope, const struct lang_members *group) {
  size_t receiver_len = strlen(group->receiver);
  bool same = receiver_len > 0 && receiver_len == scope->receiver.len &&
              memcmp(group->receiver, scope->receiver.text, receiver_len) == 0;
  const char *words = receiver_len == 0 || same ? group->words : "";
  const char *word = NULL;
  size_t len = 0;
  while ((word = lang_next_word(&words, &len)) != NULL) {
    struct name *name = NULL;
    int err = names_intern(names, word, len, &name);
    if (err != 0) return err;
    if (name == NULL) continue;
    name->flags |= (uint8_t)(NAME_BUILTIN_MEMBER | (same ? NAME_OF_RECEIVER : 0));
    name->member_kind = (uint8_t)group->kind;
  }
  return 0;
}

static int add_member_table(struct names *names, const struct scope *scope, const struct lang_members *group) {
  int err = 0;
  for (; err == 0 && group != NULL && group->words != NULL; group++) err = add_members(names, scope, group);
  return err;
}

int harvest_words(struct names *names, const struct lang *lang) {
  int err = 0;
  for (; lang != NULL && err == 0; lang = lang->base) {
    err = add_table(names, lang->keywords, NAME_KEYWORD);
    if (err == 0) err = add_table(names, lang->builtins, NAME_BUILTIN);
  }
  return err;
}

int harvest_members(struct names *names, const struct scope *scope) {
  int err = 0;
  for (const struct lang *lang = scope->lang; lang != NULL && err == 0; lang = lang->base)
    err = add_member_table(names, scope, lang->members);
  return err;
}

/* A member of something that may turn out to be the receiver at the cursor. */
struct member_use {
  uint32_t name;     /* index */
  uint32_t receiver; /* [receiver, receiver_end), bytes; empty if it was no word */
  uint32_t receiver_end;
};

struct reader {
  struct names *names;
  struct scope *scope;
  const char *code;
  struct lex lex;
  enum lang_role role; /* that the token before gives to this one */
  size_t callable;     /* 1 + the index of the name just before; 0 if there is none */
  bool callable_member;
  size_t recent_count; /* members seen before the cursor, of which the last are kept */
  struct member_use recent[RECENT_MAX];
};

static void note_receiver(struct reader *reader, const struct member_use *use) {
  const struct scope_text *receiver = &reader->scope->receiver;
  if (receiver->len > 0 && use->receiver_end - use->receiver == receiver->len &&
      memcmp(reader->code + use->receiver, receiver->text, receiver->len) == 0)
    reader->names->items[use->name].receiver_uses++;
}

/* Before the cursor is reached, its receiver is not known: remember the latest uses. */
static void note_member(struct reader *reader, const struct name *name) {
  const struct token *before = reader->lex.before;
  struct member_use use = {.name = (uint32_t)(name - reader->names->items)};
  if (before->kind != TOKEN_WORD) return;
  use.receiver = before->name;
  use.receiver_end = before->end;
  if (reader->scope->settled)
    note_receiver(reader, &use);
  else
    reader->recent[reader->recent_count++ % RECENT_MAX] = use;
}

static void note_recent(struct reader *reader) {
  size_t count = reader->recent_count < RECENT_MAX ? reader->recent_count : RECENT_MAX;
  for (size_t i = 0; i < count; i++) note_receiver(reader, &reader->recent[i]);
}

static void note_use(struct reader *reader, struct name *name, const struct token *token) {
  const struct scope *scope = reader->scope;
  size_t distance = token->end < scope->cursor ? scope->cursor - token->end : token->start - scope->cursor;
  if (distance < name->nearest) name->nearest = (uint32_t)distance;
  if (reader->lex.last->kind == TOKEN_DOT) {
    name->member_uses++;
    note_member(reader, name);
    return;
  }
  name->uses++;
  if (reader->role != ROLE_NONE && !(name->flags & (NAME_KEYWORD | NAME_BUILTIN | NAME_DECLARED))) {
    name->flags |= reader->role == ROLE_MODULE ? 0 : NAME_DECLARED;
    name->role = (uint8_t)reader->role;
  }
}

static bool is_define(const struct reader *reader, const struct token *token) {
  return token->end - token->start == 6 && memcmp(reader->code + token->start, "define", 6) == 0;
}

/* A # that waits for the rest of a private name is none yet. */
static bool is_name(const struct reader *reader, const struct token *token) {
  return token->end - token->name > 1 || reader->code[token->name] != '#';
}

static int read_word(struct reader *reader, const struct token *token) {
  const struct scope *scope = reader->scope;
  enum lang_role role = ROLE_NONE;
  size_t callable = 0;
  if (token->punct == '#') {
    role = is_define(reader, token) ? ROLE_CONSTANT : ROLE_NONE;
  } else if ((token->end < scope->cursor || token->start > scope->cursor) && is_name(reader, token)) {
    struct name *name = NULL;
    int err = names_intern(reader->names, reader->code + token->name, token->end - token->name, &name);
    if (err != 0) return err;
    if (name != NULL) {
      note_use(reader, name, token);
      callable = (size_t)(name - reader->names->items) + 1;
      if ((name->flags & NAME_KEYWORD) && reader->lex.last->kind != TOKEN_DOT) role = name->role;
    }
  }
  reader->role = role;
  reader->callable = callable;
  reader->callable_member = reader->lex.last->kind == TOKEN_DOT;
  return 0;
}

static void read_other(struct reader *reader, const struct token *token) {
  if (token->kind == TOKEN_PUNCT && token->punct == '(' && reader->callable > 0) {
    struct name *name = &reader->names->items[reader->callable - 1];
    name->flags |= (uint8_t)(reader->callable_member ? NAME_MEMBER_CALLED : NAME_CALLED);
  }
  reader->role = ROLE_NONE;
  reader->callable = 0;
}

static int read_code(struct reader *reader) {
  int err = 0;
  while (err == 0) {
    const struct token *token = tokens_next(&reader->lex);
    if (scope_reach(reader->scope, &reader->lex)) {
      if (reader->scope->place == SCOPE_QUIET) break;
      note_recent(reader);
    }
    if (token->kind == TOKEN_END) break;
    if (token->kind == TOKEN_WORD)
      err = read_word(reader, token);
    else if (token->kind != TOKEN_COMMENT)
      read_other(reader, token);
  }
  return err;
}

int harvest_code(struct names *names, struct scope *scope) {
  struct reader reader;
  reader.names = names;
  reader.scope = scope;
  reader.code = scope->code;
  reader.role = ROLE_NONE;
  reader.callable = 0;
  reader.callable_member = false;
  reader.recent_count = 0;
  tokens_init(&reader.lex, scope->lang, scope->code, scope->len);
  return read_code(&reader);
}
