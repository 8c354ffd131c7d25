using Espalier.Tensors;

namespace Espalier.Graphs.Tests;

public class ReceptiveRegionTests
{
    [Fact]
    public void A_window_reads_its_rows_and_columns_and_padding_is_cut_off()
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 10, 8).Conv2d("conv", 4, (3, 5), stride: (2, 1), padding: (1, 2));
        Graph graph = net.Build(x);

        ReceptiveRegion corner = ReceptiveRegion.Of(graph, "conv", 0, 0), middle = ReceptiveRegion.Of(graph, "conv", 2, 4);

        Assert.Equal(new PixelBox(-1, -2, 2, 3), corner.Field);
        Assert.Equal(new PixelBox(0, 0, 2, 3), corner.Inside);
        Assert.Equal(new PixelBox(3, 2, 6, 7), middle.Field);
        Assert.Equal(middle.Field, middle.Inside);
        Assert.Equal("rows 3 to 5, columns 2 to 6", middle.Field.ToString());
    }

    [Fact]
    public void The_region_of_several_paths_contains_each()
    {
        var net = new GraphBuilder();
        Value input = net.Input(2, 12, 12);
        Value left = input.Pad("pad", new Padding(2, 0, 0, 0), PaddingMode.Zero).Conv2d("down", 2, (3, 1)); // reads two rows before the unit's
        Graph graph = net.Build(left.Add("add", input.Conv2d("wide", 2, (1, 7), padding: (0, 3))));

        Assert.Equal(new PixelBox(3, 2, 6, 9), ReceptiveRegion.Of(graph, "add", 5, 5).Inside);
        Assert.Equal(new PixelBox(-2, -3, 1, 4), ReceptiveRegion.Of(graph, "add", 0, 0).Field);
    }

    [Fact]
    public void Padding_that_repeats_pixels_reads_them()
    {
        Value Padded(PaddingMode mode, GraphBuilder net) => net.Input(1, 6, 6).Pad("pad", 2, mode);
        GraphBuilder reflect = new(), replicate = new(), zero = new();
        Assert.Equal(new PixelBox(2, 2, 3, 3), ReceptiveRegion.Of(reflect.Build(Padded(PaddingMode.Reflect, reflect)), "pad", 0, 0).Inside);
        Assert.Equal(new PixelBox(0, 5, 1, 6), ReceptiveRegion.Of(replicate.Build(Padded(PaddingMode.Replicate, replicate)), "pad", 0, 9).Inside);
        ReceptiveRegion nothing = ReceptiveRegion.Of(zero.Build(Padded(PaddingMode.Zero, zero)), "pad", 0, 4);
        Assert.Null(nothing.Inside);
        Assert.Equal(new PixelBox(-2, 2, -1, 3), nothing.Field);
    }

    [Fact]
    public void Dilation_leaves_rows_out_but_not_the_outermost()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(1, 9, 9).Conv2d("conv", 1, 3, padding: 3, dilation: 3));
        Assert.Equal(new PixelBox(-2, -2, 5, 5), ReceptiveRegion.Of(graph, "conv", 1, 1).Field);
        Assert.Equal(new PixelBox(1, 1, 5, 5), ReceptiveRegion.Of(graph, "conv", 1, 1).Inside); // row -2 is padding, and rows 0, 2 and 3 are between
    }

    [Fact]
    public void What_reads_the_whole_map_depends_on_all_of_it()
    {
        var net = new GraphBuilder();
        Value x = net.Input(4, 7, 5).Conv2d("conv", 4, 3, padding: 1);
        Value gate = x.GlobalAveragePool("squeeze").Sigmoid("gate");
        Graph graph = net.Build(x.Multiply("scaled", gate).Flatten("flatten").Linear("fc", 3));
        Assert.Equal(new PixelBox(0, 0, 7, 5), ReceptiveRegion.Of(graph, "scaled", 3, 3).Inside);
        Assert.Equal(new PixelBox(-1, -1, 8, 6), ReceptiveRegion.Of(graph, "fc", 0, 0).Field);
        Assert.Equal(new PixelBox(2, 2, 5, 5), ReceptiveRegion.Of(graph, "conv", 3, 3).Inside);
    }

    [Fact]
    public void A_unit_that_is_not_there_is_refused()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(1, 4, 6).MaxPool("pool", 2));
        Assert.Equal("pool: has a map of 2x3, so there is no unit in row 2, column 0; rows and columns count from 0", Assert.Throws<GraphException>(() => ReceptiveRegion.Of(graph, "pool", 2, 0)).Message);
        Assert.Throws<GraphException>(() => ReceptiveRegion.Of(graph, "pol", 0, 0));
    }

    [Fact]
    public void Fields_beyond_counting_stay_finite()
    {
        var net = new GraphBuilder();
        Value x = net.Input(1, 1, 1);
        for (int i = 0; i < 8; i++)
        {
            x = x.Conv2d($"wide{i}", 1, 1, stride: 1 << 30).Conv2d($"padded{i}", 1, 3, padding: 1, dilation: 1);
        }

        ReceptiveRegion region = ReceptiveRegion.Of(net.Build(x), x.Name, 0, 0);
        Assert.Equal(new PixelBox(0, 0, 1, 1), region.Inside);
        Assert.True(region.Field.Height > 1L << 60);
    }
}
