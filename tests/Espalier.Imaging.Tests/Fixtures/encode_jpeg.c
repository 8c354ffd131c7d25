/* Encodes raw pixels from stdin as a JPEG of any shape that libjpeg can write, for the fixtures of this folder.
   encode_jpeg WIDTH HEIGHT SPACE FACTORS QUALITY RESTART SCRIPT
   SPACE: gray, ycc, rgb, cmyk, ycck.  FACTORS: one HxV for each component, as 2x2,1x1,1x1.  RESTART: MCUs between markers, 0 for none.
   SCRIPT: sequential, optimized (own Huffman tables), separate (one scan for each component), progressive, deep (many refinements), arithmetic. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jpeglib.h>

static int is(const char *a, const char *b) { return strcmp(a, b) == 0; }

static int deep_script(jpeg_scan_info *scan, int components) {
    int count = 0;
    for (int c = 0; c < components; c++) {
        scan[count++] = (jpeg_scan_info){1, {c}, 0, 0, 0, 3};
        scan[count++] = (jpeg_scan_info){1, {c}, 1, 2, 0, 2};
        scan[count++] = (jpeg_scan_info){1, {c}, 3, 63, 0, 3};
    }
    for (int low = 2; low >= 0; low--)
        for (int c = 0; c < components; c++) {
            scan[count++] = (jpeg_scan_info){1, {c}, 0, 0, low + 1, low};
            scan[count++] = (jpeg_scan_info){1, {c}, 3, 63, low + 1, low};
            if (low < 2) scan[count++] = (jpeg_scan_info){1, {c}, 1, 2, low + 1, low};
        }
    return count;
}

int main(int argc, char **argv) {
    if (argc != 8) return 2;
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr error;
    jpeg_scan_info script[64];
    c.err = jpeg_std_error(&error);
    jpeg_create_compress(&c);
    jpeg_stdio_dest(&c, stdout);
    c.image_width = atoi(argv[1]);
    c.image_height = atoi(argv[2]);
    const char *space = argv[3], *how = argv[7];
    int gray = is(space, "gray"), four = is(space, "cmyk") || is(space, "ycck");
    c.input_components = gray ? 1 : four ? 4 : 3;
    c.in_color_space = gray ? JCS_GRAYSCALE : four ? JCS_CMYK : JCS_RGB;
    jpeg_set_defaults(&c);
    jpeg_set_colorspace(&c, gray ? JCS_GRAYSCALE : is(space, "rgb") ? JCS_RGB : is(space, "cmyk") ? JCS_CMYK : is(space, "ycck") ? JCS_YCCK : JCS_YCbCr);
    char *factor = argv[4];
    for (int i = 0; i < c.num_components; i++, factor += 4) {
        c.comp_info[i].h_samp_factor = factor[0] - '0';
        c.comp_info[i].v_samp_factor = factor[2] - '0';
    }
    jpeg_set_quality(&c, atoi(argv[5]), FALSE);
    c.restart_interval = atoi(argv[6]);
    c.optimize_coding = is(how, "optimized");
    c.arith_code = is(how, "arithmetic");
    if (is(how, "progressive")) jpeg_simple_progression(&c);
    if (is(how, "deep")) { c.scan_info = script; c.num_scans = deep_script(script, c.num_components); }
    if (is(how, "separate")) {
        for (int i = 0; i < c.num_components; i++) script[i] = (jpeg_scan_info){1, {i}, 0, 63, 0, 0};
        c.scan_info = script;
        c.num_scans = c.num_components;
    }
    jpeg_start_compress(&c, TRUE);
    JSAMPROW row = malloc(c.image_width * c.input_components);
    while (c.next_scanline < c.image_height) {
        if (fread(row, c.input_components, c.image_width, stdin) != c.image_width) return 3;
        jpeg_write_scanlines(&c, &row, 1);
    }
    jpeg_finish_compress(&c);
    return 0;
}
