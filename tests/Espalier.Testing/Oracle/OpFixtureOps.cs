using System.Text.Json;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Testing;

/// <summary>From a fixture's attributes to the op.</summary>
internal static class OpFixtureOps
{
    internal static Op Create(string kind, JsonElement json, Shape[] inputs, OpFixture fixture) => kind switch
    {
        "conv2d" => new Conv2d(inputs[0][0], fixture.ParameterShape("weight")!.Value[0], Pair(json, "kernel"))
        {
            Stride = Pair(json, "stride"),
            Padding = Padding(json),
            Dilation = Pair(json, "dilation"),
            Groups = Integer(json, "groups"),
            Bias = Flag(json, "bias"),
            QuantizedWeights = Quantized(json),
            StandardizationEpsilon = json.TryGetProperty("standardization_epsilon", out JsonElement epsilon) ? epsilon.GetDouble() : null,
        },
        "channel_conv1d" => new ChannelConv1d(fixture.ParameterShape("weight")!.Value[2]),
        "linear" => new Linear(inputs[0][0], fixture.ParameterShape("weight")!.Value[0], Flag(json, "bias")) { QuantizedWeights = Quantized(json) },
        "batch_norm" => new BatchNorm(inputs[0][0], Number(json, "epsilon"))
        {
            Affine = fixture.ParameterShape("weight") is not null,
            RunningStatistics = fixture.ParameterShape("running_mean") is not null,
        },
        "group_norm" => new GroupNorm(Integer(json, "groups"), inputs[0][0], Number(json, "epsilon")),
        "layer_norm" => new LayerNorm(inputs[0][0], Number(json, "epsilon")),
        "local_response_norm" => new LocalResponseNorm(Integer(json, "size"), Number(json, "alpha"), Number(json, "beta"), Number(json, "k")),
        "affine" => new Affine(inputs[0][0], Flag(json, "bias")),
        "relu" => new Relu(),
        "leaky_relu" => new LeakyRelu(Number(json, "slope")),
        "relu6" => new Relu6(),
        "silu" => new Silu(),
        "hard_swish" => new HardSwish(),
        "sigmoid" => new Sigmoid(),
        "gelu" => new Gelu(),
        "hard_sigmoid" => new HardSigmoid(),
        "hard_tanh" => new HardTanh(Number(json, "minimum"), Number(json, "maximum")),
        "elu" => new Elu(Number(json, "alpha")),
        "selu" => new Selu(),
        "tanh" => new Tanh(),
        "mish" => new Mish(),
        "gelu_tanh" => new GeluTanh(),
        "prelu" => new PRelu(fixture.ParameterShape("weight")!.Value[0]),
        "softmax" => new Softmax(),
        "radix_softmax" => new RadixSoftmax(Integer(json, "radix")),
        "quantize" => new Quantize(),
        "add" => new Add(),
        "multiply" => new Multiply(),
        "concat" => new Concat(),
        "channel_slice" => new ChannelSlice(Integer(json, "start"), Integer(json, "count")),
        "channel_shuffle" => new ChannelShuffle(Integer(json, "groups")),
        "pad_channels" => new PadChannels(Integer(json, "before"), Integer(json, "after")),
        "pad" => new Pad(inputs[0][0], Padding(json)) { Mode = json.TryGetProperty("mode", out JsonElement mode) ? Enum.Parse<PaddingMode>(mode.GetString()!, ignoreCase: true) : PaddingMode.Constant },
        "flatten" => new Flatten(),
        "max_pool" => new MaxPool(Pair(json, "kernel"))
        {
            Stride = Pair(json, "stride"),
            Padding = Padding(json),
            Dilation = Pair(json, "dilation"),
            CeilMode = Flag(json, "ceil_mode"),
        },
        "average_pool" => new AveragePool(Pair(json, "kernel"))
        {
            Stride = Pair(json, "stride"),
            Padding = Padding(json),
            CeilMode = Flag(json, "ceil_mode"),
            CountIncludePad = Flag(json, "count_include_pad"),
        },
        "adaptive_average_pool" => new AdaptiveAveragePool(Pair(json, "output")),
        "adaptive_max_pool" => new AdaptiveMaxPool(Pair(json, "output")),
        "blur_pool" => new BlurPool(),
        _ => throw new ArgumentException($"The fixtures have an op '{kind}' that the tests do not know.", nameof(kind)),
    };

    private static int Integer(JsonElement json, string name) => json.GetProperty(name).GetInt32();

    private static double Number(JsonElement json, string name) => json.GetProperty(name).GetDouble();

    private static bool Flag(JsonElement json, string name) => json.GetProperty(name).GetBoolean();

    private static bool Quantized(JsonElement json) => json.TryGetProperty("quantized_weights", out JsonElement quantized) && quantized.GetBoolean();

    private static Size Pair(JsonElement json, string name) => new(json.GetProperty(name)[0].GetInt32(), json.GetProperty(name)[1].GetInt32());

    private static Padding Padding(JsonElement json)
    {
        int[] sides = [.. json.GetProperty("padding").EnumerateArray().Select(side => side.GetInt32())];
        return new Padding(sides[0], sides[1], sides[2], sides[3]);
    }
}
