using System.Numerics;
using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

/// <summary>Computes what a fixture asks for with the reference kernels, in float or double.</summary>
internal static class ReferenceRunner<T> where T : IFloatingPointIeee754<T>
{
    internal static T[] Run(OpFixture fixture)
    {
        var output = new T[fixture.Expected.Length];
        (int batch, FeatureMap shape) = fixture.Map("input");
        T[] input = Numbers(fixture, "input");
        switch (fixture.Op)
        {
            case "conv2d":
                Reference.Conv2d<T>(input, batch, shape, Weight(fixture), Numbers(fixture, "bias"), fixture.Shape("weight")[0], Convolution(fixture), output);
                break;
            case "batch_norm":
                Reference.BatchNorm<T>(
                    input, batch, shape, Numbers(fixture, "running_mean"), Numbers(fixture, "running_var"), Numbers(fixture, "weight"),
                    Numbers(fixture, "bias"), Number(fixture, "epsilon"), output);
                break;
            case "group_norm":
                Reference.GroupNorm<T>(
                    input, batch, shape, fixture.Int("groups"), Numbers(fixture, "weight"), Numbers(fixture, "bias"), Number(fixture, "epsilon"), output);
                break;
            case "layer_norm":
                Reference.LayerNorm<T>(input, batch, shape, Numbers(fixture, "weight"), Numbers(fixture, "bias"), Number(fixture, "epsilon"), output);
                break;
            case "local_response_norm":
                Reference.LocalResponseNorm<T>(input, batch, shape, fixture.Int("size"), Number(fixture, "alpha"), Number(fixture, "beta"), Number(fixture, "k"), output);
                break;
            case "affine":
                Reference.ScaleAndShift<T>(input, shape, Numbers(fixture, "weight"), Numbers(fixture, "bias"), output);
                break;
            case "max_pool":
                Reference.MaxPool<T>(input, batch, shape, Pool(fixture), output);
                break;
            case "average_pool":
                Reference.AveragePool<T>(input, batch, shape, Pool(fixture) with { CountIncludePad = fixture.Attribute("count_include_pad").GetBoolean() }, output);
                break;
            case "adaptive_average_pool":
                int[] size = fixture.Ints("output");
                Reference.AdaptiveAveragePool<T>(input, batch, shape, size[0], size[1], output);
                break;
            case "adaptive_max_pool":
                int[] grid = fixture.Ints("output");
                Reference.AdaptiveMaxPool<T>(input, batch, shape, grid[0], grid[1], output);
                break;
            case "blur_pool":
                Reference.BlurPool<T>(input, batch, shape, output);
                break;
            case "channel_conv1d":
                Reference.ChannelConv1d<T>(input, batch, shape.Channels, Numbers(fixture, "weight"), output);
                break;
            case "prelu":
                Reference.PRelu<T>(input, batch, shape, Numbers(fixture, "weight"), output);
                break;
            case "quantize":
                Reference.Quantize<T>(input, Numbers(fixture, "scale")[0], Numbers(fixture, "zero_point")[0], output);
                break;
            case "radix_softmax":
                Reference.RadixSoftmax<T>(input, batch, shape, fixture.Int("radix"), output);
                break;
            case "linear":
                Reference.Linear<T>(input, batch, shape.Channels, Numbers(fixture, "weight"), Numbers(fixture, "bias"), fixture.Shape("weight")[0], output);
                break;
            case "softmax":
                Reference.Softmax<T>(input, batch, shape, output);
                break;
            case "pad" when fixture.Has("mode"):
                Reference.EdgePad<T>(input, batch, shape, Enum.Parse<PaddingMode>(fixture.Attribute("mode").GetString()!, ignoreCase: true), fixture.Padding, output);
                break;
            case "pad":
                Reference.Pad<T>(input, batch, shape, fixture.Padding, Numbers(fixture, "value"), output);
                break;
            default:
                RunSimple(fixture, input, batch, shape, output);
                break;
        }

        return output;
    }

    private static void RunSimple(OpFixture fixture, T[] input, int batch, FeatureMap shape, T[] output)
    {
        switch (fixture.Op)
        {
            case "add":
                input.CopyTo(output, 0);
                for (int i = 1; i < fixture.InputCount; i++)
                {
                    Reference.Add<T>(output, Numbers(fixture, "input", i), output);
                }

                break;
            case "multiply":
                Reference.Multiply<T>(input, batch, shape, Numbers(fixture, "input", 1), fixture.Map("input", 1).Image, output);
                break;
            case "concat":
                Concat(fixture, output);
                break;
            case "channel_slice":
                Reference.ChannelSlice<T>(input, batch, shape, fixture.Int("start"), fixture.Int("count"), output);
                break;
            case "channel_shuffle":
                Reference.ChannelShuffle<T>(input, batch, shape, fixture.Int("groups"), output);
                break;
            case "pad_channels":
                Reference.PadChannels<T>(input, batch, shape, fixture.Int("before"), fixture.Int("after"), output);
                break;
            case "flatten":
                Reference.Flatten<T>(input, output);
                break;
            default:
                Reference.Activate<T>(input, Activation(fixture), output);
                break;
        }
    }

    private static void Concat(OpFixture fixture, T[] output)
    {
        int first = 0;
        int channels = Enumerable.Range(0, fixture.InputCount).Sum(i => fixture.Map("input", i).Image.Channels);
        for (int i = 0; i < fixture.InputCount; i++)
        {
            (int batch, FeatureMap shape) = fixture.Map("input", i);
            Reference.Concat<T>(Numbers(fixture, "input", i), batch, shape, first, channels, output);
            first += shape.Channels;
        }
    }

    private static T[] Weight(OpFixture fixture) => fixture.Has("standardization_epsilon")
        ? Reference.StandardizeFilters<T>(Numbers(fixture, "weight"), fixture.Shape("weight")[0], Number(fixture, "standardization_epsilon"))
        : Numbers(fixture, "weight");

    private static Activation Activation(OpFixture fixture)
    {
        var activation = new Activation(Enum.GetValues<ActivationKind>().Single(kind => new Activation(kind).Name == fixture.Op));
        return activation.Kind switch
        {
            ActivationKind.LeakyRelu => activation with { Slope = fixture.Attribute("slope").GetDouble() },
            ActivationKind.Elu => activation with { Slope = fixture.Attribute("alpha").GetDouble() },
            ActivationKind.HardTanh => activation with { Minimum = fixture.Attribute("minimum").GetDouble(), Maximum = fixture.Attribute("maximum").GetDouble() },
            _ => activation,
        };
    }

    private static Conv2dGeometry Convolution(OpFixture fixture)
    {
        (int[] kernel, int[] stride, int[] dilation) = (fixture.Ints("kernel"), fixture.Ints("stride"), fixture.Ints("dilation"));
        return new Conv2dGeometry((kernel[0], kernel[1]))
        {
            Stride = (stride[0], stride[1]),
            Padding = fixture.Padding,
            Dilation = (dilation[0], dilation[1]),
            Groups = fixture.Int("groups"),
        };
    }

    private static PoolGeometry Pool(OpFixture fixture)
    {
        (int[] kernel, int[] stride) = (fixture.Ints("kernel"), fixture.Ints("stride"));
        int[] dilation = fixture.Op == "max_pool" ? fixture.Ints("dilation") : [1, 1];
        return new PoolGeometry((kernel[0], kernel[1]))
        {
            Stride = (stride[0], stride[1]),
            Padding = fixture.Padding,
            Dilation = (dilation[0], dilation[1]),
            CeilMode = fixture.Attribute("ceil_mode").GetBoolean(),
        };
    }

    private static T Number(OpFixture fixture, string attribute) => T.CreateChecked(fixture.Attribute(attribute).GetDouble());

    private static T[] Numbers(OpFixture fixture, string name, int index = 0) => [.. fixture.Values(name, index).Select(T.CreateChecked)];
}
