using Espalier.Formats.Tests.Support;
using Espalier.Graphs;

namespace Espalier.Formats.Tests;

/// <summary>Model files: everything that was written comes back, and nothing that does not belong there is accepted.</summary>
public class ModelFileTests
{
    public static TheoryData<string, string, string> Changes => new()
    {
        // what of the JSON is replaced, by what, what the error says
        { "\"version\":1", "\"version\":2", "is of format version 2; this Espalier reads version 1" },
        { "\"version\":1", "\"version\":\"1\"", "model has a 'version' that is not a number" },
        { "\"version\":1,", "", "model has no 'version'" },
        { "\"version\":1", "\"version\":1,\"version\":1", "is not valid JSON" },
        { "\"version\":1", "\"version\":1,\"extra\":0", "model has the unknown field 'extra'" },
        { "\"architecture\":\"small\"", "\"architecture\":null", "a 'architecture' that is not a string" },
        { "\"op\":\"relu\"", "\"op\":\"telepathy\"", "model.graph.nodes[3] ('relu') has the op 'telepathy'" },
        { "\"op\":\"relu\",\"attributes\":{}", "\"op\":\"relu\",\"attributes\":{\"slope\":1}", "model.graph.nodes[3].attributes has the unknown field 'slope'" },
        { "\"kernel\":[3,3]", "\"kernel\":[3]", "has 1 numbers in 'kernel' instead of 2" },
        { "\"kernel\":[3,3]", "\"kernel\":[3,3.5]", "elements in 'kernel' that are not 32-bit integers" },
        { "\"kernel\":[3,3]", "\"kernel\":3", "a 'kernel' that is not an array" },
        { "\"out_channels\":4,\"kernel\":[3,3],\"stride\":[1,1],\"padding\":[1,1,1,1],\"dilation\":[1,1],\"groups\":1,\"bias\":false},\"inputs\":[\"conv2\"],\"parameters\":[\"conv2.weight\"]", "\"out_channels\":4,\"kernel\":[2000000000,2000000000],\"stride\":[1,1],\"padding\":[2000000000,2000000000,2,2],\"dilation\":[1,1],\"groups\":1,\"bias\":false},\"inputs\":[\"conv2\"],\"parameters\":[\"huge.num_batches_tracked\"]", "" },
        { "\"groups\":1", "\"groups\":0", "does not describe a valid network" },
        { "\"in_channels\":3", "\"in_channels\":-3", "does not describe a valid network" },
        { "\"out_channels\":4", "\"out_channels\":5", "does not describe a valid network" },
        { "\"bias\":true", "\"bias\":1", "neither true nor false as 'bias'" },
        { "\"shape\":[3,8,8]", "\"shape\":[3,-8,8]", "a negative extent in 'shape'" },
        { "\"inputs\":[\"conv1\"]", "\"inputs\":[\"conv9\"]", "does not describe a valid network" },
        { "\"inputs\":[\"conv1\"]", "\"inputs\":[\"relu\"]", "does not describe a valid network" },
        { "\"inputs\":[\"conv1\"]", "\"inputs\":[1]", "elements in 'inputs' that are not strings" },
        { "\"parameters\":[\"conv2.weight\"]", "\"parameters\":[\"conv9.weight\"]", "1 missing (conv9.weight)" },
        { "\"outputs\":[\"fc\",\"pool\"]", "\"outputs\":[]", "does not describe a valid network" },
        { "\"interpolation\":\"bicubic\"", "\"interpolation\":\"cubic\"", "has the interpolation 'cubic'; supported are bilinear, bicubic, lanczos, box, nearest" },
        { "\"mean_image\":\"", "\"mean_image\":\"*", "a 'mean_image' that is not Base64 of float32" },
        { "\"channel_order\":\"bgr\"", "\"channel_order\":\"gbr\"", "has the channel_order 'gbr'; supported are rgb, bgr" },
        { "\"value\":\"NaN\"", "\"value\":\"nan\"", "has no number as 'value'" },
        { "\"mean\":[0.485", "\"mean\":[1e99", "elements in 'mean' that are not numbers" },
        { "\"frozen\":[\"conv1.bias\"", "\"frozen\":[\"conv7.bias\"", "the parameter 'conv7.bias' is listed as frozen or masked, but does not exist" },
        { "\"masked\":[\"conv2.weight\"]", "\"masked\":[]", "1 unexpected (conv2.weight_mask)" },
        { "\"masked\":[\"conv2.weight\"]", "\"masked\":[\"conv2.weight\",\"conv1.weight\"]", "the mask of 'conv1.weight' is missing or has a different shape" },
        { "\"scopes\"", "\"scope\"", "model.stages[0] has no 'scopes'" },
        { "tench", "\\ud800", "" },
    };

    [Fact]
    public void The_size_is_known_before_anything_is_written()
    {
        using var folder = new TemporaryFolder();
        Model model = SmallModel.Make(1);
        Model noted = ModelFile.WithSize(model.Record(new LineageEntry("convert", [], [])));

        ModelFile.Write(folder["a.espalier"], model);
        ModelFile.Write(folder["b.espalier"], noted);

        Assert.Equal(new FileInfo(folder["a.espalier"]).Length, ModelFile.SizeOf(model));
        Assert.Equal(new FileInfo(folder["b.espalier"]).Length, noted.LastFigures()!.Value.Bytes);
        Assert.Throws<ArgumentException>(() => ModelFile.WithSize(model)); // its last step tells other things
    }

    [Fact]
    public void Everything_comes_back()
    {
        using var folder = new TemporaryFolder();
        Model model = SmallModel.Make(1);
        ModelFile.Write(folder["a.espalier"], model);
        Model read = ModelFile.Read(folder["a.espalier"]);
        Assert.Equal(model.Graph, read.Graph);
        Assert.Equal(model.Metadata, read.Metadata);
        Assert.Equal(model.Parameters.Keys.Order(StringComparer.Ordinal), read.Parameters.Keys.Order(StringComparer.Ordinal));
        foreach ((string name, Parameter parameter) in model.Parameters)
        {
            Assert.True(parameter.Value.BitEquals(read.Parameters[name].Value), name);
            Assert.Equal(parameter.Trainable, read.Parameters[name].Trainable);
            Assert.True(parameter.Mask is null ? read.Parameters[name].Mask is null : parameter.Mask.BitEquals(read.Parameters[name].Mask!), name);
        }
    }

    [Fact]
    public void A_model_without_any_metadata_comes_back()
    {
        Model bare = SmallModel.Make(2).With(ModelMetadata.None);
        Assert.Equal(bare.Metadata, ModelFile.Read(Bytes(bare), "memory").Metadata);
    }

    [Fact]
    public void Its_weights_are_read_like_any_checkpoint()
    {
        Model model = SmallModel.Make(3);
        StateDict tensors = CheckpointReader.Read(Bytes(model), "memory").StateDict;
        StateDicts.AssertBitEqual(model.ToMaskedStateDict(), tensors);
        StateDicts.AssertBitEqual(model.ToMaskedStateDict(), new NetworkDefinition(model.Graph, model.Metadata).Load(tensors).ToMaskedStateDict());
    }

    [Fact]
    public void A_model_goes_through_a_checkpoint_and_back()
    {
        using var folder = new TemporaryFolder();
        Model model = SmallModel.Make(5);
        TorchZipWriter.Write(folder["a.pth"], model.ToStateDict());
        Model loaded = new NetworkDefinition(model.Graph, model.Metadata).Load(CheckpointReader.Read(folder["a.pth"]).StateDict);
        StateDicts.AssertBitEqual(model.ToStateDict(), loaded.ToStateDict());
        Assert.True(loaded.Parameters["conv1.bias"].Trainable);
        Assert.False(loaded.Parameters["bn1.running_var"].Trainable);
    }

    [Fact]
    public void Half_precision_written_by_others_is_widened()
    {
        SafetensorsFile file = SafetensorsReader.Read(Bytes(SmallModel.Make(6)), "memory");
        StateDict halves = new(file.Tensors.Select(t => KeyValuePair.Create(t.Key, t.Key == "fc.weight" ? t.Value.To(ElementType.Float16) : t.Value)));
        Tensor read = ModelFile.Read(Bytes(halves, file.Metadata), "memory").Parameters["fc.weight"].Value;
        Assert.True(read.BitEquals(halves["fc.weight"].To(ElementType.Float32)));
    }

    [Fact]
    public void Is_told_from_weights_alone()
    {
        using var folder = new TemporaryFolder();
        ModelFile.Write(folder["model"], SmallModel.Make(7));
        SafetensorsWriter.Write(folder["weights"], StateDicts.OfEveryType(7));
        Assert.True(ModelFile.Is(folder["model"]));
        Assert.False(ModelFile.Is(folder["weights"]));
        Assert.False(ModelFile.Is(Fixture.PathOf("types.zip.pth")));
        string message = Assert.Throws<MalformedInputException>(() => ModelFile.Read(folder["weights"])).Message;
        Assert.Contains("weights only, not a model file", message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void What_does_not_belong_there_is_refused(string text, string replacement, string reason)
    {
        SafetensorsFile file = SafetensorsReader.Read(Bytes(SmallModel.Make(8)), "memory");
        KeyValuePair<string, string> description = Assert.Single(file.Metadata, m => m.Key == "espalier");
        Assert.Contains(text, description.Value, StringComparison.Ordinal);
        int at = description.Value.IndexOf(text, StringComparison.Ordinal);
        string changed = description.Value[..at] + replacement + description.Value[(at + text.Length)..];
        byte[] bytes = Bytes(file.Tensors, [new("espalier", changed)]);
        Assert.Contains(reason, Assert.Throws<MalformedInputException>(() => ModelFile.Read(bytes, "memory")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_nodes_than_the_limit_are_refused() => Assert.Contains(
        "more than 5 nodes",
        Assert.Throws<MalformedInputException>(() => ModelFile.Read(Bytes(SmallModel.Make(9)), "memory", Limits.Default with { GraphNodes = 5 })).Message,
        StringComparison.Ordinal);

    private static byte[] Bytes(Model model)
    {
        using var stream = new MemoryStream();
        ModelFile.Write(stream, model);
        return stream.ToArray();
    }

    private static byte[] Bytes(StateDict tensors, IReadOnlyList<KeyValuePair<string, string>> metadata)
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, tensors, metadata);
        return stream.ToArray();
    }
}
