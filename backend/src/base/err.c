/* SPDX-License-Identifier: MIT */
#include "base/err.h"

const char *err_text(int err) {
  switch (err) {
  case 0: return "no error";
#define ERR_CASE(name, value, text)                                                                                    \
  case name: return text;
    ERR_TABLE(ERR_CASE)
#undef ERR_CASE
  default: return "unknown error";
  }
}
