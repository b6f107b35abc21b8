/* The page's figures. */
#include <stdlib.h>
#include <string.h>

#include "report/page.h"
#include "synthgrad/report.h"

/* The first comment of the script that draws the figure. */
static char *caption_of(const struct sg_page *page, const char *name)
{
    char *path = sg_base_format("%s/%s.gp", page->captions ? page->captions : ".", name),
         *caption = sg_base_format("%s", "");
    FILE *file = sg_page_open(path);
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
static FILE *open_figure(const char *folder, const char *name)
{
    char *path = sg_base_format("%s/figures/%s.svg", folder, name);
    FILE *svg = strchr(name, '/') ? NULL : sg_page_open(path);
    free(path);
    return svg;
}

enum sg_status sg_page_check_figures(const char *folder, const json_t *all, struct sg_error *err)
{
    enum sg_status status = SG_OK;
    size_t i, line;
    json_t *summary;
    json_array_foreach(all, i, summary) {
        const char *name = sg_page_text(summary, "case");
        FILE *svg = open_figure(folder, name);
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

void sg_page_figure(const struct sg_page *page, const char *name)
{
    FILE *svg = open_figure(page->folder, name);
    if (!svg)
        return;
    char *caption = caption_of(page, name);
    fputs("<figure>", page->out);
    sg_html_image(page->out, svg, *caption ? caption : name);
    fputs("<figcaption>", page->out);
    sg_html_text(page->out, caption);
    fputs("</figcaption></figure>\n", page->out);
    free(caption);
    fclose(svg);
}
