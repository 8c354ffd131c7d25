using System.Text;
using System.Text.Json;
using Espalier.Graphs;

namespace Espalier.Formats.Tests;

/// <summary>Every op of the Graphs project goes through JSON and comes back equal.</summary>
public class OpCodecTests
{
    // Attributes that differ from each other and from every default, so that a forgotten or swapped one shows.
    private static readonly Op[] Ops =
    [
        new Input([3, 224, 199]),
        new Conv2d(6, 8, (3, 5)) { Stride = (2, 3), Padding = new Padding(1, 2, 3, 4), Dilation = (5, 6), Groups = 2, Bias = true, StandardizationEpsilon = 1.5e-8, QuantizedWeights = true },
        new ChannelConv1d(5),
        new Linear(7, 9, false) { QuantizedWeights = true },
        new BatchNorm(5, 1.25e-3, 0.7) { Affine = false, RunningStatistics = false },
        new GroupNorm(3, 9, 1.5e-4),
        new LayerNorm(7, 1.5e-6),
        new LocalResponseNorm(7, 1.5e-3, 0.6, 2.5),
        new Affine(9, false),
        new Quantize(),
        new Relu(),
        new Relu6(),
        new LeakyRelu(0.1 + 0.2),
        new Silu(),
        new HardSwish(),
        new Sigmoid(),
        new Gelu(),
        new HardSigmoid(),
        new HardTanh(-0.75, 0.3),
        new Elu(0.7),
        new Selu(),
        new Tanh(),
        new Mish(),
        new GeluTanh(),
        new PRelu(3),
        new Softmax(),
        new RadixSoftmax(4),
        new Add(),
        new Multiply(),
        new Concat(),
        new Flatten(),
        new Dropout(0.3),
        new ChannelSlice(2, 5),
        new ChannelShuffle(4),
        new PadChannels(8, 9),
        new Pad(6, new Padding(4, 3, 2, 1)) { Mode = PaddingMode.Reflect },
        new MaxPool((3, 2)) { Stride = (4, 5), Padding = new Padding(1, 0, 1, 1), Dilation = (2, 7), CeilMode = true },
        new AveragePool((4, 6)) { Stride = (1, 2), Padding = new Padding(2, 1, 0, 3), CountIncludePad = false, CeilMode = true },
        new AdaptiveAveragePool((6, 7)),
        new AdaptiveMaxPool((7, 6)),
        new BlurPool(),
        new StochasticDepth(0.8) { Form = StochasticDepthForm.Bypass, Mode = StochasticDepthMode.Row, Scaling = StochasticDepthScaling.Inverted },
    ];

    public static TheoryData<Type> Types => [.. typeof(Op).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Op)) && !t.IsAbstract)];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_op_goes_through_the_table_and_comes_back(Type type)
    {
        Op op = Assert.Single(Ops, o => o.GetType() == type);
        Assert.Equal(op, Read(op.Kind, Write(op)));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_attribute_is_written(Type type)
    {
        // Besides what Op itself has and what is computed, an op's properties are its attributes.
        string[] attributes = [.. type.GetProperties()
            .Where(p => p.DeclaringType != typeof(Op) && p.CanWrite)
            .Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name))];
        using JsonDocument json = JsonDocument.Parse(Write(Assert.Single(Ops, o => o.GetType() == type)));
        Assert.Equal(attributes.Order(StringComparer.Ordinal), json.RootElement.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_pad_of_a_constant_is_written_as_before_there_were_modes()
    {
        const string Text = """{"channels":6,"padding":[4,3,2,1]}""";
        var pad = new Pad(6, new Padding(4, 3, 2, 1));
        Assert.Equal(Text, Write(pad));
        Assert.Equal(pad, Read("pad", Text));
    }

    [Theory]
    [InlineData(PaddingMode.Reflect)]
    [InlineData(PaddingMode.Replicate)]
    [InlineData(PaddingMode.Zero)]
    public void A_pad_of_another_mode_comes_back(PaddingMode mode)
    {
        Pad pad = new Pad(6, 1) with { Mode = mode };
        Assert.Equal(pad, Read("pad", Write(pad)));
    }

    [Fact]
    public void Attributes_younger_than_the_format_are_in_files_only_where_they_are_not_usual()
    {
        Assert.Equal("""{"channels":5,"epsilon":1E-05,"momentum":0.1}""", Write(new BatchNorm(5)));
        Assert.DoesNotContain("standardization", Write(new Conv2d(3, 4, 1)), StringComparison.Ordinal);
        Assert.Equal(new BatchNorm(5), Read("batch_norm", """{"channels":5,"epsilon":1E-05,"momentum":0.1}"""));
    }

    [Fact]
    public void An_unknown_op_is_none() => Assert.Null(Read("telepathy", "{}"));

    private static string Write(Op op)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            OpCodec.Write(op, new OpAttributeWriter(json));
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static Op? Read(string kind, string text)
    {
        using JsonDocument json = JsonDocument.Parse(text);
        return OpCodec.Read(kind, new OpAttributeReader(new StrictObject(json.RootElement, "memory", "op")));
    }
}
