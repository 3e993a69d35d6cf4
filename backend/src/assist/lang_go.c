/* SPDX-License-Identifier: MIT */
#include "assist/lex.h"

static const char *const aliases[] = {"golang", NULL};

static const struct lang_words keywords[] = {
    {ASSIST_KEYWORD, ROLE_NONE,
     "break case chan continue default defer else fallthrough for go goto if map range return "
     "select switch"},
    {ASSIST_KEYWORD, ROLE_FUNCTION, "func"},
    {ASSIST_KEYWORD, ROLE_CLASS, "interface struct"},
    {ASSIST_KEYWORD, ROLE_TYPE, "type"},
    {ASSIST_KEYWORD, ROLE_CONSTANT, "const"},
    {ASSIST_KEYWORD, ROLE_VARIABLE, "var"},
    {ASSIST_KEYWORD, ROLE_MODULE, "import package"},
    {ASSIST_CONSTANT, ROLE_NONE, "false iota nil true"},
    {0},
};

static const struct lang_words builtins[] = {
    {ASSIST_FUNCTION, ROLE_NONE,
     "append cap clear close complex copy delete imag len make max min new panic print println "
     "real recover"},
    {ASSIST_TYPE, ROLE_NONE,
     "any bool byte comparable complex128 complex64 error float32 float64 int int16 int32 int64 "
     "int8 rune string uint uint16 uint32 uint64 uint8 uintptr"},
    {ASSIST_MODULE, ROLE_NONE,
     "bufio bytes context errors filepath fmt http io json log math os rand regexp sort strconv "
     "strings sync testing time unicode utf8"},
    {0},
};

static const struct lang_members members[] = {
    {"fmt", ASSIST_FUNCTION, "Errorf Fprintf Fprintln Print Printf Println Scan Scanln Sprint Sprintf Sprintln Sscanf"},
    {"strings", ASSIST_FUNCTION,
     "Contains Fields HasPrefix HasSuffix Index Join NewReader Repeat Replace ReplaceAll Split "
     "Title ToLower ToUpper Trim TrimPrefix TrimSpace TrimSuffix"},
    {"strings", ASSIST_TYPE, "Builder"},
    {"strconv", ASSIST_FUNCTION, "Atoi FormatInt Itoa ParseBool ParseFloat ParseInt Quote"},
    {"errors", ASSIST_FUNCTION, "As Is Join New Unwrap"},
    {"os", ASSIST_FUNCTION, "Create Exit Getenv Mkdir MkdirAll Open ReadFile Remove Stat WriteFile"},
    {"os", ASSIST_VARIABLE, "Args Stderr Stdin Stdout"},
    {"time", ASSIST_FUNCTION, "After Now Since Sleep Tick"},
    {"time", ASSIST_TYPE, "Duration Time"},
    {"time", ASSIST_CONSTANT, "Hour Microsecond Millisecond Minute Nanosecond Second"},
    {"sync", ASSIST_TYPE, "Mutex Once Pool RWMutex WaitGroup"},
    {"sort", ASSIST_FUNCTION, "Ints Search Slice SliceStable Strings"},
    {"math", ASSIST_FUNCTION, "Abs Ceil Cos Floor Max Min Mod Pow Round Sin Sqrt"},
    {"math", ASSIST_CONSTANT, "MaxInt MaxInt64 MinInt Pi"},
    {"context", ASSIST_FUNCTION, "Background TODO WithCancel WithTimeout WithValue"},
    {"context", ASSIST_TYPE, "Context"},
    {"json", ASSIST_FUNCTION, "Marshal MarshalIndent NewDecoder NewEncoder Unmarshal"},
    {"io", ASSIST_FUNCTION, "Copy ReadAll"},
    {"io", ASSIST_TYPE, "Reader Writer"},
    {"io", ASSIST_VARIABLE, "EOF"},
    {"log", ASSIST_FUNCTION, "Fatal Fatalf Print Printf Println"},
    {"bufio", ASSIST_FUNCTION, "NewReader NewScanner NewWriter"},
    {"http", ASSIST_FUNCTION, "Error Get Handle HandleFunc ListenAndServe NewRequest"},
    {"http", ASSIST_TYPE, "Handler Request ResponseWriter"},
    {"", ASSIST_FUNCTION, "Add Close Done Error Lock Read String Unlock Wait Write"},
    {0},
};

static const struct lang_snippet snippets[] = {
    {"func", "func ${1:name}(${2:args}) ${3:error} {\n\t$0\n}", "function"},
    {"method", "func (${1:r} *${2:Type}) ${3:name}(${4:args}) ${5:error} {\n\t$0\n}", "method"},
    {"main", "func main() {\n\t$0\n}", "main function"},
    {"if", "if ${1:condition} {\n\t$0\n}", "if block"},
    {"iferr", "if err != nil {\n\treturn ${0:err}\n}", "return an error"},
    {"for", "for ${1:i} := 0; ${1:i} < ${2:n}; ${1:i}++ {\n\t$0\n}", "for loop"},
    {"forrange", "for ${1:i}, ${2:item} := range ${3:items} {\n\t$0\n}", "range loop"},
    {"switch", "switch ${1:value} {\ncase ${2:one}:\n\t$0\ndefault:\n}", "switch"},
    {"select", "select {\ncase ${1:value} := <-${2:channel}:\n\t$0\n}", "select"},
    {"struct", "type ${1:Name} struct {\n\t$0\n}", "structure"},
    {"interface", "type ${1:Name} interface {\n\t$0\n}", "interface"},
    {"go", "go func() {\n\t$0\n}()", "goroutine"},
    {"println", "fmt.Println($0)", "print"},
    {0},
};

static const struct lang_decl decls[] = {
    {"func", "() {}", "($2) {\n\t$0\n}", "new function", false},
    {"type", " struct {}", " struct {\n\t$0\n}", "new type", false},
    {0},
};

const struct lang lang_go = {
    .name = "go",
    .aliases = aliases,
    .special = lex_go,
    .flags = LANG_MODULES | LANG_FIELDS,
    .keywords = keywords,
    .builtins = builtins,
    .members = members,
    .snippets = snippets,
    .decls = decls,
};
