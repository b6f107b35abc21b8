/* The page's figures. */
#include <stdlib.h>
#include <string.h>

#include "base/regular.h"
#include "report/page.h"
#include "synthgrad/report.h"

/* The first comment of the script that draws the figure. */
static char *caption_of(const struct sg_page *page, const char *name)
{
    char *path = sg_base_format("%s/plots/%s.gp", page->home ? page->home : ".", name),
         *caption = sg_base_format("%s", "");
    FILE *file = sg_base_open_regular(path);
    char line[1024];
    while (file && fgets(line, sizeof line, file) && line[0] == '#') {
        line[strcspn(line, "\n")] = '\0';
        const char *words = line + strspn(line, "# ");
        char *longer = sg_base_format("%s%s%s", caption, *caption ? " " : "", words);
        free(caption);
        caption = longer;
    }
    if (file)
        fclose(file);
    free(path);
    return caption;
}

/* The case's figure, or NULL: none, or the name leads out of this folder. */
static FILE *open_figure(const char *folder, const char *name, const char *kind)
{
    char *path = sg_base_format("%s/figures/%s.%s", folder, name, kind);
    FILE *file = strchr(name, '/') ? NULL : sg_base_open_regular(path);
    free(path);
    return file;
}

enum sg_status sg_page_check_figures(const char *folder, const json_t *all, struct sg_error *err)
{
    enum sg_status status = SG_OK;
    size_t i, line;
    json_t *summary;
    json_array_foreach(all, i, summary) {
        const char *name = sg_page_text(summary, "case");
        FILE *svg = open_figure(folder, name, "svg");
        if (svg && status == SG_OK && !sg_html_is_text(svg, &line)) {
            char *path = sg_base_format("%s/figures/%s.svg", folder, name);
            status = sg_base_refuse(err, path, line,
                                    "not UTF-8 text, so no browser shows this figure; "
                                    "draw it again (make plots) or remove the file");
            free(path);
        }
        if (svg)
            fclose(svg);
    }
    return status;
}

/* A drawing of thousands of marks weighs more as an SVG than as a picture of 1500 pixels. */
enum { HEAVY = 100000 };

/* Width and height in pixels of a PNG, which say the page's shape before it is drawn: the first
 * chunk of the file, 16 bytes in, big-endian.  false: it is none. */
static bool png_size(FILE *png, unsigned size[2])
{
    unsigned char b[24];
    const bool good =
        fread(b, 1, sizeof b, png) == sizeof b && memcmp(b, "\211PNG\r\n\032\n", 8) == 0;
    for (size_t k = 0; good && k < 2; k++)
        size[k] = (unsigned)b[16 + 4 * k] << 24 | (unsigned)b[17 + 4 * k] << 16 |
                  (unsigned)b[18 + 4 * k] << 8 | b[19 + 4 * k];
    rewind(png);
    return good;
}

static size_t bytes_of(FILE *file)
{
    const long bytes = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : 0;
    rewind(file);
    return bytes > 0 ? (size_t)bytes : 0;
}

static void print_image(const struct sg_page *page, const char *name, FILE *svg)
{
    FILE *png = open_figure(page->folder, name, "png");
    unsigned size[2];
    const bool shaped = png && png_size(png, size);
    char *vector = sg_html_svg(svg);
    fputs("<img alt=\"Figure ", page->out);
    sg_html_text(page->out, name);
    fputs("; its caption says what it shows\" ", page->out);
    if (shaped)
        fprintf(page->out, "width=\"%u\" height=\"%u\" ", size[0], size[1]);
    fputs("src=\"", page->out);
    if (shaped && strlen(vector) > HEAVY && bytes_of(png) / 3 * 4 < strlen(vector))
        sg_html_png(page->out, png);
    else
        fputs(vector, page->out);
    free(vector);
    fputs("\"/>", page->out);
    if (png)
        fclose(png);
}

/* The drawing leads to its file, which a reader can enlarge: on a phone the page's is small. */
static void print_figure(const struct sg_page *page, const char *name, FILE *svg,
                         const char *caption)
{
    fputs("<figure id=\"figure-", page->out);
    sg_html_text(page->out, name);
    fputs("\"><a href=\"../figures/", page->out);
    sg_html_address(page->out, name);
    fputs(".svg\">", page->out);
    print_image(page, name, svg);
    fputs("</a><figcaption>", page->out);
    sg_html_text(page->out, caption);
    fputs("</figcaption></figure>\n", page->out);
}

void sg_page_figure_of_run(const struct sg_page *page, const char *name)
{
    FILE *svg = open_figure(page->folder, name, "svg");
    if (!svg)
        return;
    char *caption = caption_of(page, name);
    print_figure(page, name, svg, caption);
    free(caption);
    fclose(svg);
}

void sg_page_figure(const struct sg_page *page, size_t index)
{
    const char *name = sg_page_text(json_array_get(page->all, index), "case");
    FILE *svg = open_figure(page->folder, name, "svg");
    if (!svg)
        return;
    if (page->drawn[index]) {
        fputs("<p>Figure: <a href=\"#figure-", page->out);
        sg_html_address(page->out, name);
        fputs("\">among the answers</a>.</p>\n", page->out);
    } else {
        char *caption = caption_of(page, name);
        page->drawn[index] = true;
        print_figure(page, name, svg, caption);
        free(caption);
    }
    fclose(svg);
}
