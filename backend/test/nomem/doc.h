/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_NOMEM_DOC_H
#define YOKE_TEST_NOMEM_DOC_H

#include <stdbool.h>
#include <stdint.h>
#include <yata.h>

#include "base/buf.h"

/* A room's document as a client has it. Nothing here fails: without memory the program ends. */

yata_doc *doc_create(uint64_t client_id);
/** An edit of the main file at @at; the update is appended, and empty when nothing changed. */
void doc_edit(yata_doc *doc, uint32_t at, const char *insert, uint32_t removed, yata_buf *update);
/** The main file's text, the caller's; "" where there is none. */
char *doc_text(yata_doc *doc);
bool doc_has_main(yata_doc *doc);
/** All of it as one update. */
struct blob *doc_state(const yata_doc *doc);
/** Would the update change anything? It does. */
bool doc_changes(yata_doc *doc, const struct blob *update);

#endif
