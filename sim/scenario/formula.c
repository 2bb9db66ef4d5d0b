/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Recursive descent over
 *   sum = product { (+|-) product }    product = factor { (*|/) factor }
 *   factor = - factor | number [unit] | name | function ( sum {, sum} ) | ( sum )
 * into a tree. Values and derivatives go up the tree together (forward differentiation). */
#include "sim/scenario/formula.h"

#include "sim/scenario/values.h"
#include "sim/scenario/words.h"
#include <math.h>
#include <string.h>

#define MOST_DEPTH 64
#define MOST_LENGTH 4096

static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
static const char NAME[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

typedef enum { NUMBER, VARIABLE, ADD, SUBTRACT, MULTIPLY, DIVIDE, FUNCTION } Kind;

typedef struct Node Node;
struct Node {
    Kind kind;
    double number;
    size_t which; /* variable or function */
    Node *left;
    Node *right; /* of a function of two */
};

struct SimFormula {
    Node *root;
    GPtrArray *names; /* %NULL-terminated once it is parsed */
};

/* A value and its derivative by one variable. */
typedef struct {
    double value;
    double slope;
} Dual;

typedef struct {
    const char *at;
    unsigned depth;
    SimFormula *formula;
    GError **error;
} Parser;

static Dual
dual_sqrt(Dual a, Dual b)
{
    (void)b;
    return (Dual){sqrt(a.value), a.slope / (2 * sqrt(a.value))};
}

static Dual
dual_log(Dual a, Dual b)
{
    (void)b;
    return (Dual){log(a.value), a.slope / a.value};
}

static Dual
dual_exp(Dual a, Dual b)
{
    (void)b;
    return (Dual){exp(a.value), a.slope * exp(a.value)};
}

static Dual
dual_abs(Dual a, Dual b)
{
    (void)b;
    return a.value < 0 ? (Dual){-a.value, -a.slope} : a;
}

static Dual
dual_min(Dual a, Dual b)
{
    return a.value <= b.value ? a : b;
}

static Dual
dual_max(Dual a, Dual b)
{
    return a.value >= b.value ? a : b;
}

static const struct {
    const char *name;
    unsigned arguments;
    Dual (*evaluate)(Dual a, Dual b);
} FUNCTIONS[] = {
    {"sqrt", 1, dual_sqrt}, {"log", 1, dual_log}, {"exp", 1, dual_exp},
    {"abs", 1, dual_abs},   {"min", 2, dual_min}, {"max", 2, dual_max},
};

static void
node_free(Node *node)
{
    if (node == NULL)
        return;
    node_free(node->left);
    node_free(node->right);
    g_free(node);
}

static Node *
new_node(Kind kind, Node *left, Node *right)
{
    Node *node = g_new0(Node, 1);
    node->kind = kind;
    node->left = left;
    node->right = right;
    return node;
}

static void
skip_blanks(Parser *self)
{
    self->at += strspn(self->at, " \t");
}

static bool
take(Parser *self, char sign)
{
    skip_blanks(self);
    if (*self->at != sign)
        return false;
    self->at++;
    return true;
}

/* Where it went wrong, for the message. */
static Node *
fail(Parser *self, const char *what)
{
    g_autofree char *rest = sim_words_quote(self->at);
    if (*self->at == '\0')
        sim_words_fail(self->error, "%s at the end", what);
    else
        sim_words_fail(self->error, "%s at %s", what, rest);
    return NULL;
}

static Node *parse_sum(Parser *self);

/* `60s`, `2h`, `1%`, `50/s`, or a plain number, also as 1e-3. */
static Node *
parse_number(Parser *self)
{
    size_t digits = strspn(self->at, "0123456789.");
    size_t unit = strspn(self->at + digits, LETTERS);
    double value;
    RollTime time;
    char *end;
    if (self->at[digits] == '%')
        unit = 1;
    else if (self->at[digits] == '/' && strspn(self->at + digits + 1, LETTERS) > 0)
        unit = 1 + strspn(self->at + digits + 1, LETTERS);
    value = g_ascii_strtod(self->at, &end);
    bool exponent = end > self->at + digits;
    g_autofree char *text = g_strndup(self->at, digits + unit);
    Node *node = new_node(NUMBER, NULL, NULL);
    if (exponent || unit == 0) {
        self->at = end > self->at ? end : self->at + MAX(digits, 1);
        node->number = value;
        if (isfinite(value) && end != NULL)
            return node;
    } else if (self->at[digits] == '%'   ? sim_value_share(text, &value, NULL)
               : self->at[digits] == '/' ? sim_value_rate(text, &value, NULL)
                                         : sim_value_time(text, &time, NULL) &&
                                               (value = (double)time / ROLL_SECOND, true)) {
        self->at += digits + unit;
        node->number = value;
        return node;
    }
    node_free(node);
    return fail(self, "not a number with a known unit");
}

/* Letters, digits, `-`, `_`, `.`, and a `*` between two dots. */
static char *
take_name(Parser *self)
{
    const char *end = self->at;
    while (*end != '\0') {
        size_t n = strspn(end, NAME);
        end += n;
        bool star = *end == '*' && end > self->at && end[-1] == '.' && end[1] == '.';
        if (!star)
            break;
        end++;
    }
    char *name = g_strndup(self->at, (gsize)(end - self->at));
    self->at = end;
    return name;
}

static size_t
find_variable(Parser *self, const char *name)
{
    GPtrArray *names = self->formula->names;
    for (guint i = 0; i < names->len; i++)
        if (strcmp(names->pdata[i], name) == 0)
            return i;
    g_ptr_array_add(names, g_strdup(name));
    return names->len - 1;
}

static Node *
parse_function(Parser *self, size_t which)
{
    Node *left = parse_sum(self);
    Node *right = NULL;
    if (left == NULL)
        return NULL;
    if (FUNCTIONS[which].arguments == 2) {
        right = take(self, ',') ? parse_sum(self) : fail(self, "a second value is missing");
        if (right == NULL) {
            node_free(left);
            return NULL;
        }
    }
    Node *node = new_node(FUNCTION, left, right);
    node->which = which;
    if (take(self, ')'))
        return node;
    node_free(node);
    return fail(self, "\")\" is missing");
}

/* `of GROUP` behind a name belongs to it. */
static void
take_group(Parser *self, char **name)
{
    const char *before = self->at;
    skip_blanks(self);
    if (strncmp(self->at, "of", 2) != 0 || (self->at[2] != ' ' && self->at[2] != '\t')) {
        self->at = before;
        return;
    }
    self->at += 2;
    skip_blanks(self);
    g_autofree char *group = take_name(self);
    g_autofree char *own = *name;
    *name = g_strdup_printf("%s of %s", own, group);
}

static Node *
parse_name(Parser *self)
{
    g_autofree char *name = take_name(self);
    const char *behind = self->at;
    if (take(self, '(')) {
        const char *known[G_N_ELEMENTS(FUNCTIONS) + 1] = {NULL};
        for (size_t i = 0; i < G_N_ELEMENTS(FUNCTIONS); i++) {
            known[i] = FUNCTIONS[i].name;
            if (strcmp(known[i], name) == 0)
                return parse_function(self, i);
        }
        sim_words_unknown(self->error, "unknown function", name, known);
        return NULL;
    }
    self->at = behind;
    take_group(self, &name);
    Node *node = new_node(VARIABLE, NULL, NULL);
    node->which = find_variable(self, name);
    return node;
}

static Node *
parse_inner(Parser *self)
{
    skip_blanks(self);
    if (take(self, '-')) {
        Node *factor = parse_inner(self);
        return factor == NULL ? NULL : new_node(SUBTRACT, new_node(NUMBER, NULL, NULL), factor);
    }
    if (take(self, '(')) {
        Node *sum = parse_sum(self);
        if (sum == NULL || take(self, ')'))
            return sum;
        node_free(sum);
        return fail(self, "\")\" is missing");
    }
    if (g_ascii_isdigit(*self->at) || *self->at == '.')
        return parse_number(self);
    if (*self->at != '\0' && strchr(LETTERS, *self->at) != NULL)
        return parse_name(self);
    return fail(self, "a number or a name is missing");
}

static Node *
parse_factor(Parser *self)
{
    if (++self->depth > MOST_DEPTH)
        return fail(self, "too deep");
    Node *node = parse_inner(self);
    self->depth--;
    return node;
}

/* Takes @left; @parse is for what follows each operator. */
static Node *
parse_chain(Parser *self, const char *operators, const Kind *kinds, Node *(*parse)(Parser *))
{
    Node *left = parse(self);
    while (left != NULL) {
        skip_blanks(self);
        const char *sign = *self->at != '\0' ? strchr(operators, *self->at) : NULL;
        if (sign == NULL)
            return left;
        self->at++;
        Node *right = parse(self);
        if (right == NULL) {
            node_free(left);
            return NULL;
        }
        left = new_node(kinds[sign - operators], left, right);
    }
    return NULL;
}

static Node *
parse_product(Parser *self)
{
    static const Kind kinds[] = {MULTIPLY, DIVIDE};
    return parse_chain(self, "*/", kinds, parse_factor);
}

static Node *
parse_sum(Parser *self)
{
    static const Kind kinds[] = {ADD, SUBTRACT};
    return parse_chain(self, "+-", kinds, parse_product);
}

SimFormula *
sim_formula_parse(const char *text, GError **error)
{
    g_autoptr(SimFormula) self = g_new0(SimFormula, 1);
    g_autoptr(GError) local = NULL;
    Parser parser = {text, 0, self, &local};
    g_autofree char *quoted = sim_words_quote(text);
    self->names = g_ptr_array_new_with_free_func(g_free);
    if (strlen(text) > MOST_LENGTH || !g_utf8_validate(text, -1, NULL)) {
        sim_words_fail(error, "%s: not a formula", quoted);
        return NULL;
    }
    self->root = parse_sum(&parser);
    skip_blanks(&parser);
    if (self->root != NULL && *parser.at != '\0')
        fail(&parser, "an operator is missing");
    if (local != NULL) {
        sim_words_fail(error, "%s: %s", quoted, local->message);
        return NULL;
    }
    g_ptr_array_add(self->names, NULL);
    return g_steal_pointer(&self);
}

void
sim_formula_free(SimFormula *self)
{
    if (self == NULL)
        return;
    node_free(self->root);
    g_ptr_array_unref(self->names);
    g_free(self);
}

const char *const *
sim_formula_names(const SimFormula *self)
{
    return (const char *const *)self->names->pdata;
}

/* By variable @by. */
static Dual
evaluate(const Node *node, const double *variables, size_t by)
{
    Dual a = {0};
    Dual b = {0};
    if (node->kind == NUMBER)
        return (Dual){node->number, 0};
    if (node->kind == VARIABLE)
        return (Dual){variables[node->which], node->which == by};
    a = evaluate(node->left, variables, by);
    if (node->right != NULL)
        b = evaluate(node->right, variables, by);
    switch (node->kind) {
    case ADD:
        return (Dual){a.value + b.value, a.slope + b.slope};
    case SUBTRACT:
        return (Dual){a.value - b.value, a.slope - b.slope};
    case MULTIPLY:
        return (Dual){a.value * b.value, a.slope * b.value + a.value * b.slope};
    case DIVIDE:
        return (Dual){a.value / b.value,
                      (a.slope * b.value - a.value * b.slope) / (b.value * b.value)};
    default:
        return FUNCTIONS[node->which].evaluate(a, b);
    }
}

double
sim_formula_value(const SimFormula *self, const double *variables)
{
    return evaluate(self->root, variables, SIZE_MAX).value;
}

double
sim_formula_gradient(const SimFormula *self, const double *variables, double *gradient)
{
    for (guint i = 0; i + 1 < self->names->len; i++)
        gradient[i] = evaluate(self->root, variables, i).slope;
    return sim_formula_value(self, variables);
}
