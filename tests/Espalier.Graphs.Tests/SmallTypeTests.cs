using Espalier.Tensors;

namespace Espalier.Graphs.Tests;

/// <summary>Sizes, paddings, names and lists.</summary>
public sealed class SmallTypeTests
{
    [Fact]
    public void A_size_is_one_number_or_a_pair()
    {
        Size both = 3;
        Size pair = (3, 5);
        Assert.Equal(new Size(3, 3), both);
        Assert.Equal("3x5", pair.ToString());
        Assert.Equal(15, pair.Area);
        Assert.Throws<OverflowException>(() => new Size(65536, 65536).Area);
    }

    [Fact]
    public void A_padding_is_one_number_a_pair_or_four()
    {
        Padding one = 2;
        Padding pair = (1, 2);
        Padding size = new Size(1, 2);
        var four = new Padding(1, 2, 3, 4);
        Assert.Equal(new Padding(2, 2, 2, 2), one);
        Assert.Equal(pair, size);
        Assert.Equal(("2", "1x2", "top 1 left 2 bottom 3 right 4"), (one.ToString(), pair.ToString(), four.ToString()));
        Assert.Equal((4, 6), (four.Vertical, four.Horizontal));
        Assert.True(Padding.None.IsNone);
        Assert.False(four.IsNone);
        Assert.True(four.IsValid);
        Assert.False((four with { Left = -1 }).IsValid);
    }

    [Fact]
    public void A_feature_map_is_a_shape_and_back()
    {
        Shape shape = new FeatureMap(3, 8, 6);
        Assert.Equal(Shape.Of(3, 8, 6), shape);
        Assert.Equal(new FeatureMap(3, 8, 6), FeatureMap.Of(shape));
        Assert.Equal(new FeatureMap(7, 1, 1), FeatureMap.Of([7]));
        Assert.Equal(new Size(8, 6), FeatureMap.Of(shape).Size);
        Assert.Throws<ArgumentException>(() => FeatureMap.Of([2, 3]));
    }

    [Theory]
    [InlineData("layer1", "layer1", true)]
    [InlineData("layer1", "layer1.0.conv1", true)]
    [InlineData("layer1", "layer10.conv1", false)]
    [InlineData("layer1.0", "layer1", false)]
    [InlineData("Layer1", "layer1.0", false)]
    [InlineData("", "anything", true)]
    public void A_scope_contains_itself_and_what_lies_below(string scope, string name, bool contained) =>
        Assert.Equal(contained, ScopeName.Contains(scope, name));

    [Fact]
    public void Names_join_and_part()
    {
        Assert.Equal("layer1.0", ScopeName.Join("layer1", "0"));
        Assert.Equal("conv1", ScopeName.Join("", "conv1"));
        Assert.Equal("layer1.0", ScopeName.Parent("layer1.0.conv1"));
        Assert.Equal("", ScopeName.Parent("conv1"));
        Assert.Null(ScopeName.Fault("layer1.0.conv_1-x"));
    }

    [Fact]
    public void A_list_is_equal_by_its_items()
    {
        ValueList<int> list = [1, 2, 3];
        Assert.True(list == ValueList.Create(1, 2, 3));
        Assert.True(list != ValueList.From([1, 2]));
        Assert.Equal(list.GetHashCode(), ValueList.From([1, 2, 3]).GetHashCode());
        Assert.False(list.Equals("1, 2, 3"));
        Assert.Equal("1, 2, 3", list.ToString());
        Assert.Equal(ValueList.Create(1, 2, 3, 4), list.Add(4));
        Assert.Equal((3, 2), (list.Count, list[1]));
        Assert.Equal([1, 2, 3], list.ToArray());
    }

    [Fact]
    public void A_list_by_default_is_empty()
    {
        ValueList<string> none = default;
        Assert.Empty(none);
        Assert.Equal([], none);
        Assert.Equal(ValueList.Create("a"), none.Add("a"));
        Assert.Equal(default(ValueList<string>).GetHashCode(), ValueList.Create<string>().GetHashCode());
    }

    [Fact]
    public void A_stage_holds_the_nodes_of_its_scopes()
    {
        var stage = new Stage("conv2_x", ["maxpool", "layer1"]);
        Assert.True(stage.Contains("maxpool"));
        Assert.True(stage.Contains("layer1.0.conv1"));
        Assert.False(stage.Contains("layer10"));
    }

    [Fact]
    public void ImageNet_preprocessing_is_the_usual_one()
    {
        Preprocessing usual = Preprocessing.ImageNet;
        Assert.Equal((256, (Size?)new Size(224, 224), Interpolation.Bilinear), (usual.Resize, usual.Crop, usual.Interpolation));
        Assert.Equal([0.485f, 0.456f, 0.406f], usual.Normalization.Mean);
        Assert.Equal([0.229f, 0.224f, 0.225f], usual.Normalization.StandardDeviation);
    }
}
