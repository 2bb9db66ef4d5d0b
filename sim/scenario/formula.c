/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Read by recursive descent into a list of nodes in which operands stand before what is done with
 * them: the value is one pass forward, all derivatives are one pass back. Nesting and length have
 * a bound, since the text comes from people and files. */
#include "sim/scenario/formula.h"

#include "sim/scenario/values.h"
#include "sim/scenario/words.h"
#include <math.h>
#include <string.h>

#define MOST_DEPTH 50
#define MOST_NODES 500
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

typedef enum {
    NUMBER,
    NAME,
    PLUS,
    MINUS,
    TIMES,
    OVER,
    NEGATIVE,
    SQRT,
    LOG,
    EXP,
    ABS,
    LEAST,
    MOST,
} Kind;

/* @left, @right: nodes before this one; @left of a NAME: which variable */
typedef struct {
    Kind kind;
    unsigned left;
    unsigned right;
    double number;
} Node;

struct SimFormula {
    GArray *nodes;    /* of Node; the last one is the whole */
    GPtrArray *names; /* %NULL at the end */
};

typedef struct {
    const char *text;
    const char *p;
    unsigned depth;
    SimFormula *out;
} Parser;

static const char *const FUNCTIONS[] = {"sqrt", "log", "exp", "abs", "min", "max", NULL};

static bool parse_sum(Parser *self, unsigned *node, GError **error);

static void
skip_blanks(Parser *self)
{
    self->p += strspn(self->p, " \t");
}

static bool
fail_here(const Parser *self, const char *expected, GError **error)
{
    g_autofree char *whole = sim_words_quote(self->text);
    g_autofree char *rest = sim_words_quote(self->p);
    if (!*self->p)
        return sim_words_fail(error, "%s ends where %s is expected", whole, expected);
    return sim_words_fail(error, "%s: %s is expected before %s", whole, expected, rest);
}

static bool
add_node(Parser *self, Node node, unsigned *out, GError **error)
{
    GArray *nodes = self->out->nodes;
    if (nodes->len == MOST_NODES)
        return sim_words_fail(error, "the formula has more than %d parts", MOST_NODES);
    *out = nodes->len;
    g_array_append_val(nodes, node);
    return true;
}

/* Where a number with its unit ends: `1h30min`, `2%`, `50/s`, `1e-3`. A `/` belongs to it only
 * if a unit follows at once. */
static size_t
measure_number(const char *p)
{
    size_t n = strspn(p, DIGITS ".");
    if (p[n] == '%')
        return n + 1;
    if (p[n] == 'e' || p[n] == 'E') {
        size_t sign = p[n + 1] == '-' || p[n + 1] == '+';
        size_t digits = strspn(p + n + 1 + sign, DIGITS);
        if (digits > 0)
            return n + 1 + sign + digits;
    }
    if (p[n] == '/') {
        static const char *const units[] = {"s", "min", "h", "d", "w", NULL};
        size_t letters = strspn(p + n + 1, LETTERS DIGITS "_-.");
        g_autofree char *unit = g_strndup(p + n + 1, letters);
        return g_strv_contains(units, unit) ? n + 1 + letters : n;
    }
    return n + strspn(p + n, LETTERS DIGITS ".");
}

static bool
read_number(const char *text, double *out, GError **error)
{
    char *end;
    double number = g_ascii_strtod(text, &end);
    if (!text[strspn(text, DIGITS ".eE+-")] && !*end && isfinite(number)) {
        *out = number;
        return true;
    }
    if (g_str_has_suffix(text, "%"))
        return sim_value_share(text, out, error);
    if (strchr(text, '/'))
        return sim_value_rate(text, out, error);
    RollTime time;
    if (!sim_value_time(text, &time, error))
        return false;
    *out = (double)time / ROLL_SECOND;
    return true;
}

static bool
parse_number(Parser *self, unsigned *node, GError **error)
{
    Node number = {.kind = NUMBER};
    size_t n = measure_number(self->p);
    g_autofree char *text = g_strndup(self->p, n);
    if (!read_number(text, &number.number, error))
        return false;
    self->p += n;
    return add_node(self, number, node, error);
}

/* Letters, digits, `-`, `_`, `.` and a `*` between points. */
static size_t
measure_name(const char *p)
{
    size_t n = strspn(p, LETTERS DIGITS "-_.");
    while (n > 0 && p[n] == '*' && p[n - 1] == '.' && p[n + 1] == '.')
        n += 1 + strspn(p + n + 1, LETTERS DIGITS "-_.");
    return n;
}

/* What follows a name if it is `of GROUP`. */
static const char *
find_group(const char *p, size_t *n)
{
    const char *of = p + strspn(p, " \t");
    const char *group = of > p ? sim_value_after(of, "of") : NULL;
    *n = group ? strspn(group, LETTERS DIGITS "-_") : 0;
    return *n > 0 ? group : NULL;
}

static unsigned
find_variable(SimFormula *self, char *name)
{
    guint n = self->names->len - 1; /* without the NULL */
    for (guint i = 0; i < n; i++)
        if (strcmp(self->names->pdata[i], name) == 0) {
            g_free(name);
            return i;
        }
    self->names->pdata[n] = name;
    g_ptr_array_add(self->names, NULL);
    return n;
}

static bool
parse_name(Parser *self, unsigned *node, GError **error)
{
    size_t n = measure_name(self->p);
    const char *start = self->p;
    self->p += n;
    size_t letters;
    const char *group = find_group(self->p, &letters);
    char *name;
    if (group) {
        name = g_strdup_printf("%.*s of %.*s", (int)n, start, (int)letters, group);
        self->p = group + letters;
    } else {
        name = g_strndup(start, n);
    }
    Node variable = {.kind = NAME, .left = find_variable(self->out, name)};
    return add_node(self, variable, node, error);
}

static bool
take_mark(Parser *self, char mark, GError **error)
{
    char expected[] = {'"', mark, '"', '\0'};
    skip_blanks(self);
    if (*self->p != mark)
        return fail_here(self, expected, error);
    self->p++;
    return true;
}

/* At the parenthesis behind the name of a function. */
static bool
parse_call(Parser *self, const char *name, unsigned *node, GError **error)
{
    static const Kind kinds[] = {SQRT, LOG, EXP, ABS, LEAST, MOST};
    int which;
    if (!sim_value_word(name, FUNCTIONS, &which, NULL))
        return sim_words_unknown(error, "unknown function", name, FUNCTIONS);
    Node call = {.kind = kinds[which]};
    if (!take_mark(self, '(', error) || !parse_sum(self, &call.left, error))
        return false;
    call.right = call.left;
    if (call.kind == LEAST || call.kind == MOST)
        if (!take_mark(self, ',', error) || !parse_sum(self, &call.right, error))
            return false;
    return take_mark(self, ')', error) && add_node(self, call, node, error);
}

static bool
parse_word(Parser *self, unsigned *node, GError **error)
{
    size_t n = measure_name(self->p);
    const char *behind = self->p + n + strspn(self->p + n, " \t");
    if (*behind != '(')
        return parse_name(self, node, error);
    g_autofree char *name = g_strndup(self->p, n);
    self->p = behind;
    return parse_call(self, name, node, error);
}

static bool
parse_part(Parser *self, unsigned *node, GError **error)
{
    skip_blanks(self);
    if (g_ascii_isdigit(*self->p))
        return parse_number(self, node, error);
    if (g_ascii_isalpha(*self->p))
        return parse_word(self, node, error);
    if (*self->p == '(') {
        self->p++;
        return parse_sum(self, node, error) && take_mark(self, ')', error);
    }
    if (*self->p != '-')
        return fail_here(self, "a number or a name", error);
    self->p++;
    skip_blanks(self);
    if (*self->p == '-')
        return fail_here(self, "a number or a name", error);
    Node negative = {.kind = NEGATIVE};
    if (!parse_part(self, &negative.left, error))
        return false;
    negative.right = negative.left;
    return add_node(self, negative, node, error);
}

static bool
parse_product(Parser *self, unsigned *node, GError **error)
{
    if (!parse_part(self, node, error))
        return false;
    for (skip_blanks(self); *self->p == '*' || *self->p == '/'; skip_blanks(self)) {
        Node both = {.kind = *self->p++ == '*' ? TIMES : OVER, .left = *node};
        if (!parse_part(self, &both.right, error) || !add_node(self, both, node, error))
            return false;
    }
    return true;
}

static bool
parse_sum(Parser *self, unsigned *node, GError **error)
{
    if (self->depth == MOST_DEPTH)
        return sim_words_fail(
            error, "parentheses are nested more than %d deep; write it with fewer", MOST_DEPTH);
    self->depth++;
    if (!parse_product(self, node, error))
        return false;
    for (skip_blanks(self); *self->p == '+' || *self->p == '-'; skip_blanks(self)) {
        Node both = {.kind = *self->p++ == '+' ? PLUS : MINUS, .left = *node};
        if (!parse_product(self, &both.right, error) || !add_node(self, both, node, error))
            return false;
    }
    self->depth--;
    return true;
}

SimFormula *
sim_formula_parse(const char *text, GError **error)
{
    if (!g_utf8_validate(text, -1, NULL) || strpbrk(text, "\r\n")) {
        sim_words_fail(error, "not one line of UTF-8 text; write it without line breaks");
        return NULL;
    }
    g_autoptr(SimFormula) self = g_new0(SimFormula, 1);
    self->nodes = g_array_new(FALSE, FALSE, sizeof(Node));
    self->names = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(self->names, NULL);
    Parser parser = {.text = text, .p = text, .out = self};
    unsigned whole;
    if (!parse_sum(&parser, &whole, error))
        return NULL;
    if (*parser.p) {
        fail_here(&parser, "an operator", error);
        return NULL;
    }
    return g_steal_pointer(&self);
}

void
sim_formula_free(SimFormula *self)
{
    if (!self)
        return;
    g_array_unref(self->nodes);
    g_ptr_array_unref(self->names);
    g_free(self);
}

const char *const *
sim_formula_names(const SimFormula *self)
{
    return (const char *const *)self->names->pdata;
}

static double
compute_node(const Node *node, const double *values, const double *variables)
{
    if (node->kind == NUMBER)
        return node->number;
    if (node->kind == NAME)
        return variables[node->left];
    double a = values[node->left];
    double b = values[node->right];
    switch (node->kind) {
    case PLUS:
        return a + b;
    case MINUS:
        return a - b;
    case TIMES:
        return a * b;
    case OVER:
        return a / b;
    case NEGATIVE:
        return -a;
    case SQRT:
        return sqrt(a);
    case LOG:
        return log(a);
    case EXP:
        return exp(a);
    case ABS:
        return fabs(a);
    case LEAST:
        return a <= b ? a : b;
    default:
        return a >= b ? a : b;
    }
}

static void
compute(const SimFormula *self, const double *variables, double *values)
{
    for (guint i = 0; i < self->nodes->len; i++)
        values[i] = compute_node(&g_array_index(self->nodes, Node, i), values, variables);
}

double
sim_formula_value(const SimFormula *self, const double *variables)
{
    double values[MOST_NODES];
    compute(self, variables, values);
    return values[self->nodes->len - 1];
}

/* Of a node with the value @value, by its left and its right operand. */
static void
derive_node(const Node *node, double value, const double *values, double *left, double *right)
{
    double a = values[node->left];
    double b = values[node->right];
    *left = *right = 0;
    switch (node->kind) {
    case PLUS:
    case MINUS:
        *left = 1;
        *right = node->kind == PLUS ? 1 : -1;
        break;
    case TIMES:
        *left = b;
        *right = a;
        break;
    case OVER:
        *left = 1 / b;
        *right = -a / (b * b);
        break;
    case NEGATIVE:
        *left = -1;
        break;
    case SQRT:
        *left = 0.5 / value;
        break;
    case LOG:
        *left = 1 / a;
        break;
    case EXP:
        *left = value;
        break;
    case ABS:
        *left = a < 0 ? -1 : 1;
        break;
    default:
        *left = node->kind == LEAST ? a <= b : a >= b;
        *right = 1 - *left;
        break;
    }
}

double
sim_formula_gradient(const SimFormula *self, const double *variables, double *gradient)
{
    double values[MOST_NODES];
    double weights[MOST_NODES] = {0}; /* d whole / d node */
    unsigned n = self->nodes->len;
    compute(self, variables, values);
    memset(gradient, 0, (self->names->len - 1) * sizeof *gradient);
    weights[n - 1] = 1;
    for (unsigned i = n; i-- > 0;) {
        const Node *node = &g_array_index(self->nodes, Node, i);
        double left;
        double right;
        if (node->kind == NAME)
            gradient[node->left] += weights[i];
        if (node->kind == NAME || node->kind == NUMBER || weights[i] == 0)
            continue;
        derive_node(node, values[i], values, &left, &right);
        weights[node->left] += weights[i] * left;
        if (node->right != node->left)
            weights[node->right] += weights[i] * right;
    }
    return values[n - 1];
}

static const char *const RELATIONS[] = {"<", "<=", "==", ">=", ">", "!=", NULL};

SimComparison *
sim_comparison_parse(const char *text, GError **error)
{
    size_t n = strcspn(text, "<>=!");
    size_t length = strspn(text + n, "<>=!");
    g_autofree char *quoted = sim_words_quote(text);
    g_autofree char *mark = g_strndup(text + n, length);
    int which = 0;
    if (length == 0) {
        sim_words_fail(error, "%s is not a condition, such as: a <= 2 * b", quoted);
        return NULL;
    }
    if (!sim_value_word(mark, RELATIONS, &which, NULL)) {
        sim_words_unknown(error, "unknown comparison", mark, RELATIONS);
        return NULL;
    }
    g_autofree char *left = g_strstrip(g_strndup(text, n));
    g_autoptr(SimComparison) self = g_new0(SimComparison, 1);
    self->relation = (SimRelation)which;
    self->left = sim_formula_parse(left, error);
    self->right = self->left ? sim_formula_parse(text + n + length, error) : NULL;
    return self->right ? g_steal_pointer(&self) : NULL;
}

void
sim_comparison_free(SimComparison *self)
{
    if (!self)
        return;
    sim_formula_free(self->left);
    sim_formula_free(self->right);
    g_free(self);
}

bool
sim_relation_holds(SimRelation relation, double left, double right)
{
    bool equal = left == right || fabs(left - right) <= 1e-9 * MAX(fabs(left), fabs(right));
    switch (relation) {
    case SIM_LESS:
        return left < right && !equal;
    case SIM_AT_MOST:
        return left < right || equal;
    case SIM_EQUAL:
        return equal;
    case SIM_AT_LEAST:
        return left > right || equal;
    case SIM_MORE:
        return left > right && !equal;
    default:
        return !equal;
    }
}
