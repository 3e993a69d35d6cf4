/* SPDX-License-Identifier: MIT */
#include "assist/lex.h"

static const char *const aliases[] = {"js", "jsx", "mjs", "cjs", "node", "ecmascript", "javascriptreact", NULL};

static const struct lang_words keywords[] = {
    {ASSIST_KEYWORD, ROLE_NONE,
     "async await break case catch continue debugger default delete do else export extends "
     "finally for get if in instanceof new of return set static switch throw try typeof void "
     "while with yield"},
    {ASSIST_VARIABLE, ROLE_NONE, "super this"},
    {ASSIST_KEYWORD, ROLE_FUNCTION, "function"},
    {ASSIST_KEYWORD, ROLE_CLASS, "class"},
    {ASSIST_KEYWORD, ROLE_CONSTANT, "const"},
    {ASSIST_KEYWORD, ROLE_VARIABLE, "let var"},
    {ASSIST_KEYWORD, ROLE_MODULE, "from import"},
    {ASSIST_CONSTANT, ROLE_NONE, "false null true undefined"},
    {0},
};

static const struct lang_words builtins[] = {
    {ASSIST_CLASS, ROLE_NONE,
     "AbortController Array ArrayBuffer BigInt Blob Boolean DataView Date Error EvalError Event "
     "EventTarget Float32Array Float64Array FormData Function Headers Int16Array Int32Array "
     "Int8Array Map Number Object Promise Proxy RangeError ReferenceError RegExp Request "
     "Response Set String Symbol SyntaxError TextDecoder TextEncoder TypeError URL "
     "URLSearchParams Uint16Array Uint32Array Uint8Array WeakMap WeakRef WeakSet WebSocket "
     "Worker"},
    {ASSIST_VARIABLE, ROLE_NONE,
     "Atomics Intl JSON Math Reflect arguments console document exports globalThis localStorage "
     "location module navigator process sessionStorage window"},
    {ASSIST_FUNCTION, ROLE_NONE,
     "addEventListener alert cancelAnimationFrame clearInterval clearTimeout decodeURIComponent "
     "encodeURIComponent fetch isFinite isNaN parseFloat parseInt queueMicrotask "
     "removeEventListener requestAnimationFrame require setInterval setTimeout structuredClone"},
    {ASSIST_CONSTANT, ROLE_NONE, "Infinity NaN"},
    {ASSIST_MODULE, ROLE_NONE,
     "assert child_process crypto events fs http https net os path react readline stream url "
     "util zlib"},
    {0},
};

static const struct lang_members members[] = {
    {"", ASSIST_FUNCTION,
     "add addEventListener apply at bind call catch charAt charCodeAt clear concat delete "
     "endsWith entries every fill filter finally find findIndex flat flatMap forEach get has "
     "hasOwnProperty includes indexOf join keys lastIndexOf map match padEnd padStart pop push "
     "reduce repeat replace replaceAll reverse search set shift slice some sort splice split "
     "startsWith substring then toLowerCase toString toUpperCase trim unshift values"},
    {"", ASSIST_MEMBER, "constructor length prototype size"},
    {"console", ASSIST_FUNCTION, "assert debug dir error group groupEnd info log table time timeEnd trace warn"},
    {"Math", ASSIST_FUNCTION,
     "abs ceil cos floor hypot log log10 log2 max min pow random round sign sin sqrt tan trunc"},
    {"Math", ASSIST_CONSTANT, "E PI"},
    {"JSON", ASSIST_FUNCTION, "parse stringify"},
    {"Object", ASSIST_FUNCTION,
     "assign create defineProperty entries freeze fromEntries getOwnPropertyNames getPrototypeOf "
     "is keys values"},
    {"Array", ASSIST_FUNCTION, "from isArray of"},
    {"Promise", ASSIST_FUNCTION, "all allSettled any race reject resolve"},
    {"Number", ASSIST_FUNCTION, "isFinite isInteger isNaN isSafeInteger parseFloat parseInt"},
    {"Number", ASSIST_CONSTANT, "EPSILON MAX_SAFE_INTEGER MIN_SAFE_INTEGER"},
    {"Date", ASSIST_FUNCTION, "UTC now parse"},
    {"String", ASSIST_FUNCTION, "fromCharCode fromCodePoint raw"},
    {"document", ASSIST_FUNCTION, "createElement getElementById querySelector querySelectorAll"},
    {"document", ASSIST_MEMBER, "body head title"},
    {"process", ASSIST_MEMBER, "argv env exitCode platform stderr stdin stdout"},
    {"process", ASSIST_FUNCTION, "cwd exit nextTick on"},
    {"module", ASSIST_MEMBER, "exports"},
    {0},
};

static const struct lang_snippet snippets[] = {
    {"function", "function ${1:name}(${2:args}) {\n    $0\n}", "function"},
    {"arrow", "const ${1:name} = (${2:args}) => {\n    $0\n};", "arrow function"},
    {"class", "class ${1:Name} {\n    constructor(${2:args}) {\n        $0\n    }\n}", "class"},
    {"if", "if (${1:condition}) {\n    $0\n}", "if block"},
    {"ifelse", "if (${1:condition}) {\n    $2\n} else {\n    $0\n}", "if and else"},
    {"for", "for (let ${1:i} = 0; ${1:i} < ${2:count}; ${1:i}++) {\n    $0\n}", "for loop"},
    {"forof", "for (const ${1:item} of ${2:items}) {\n    $0\n}", "for of loop"},
    {"while", "while (${1:condition}) {\n    $0\n}", "while loop"},
    {"switch", "switch (${1:value}) {\ncase ${2:one}:\n    $0\n    break;\ndefault:\n    break;\n}", "switch"},
    {"try", "try {\n    $1\n} catch (${2:error}) {\n    $0\n}", "try and catch"},
    {"import", "import { $0 } from \"${1:module}\";", "import"},
    {"log", "console.log($0);", "print to the console"},
    {"timeout", "setTimeout(() => {\n    $0\n}, ${1:1000});", "call later"},
    {0},
};

static const struct lang_decl decls[] = {
    {"function", "() {}", "($2) {\n    $0\n}", "new function", false},
    {"class", " {}", " {\n    constructor($2) {\n        $0\n    }\n}", "new class", false},
    {0},
};

const struct lang lang_javascript = {
    .name = "javascript",
    .aliases = aliases,
    .special = lex_ecma,
    .flags = LANG_DOLLAR | LANG_PRIVATE | LANG_OPTIONAL,
    .keywords = keywords,
    .builtins = builtins,
    .members = members,
    .snippets = snippets,
    .decls = decls,
};
