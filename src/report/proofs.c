/* What a claim rests on, outside of the page: proof, code, case, test, machine-checked theorems. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/regular.h"
#include "report/page.h"

/* ---- places ---------------------------------------------------------------------------------- */

/* HOME/PATH, or NULL where it is not.  Installed, proofs are with the documents. */
static char *find(const struct sg_page *page, const char *path)
{
    static const char *const below[] = {"", "build/pages/", "../doc/synthgrad/"};
    for (size_t k = 0; page->home && k < sizeof below / sizeof *below; k++) {
        struct stat s;
        char *full = sg_base_format("%s/%s%s", page->home, below[k], path);
        if (stat(full, &s) == 0 && (S_ISREG(s.st_mode) || S_ISDIR(s.st_mode)))
            return full;
        free(full);
    }
    return NULL;
}

/* The address of `target` as seen from the page's own folder; NULL: one of them is not there. */
static char *address(const struct sg_page *page, const char *target)
{
    char *folder = sg_base_format("%s/report", page->folder), from[PATH_MAX], to[PATH_MAX];
    const bool known = realpath(folder, from) && realpath(target, to);
    free(folder);
    if (!known)
        return NULL;
    size_t common = 0;
    for (size_t k = 0; from[k] == to[k] && from[k]; k++)
        if (from[k] == '/')
            common = k + 1;
    char *up = sg_base_format("%s", "");
    for (const char *rest = from + common; *rest;) {
        char *longer = sg_base_format("../%s", up);
        free(up);
        up = longer;
        rest += strcspn(rest, "/");
        rest += *rest == '/';
    }
    char *path = sg_base_format("%s%s", up, to + common);
    free(up);
    return path;
}

void sg_page_link(const struct sg_page *page, const char *path, const char *words)
{
    char *target = find(page, path), *href = target ? address(page, target) : NULL;
    if (href) {
        fputs("<a href=\"", page->out);
        sg_html_address(page->out, href);
        fputs("\">", page->out);
    }
    sg_html_text(page->out, words);
    if (href)
        fputs("</a>", page->out);
    free(target);
    free(href);
}

/* ---- proof pages ----------------------------------------------------------------------------- */

/* The whole of a text file, or NULL. */
static char *read_text(const char *path)
{
    FILE *file = path ? sg_base_open_regular(path) : NULL;
    char *text = NULL;
    size_t room = 0;
    /* No text has a NUL: this reads all of it. */
    if (file && getdelim(&text, &room, '\0', file) < 0) {
        free(text);
        text = NULL;
    }
    if (file)
        fclose(file);
    return text;
}

static char *read_proof(const struct sg_page *page, const char *proof)
{
    char *name = sg_base_format("proofs/%s.html", proof), *path = find(page, name),
         *text = read_text(path);
    free(name);
    free(path);
    return text;
}

/* The mark that tools/pages.sh leaves for the links back. */
static const char mark[] = "<!--nav-->";

/* claim NULL: a page of no claim. */
static enum sg_status copy_proof(const struct sg_page *page, const char *proof,
                                 const struct sg_claim *claim, struct sg_error *err)
{
    struct sg_file file;
    char *text = read_proof(page, proof), *at = text ? strstr(text, mark) : NULL;
    if (!at) {
        free(text);
        return SG_OK;
    }
    char *path = sg_base_format("%s/report/proofs/%s.html", page->folder, proof);
    enum sg_status status = sg_base_file_open_ours(&file, path, err);
    free(path);
    if (status == SG_OK) {
        fprintf(file.stream, "%.*s<nav>", (int)(at - text), text);
        if (claim)
            fprintf(file.stream, "<a href=\"../index.html#%s\">%s in the report</a> ", claim->id,
                    claim->id);
        fprintf(file.stream, "<a href=\"../index.html\">the report</a></nav>%s",
                at + sizeof mark - 1);
        status = sg_base_file_commit(&file, err);
    }
    free(text);
    return status;
}

/* Pages that those of the claims lead to. */
static const char *const beside[] = {"certificates", "trusted_base"};

enum sg_status sg_page_copy_proofs(const struct sg_page *page, struct sg_error *err)
{
    enum sg_status status = SG_OK;
    for (size_t k = 0; sg_claims[k] && status == SG_OK; k++)
        status = copy_proof(page, sg_claims[k]->name, sg_claims[k], err);
    for (size_t k = 0; k < sizeof beside / sizeof *beside && status == SG_OK; k++)
        status = copy_proof(page, beside[k], NULL, err);
    return status;
}

/* ---- the statement --------------------------------------------------------------------------- */

/* Where the section that begins at `open` ends; NULL: nowhere. */
static const char *section_end(const char *open)
{
    size_t depth = 0;
    for (const char *s = open; (s = strchr(s, '<')); s++) {
        depth += strncmp(s, "<section", 8) == 0;
        if (strncmp(s, "</section>", 10) == 0 && --depth == 0)
            return s;
    }
    return NULL;
}

/* The length of an attribute at s that the report's page has no use for, 0 for all others: ids are
 * the page's own, and HTML knows formulas without their namespace. */
static size_t spare_attribute(const char *s)
{
    static const char *const names[] = {" id=\"", " xmlns=\"", " display=\"inline\""};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        const size_t length = strlen(names[k]);
        if (strncmp(s, names[k], length) == 0)
            return k == 2 ? length : length + strcspn(s + length, "\"") + 1;
    }
    return 0;
}

/* The part of a proof page, without attributes that are spare and the TeX beside the formulas; its
 * links lead to the other proof pages. */
static void print_part(const struct sg_page *page, const char *s, const char *end)
{
    while (s < end) {
        const size_t spare = spare_attribute(s);
        if (spare)
            s += spare;
        else if (strncmp(s, "<annotation", 11) == 0)
            s = strstr(s, "</annotation>") + 13;
        else {
            fputc(*s, page->out);
            if (strncmp(s, "href=\"", 6) == 0 && s[6] != '#' && strncmp(s + 6, "http", 4) != 0) {
                fputs("ref=\"proofs/", page->out);
                s += 5;
            }
            s++;
        }
    }
}

void sg_page_statement(const struct sg_page *page, const struct sg_claim *claim)
{
    char *text = read_proof(page, claim->name);
    const char *open = text ? strstr(text, "<section id=\"statement\"") : NULL,
               *end = open ? section_end(open) : NULL, *begin = open ? strstr(open, "</h2>") : NULL;
    if (!open && text) {
        open = strstr(text, "<section id=\"setting-and-statement\"");
        end = open ? section_end(open) : NULL;
        begin = open ? strstr(open, "</h2>") : NULL;
    }
    if (begin && end && begin < end) {
        fputs("<div class=\"statement\" tabindex=\"0\" role=\"region\" aria-label=\"Statement of ",
              page->out);
        fprintf(page->out, "%s\">", claim->id);
        print_part(page, begin + 5, end);
        fputs("</div>\n", page->out);
    } else {
        fputs("<div class=\"statement\"><p>", page->out);
        sg_html_mathematics(page->out, claim->statement);
        fputs("</p></div>\n", page->out);
    }
    free(text);
}

/* ---- links ----------------------------------------------------------------------------------- */

void sg_page_links(const struct sg_page *page, const struct sg_claim *claim)
{
    char *proof = sg_base_format("%s/report/proofs/%s.html", page->folder, claim->name),
         *folder = sg_base_format("src/claim/%.*s", (int)strcspn(claim->name, "_"), claim->name),
         *markdown = sg_base_format("proofs/%s.md", claim->name),
         *test = sg_base_format("tests/claim/test_%.*s.c", (int)strcspn(claim->name, "_"),
                                claim->name);
    FILE *made = sg_base_open_regular(proof);
    fputs("<ul class=\"links\"><li>Proof, what is checked and what is not: ", page->out);
    if (made) {
        fprintf(page->out, "<a href=\"proofs/%s.html\">proofs/%s.html</a>", claim->name,
                claim->name);
        fclose(made);
    } else
        sg_page_link(page, markdown, markdown);
    fputs("</li><li>Code: ", page->out);
    sg_page_link(page, folder, folder);
    fputs("</li><li>Test: ", page->out);
    sg_page_link(page, test, test);
    fputs("</li></ul>\n", page->out);
    free(proof);
    free(folder);
    free(markdown);
    free(test);
}

/* ---- machine-checked theorems ---------------------------------------------------------------- */

/* A line "CP1  FILE  THEOREM THEOREM" or "CP1  =  SHARE"; lines with a colon are for the page. */
static void print_line(const struct sg_page *page, char *line)
{
    char *rest = NULL, *file = strtok_r(line, " \t\n", &rest);
    if (!file || strcmp(file, ":") == 0)
        return;
    if (strcmp(file, "=") == 0) {
        rest[strcspn(rest, "\n")] = '\0';
        fputs(" They carry: ", page->out);
        sg_html_text(page->out, rest + strspn(rest, " "));
        fputs(".", page->out);
        return;
    }
    char *path = sg_base_format("proofs/coq/%s.v", file), *words = sg_base_format("%s.v", file);
    fputs(" ", page->out);
    sg_page_link(page, path, words);
    fputs(":", page->out);
    for (char *name; (name = strtok_r(NULL, " \t\n", &rest));) {
        fputs(" <code>", page->out);
        sg_html_text(page->out, name);
        fputs("</code>", page->out);
    }
    fputs(".", page->out);
    free(path);
    free(words);
}

bool sg_page_theorems(const struct sg_page *page, const struct sg_claim *claim, bool at_length)
{
    char *path = find(page, "proofs/coq/THEOREMS"), *line = NULL;
    FILE *file = path ? sg_base_open_regular(path) : NULL;
    size_t room = 0, n = 0;
    const size_t length = strlen(claim->id);
    while (file && sg_base_next_line(&line, &room, file) > 0) {
        if (strncmp(line, claim->id, length) != 0 || !strchr(" \t", line[length]))
            continue;
        if (n++ == 0 && at_length)
            fputs("<p>Machine-checked in Coq, without assumptions:", page->out);
        if (at_length)
            print_line(page, line + length);
    }
    if (n && at_length)
        fputs("</p>\n", page->out);
    free(line);
    free(path);
    if (file)
        fclose(file);
    return n > 0;
}
