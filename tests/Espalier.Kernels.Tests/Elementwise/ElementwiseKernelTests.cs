using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

public class ElementwiseKernelTests
{
    private static readonly Activation[] Activations =
        [Activation.None, .. Enum.GetValues<ActivationKind>().Select(kind => new Activation(kind, 0.25f) { Minimum = -0.5, Maximum = 2 })];

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Activations_agree_with_the_reference_in_place_and_out_of_place(int lanes)
    {
        foreach (MapCase map in MapCase.All)
        {
            foreach (Activation activation in Activations)
            {
                string what = $"{map.Name}, {activation.Kind}";
                BlockedLayout from = map.InputLayout(lanes);
                BlockedLayout to = map.OutputLayout(lanes);
                float[] plain = Maps.Random(map.Batch * Maps.Plain(from).Length, map.Seed, -12, 12);
                double[] expected = Activated(Maps.Doubles(plain), activation);
                GuardedBuffer input = Maps.Block(plain, from, map.Batch);
                KernelCheck.Maps(what, to, map.Batch, expected, 1e-6, [input], (output, part, parts) =>
                    ElementwiseKernel.Activate(input.Span, from, activation, output, to, map.Batch, part, parts));
                KernelCheck.InPlace(what, from, map.Batch, expected, 1e-6, input, (output, part, parts) =>
                    ElementwiseKernel.Activate(output, from, activation, output, from, map.Batch, part, parts));
            }
        }
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Every_length_from_0_to_257_works_as_channels_and_as_columns(int lanes)
    {
        for (int length = 0; length <= 257; length++)
        {
            foreach (BlockedLayout layout in new BlockedLayout[] { new(length, 1, 1, lanes), new(lanes - 1, 1, length, lanes) })
            {
                float[] a = Maps.Random(Maps.Plain(layout).Length, (ulong)length);
                float[] b = Maps.Random(a.Length, (ulong)length + 1000);
                var sum = new double[a.Length];
                Reference.Add<double>(Maps.Doubles(a), Maps.Doubles(b), sum);
                GuardedBuffer first = Maps.Block(a, layout, 1);
                GuardedBuffer second = Maps.Block(b, layout, 1);
                foreach (Activation activation in Activations)
                {
                    string what = $"length {length}, {layout}, {activation.Kind}";
                    KernelCheck.Maps(what, layout, 1, Activated(sum, activation), 1e-6, [first, second], (output, part, parts) =>
                        ElementwiseKernel.Add(first.Span, layout, second.Span, layout, activation, output, layout, 1, part, parts));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Sums_and_products_agree_with_the_reference(int lanes)
    {
        var relu = new Activation(ActivationKind.Relu);
        foreach (MapCase map in MapCase.All)
        {
            BlockedLayout aLayout = map.InputLayout(lanes);
            BlockedLayout bLayout = map.OutputLayout(lanes);
            FeatureMap shape = Maps.Plain(aLayout);
            float[] a = Maps.Random(map.Batch * shape.Length, map.Seed);
            float[] b = Maps.Random(a.Length, map.Seed + 1);
            GuardedBuffer first = Maps.Block(a, aLayout, map.Batch);
            GuardedBuffer second = Maps.Block(b, bLayout, map.Batch);
            (double[] da, double[] db) = (Maps.Doubles(a), Maps.Doubles(b));

            var expected = new double[a.Length];
            Reference.Add<double>(da, db, expected);
            KernelCheck.Maps(map.Name + ", add", bLayout, map.Batch, Activated(expected, relu), 1e-6, [first, second], (output, part, parts) =>
                ElementwiseKernel.Add(first.Span, aLayout, second.Span, bLayout, relu, output, bLayout, map.Batch, part, parts));
            KernelCheck.InPlace(map.Name + ", add in place", bLayout, map.Batch, Activated(expected, relu), 1e-6, second, (output, part, parts) =>
                ElementwiseKernel.Add(first.Span, aLayout, output, bLayout, relu, output, bLayout, map.Batch, part, parts));

            Reference.Multiply<double>(da, map.Batch, shape, db, shape, expected);
            KernelCheck.Maps(map.Name + ", multiply", bLayout, map.Batch, expected, 1e-6, [first, second], (output, part, parts) =>
                ElementwiseKernel.Multiply(first.Span, aLayout, second.Span, bLayout, Activation.None, output, bLayout, map.Batch, part, parts));

            Reference.WeightedSum<double>(da, 0.75, db, 0.25, expected);
            KernelCheck.Maps(map.Name + ", weighted sum", bLayout, map.Batch, expected, 1e-6, [first, second], (output, part, parts) =>
                ElementwiseKernel.WeightedSum(
                    first.Span, aLayout, 0.75f, second.Span, bLayout, 0.25f, Activation.None, output, bLayout, map.Batch, part, parts));
        }
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void A_number_for_each_channel_scales_and_shifts_all_of_its_pixels(int lanes)
    {
        foreach (MapCase map in MapCase.All)
        {
            BlockedLayout from = map.InputLayout(lanes);
            BlockedLayout to = map.OutputLayout(lanes);
            var vector = new BlockedLayout(map.Channels, 1, 1, lanes);
            FeatureMap shape = Maps.Plain(from);
            float[] plain = Maps.Random(map.Batch * shape.Length, map.Seed);
            float[] gate = Maps.Random(map.Batch * map.Channels, map.Seed + 1);
            float[] scale = Maps.Random(map.Channels, map.Seed + 2);
            float[] shift = Maps.Random(map.Channels, map.Seed + 3);
            GuardedBuffer input = Maps.Block(plain, from, map.Batch);
            GuardedBuffer gates = Maps.Block(gate, vector, map.Batch);

            var expected = new double[plain.Length];
            Reference.Multiply<double>(Maps.Doubles(plain), map.Batch, shape, Maps.Doubles(gate), Maps.Plain(vector), expected);
            KernelCheck.Maps(map.Name + ", multiply", to, map.Batch, expected, 1e-6, [input, gates], (output, part, parts) =>
                ElementwiseKernel.Multiply(input.Span, from, gates.Span, vector, Activation.None, output, to, map.Batch, part, parts));

            double[] zeros = new double[map.Channels];
            double[] ones = [.. zeros.Select(_ => 1.0)];
            Reference.BatchNorm<double>(Maps.Doubles(plain), map.Batch, shape, zeros, ones, Maps.Doubles(scale), Maps.Doubles(shift), 0, expected);
            KernelCheck.Maps(map.Name + ", scale and shift", to, map.Batch, expected, 1e-6, [input], (output, part, parts) =>
                ElementwiseKernel.ScaleAndShift(
                    input.Span, from, Maps.PerChannel(scale, from), Maps.PerChannel(shift, from), Activation.None, output, to, map.Batch, part, parts));
        }
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Infinities_NaN_and_denormals_go_through_as_in_PyTorch(int lanes)
    {
        float[] x = [float.NegativeInfinity, float.PositiveInfinity, float.NaN, -0f, -1e-40f, 1e-40f, -3, 3, -1000, 1000, float.MaxValue, float.MinValue];
        const float NaN = float.NaN;
        const float Inf = float.PositiveInfinity;

        // torch 1.13.1, torch.nn.functional; a negative zero compares equal to zero.
        (ActivationKind Kind, float[] Expected)[] functions =
        [
            (ActivationKind.Relu, [0, Inf, NaN, 0, 0, 1e-40f, 0, 3, 0, 1000, float.MaxValue, 0]),
            (ActivationKind.LeakyRelu, [-Inf, Inf, NaN, 0, -2.5e-41f, 1e-40f, -0.75f, 3, -250, 1000, float.MaxValue, float.MinValue / 4]),
            (ActivationKind.Relu6, [0, 6, NaN, 0, 0, 1e-40f, 0, 3, 0, 6, 6, 0]),
            (ActivationKind.Silu, [NaN, Inf, NaN, 0, -5e-41f, 5e-41f, -0.14227761f, 2.8577225f, 0, 1000, float.MaxValue, 0]),
            (ActivationKind.HardSwish, [NaN, Inf, NaN, 0, -5e-41f, 5e-41f, 0, 3, 0, 1000, Inf, 0]),
            (ActivationKind.Sigmoid, [0, 1, NaN, 0.5f, 0.5f, 0.5f, 0.047425874f, 0.95257413f, 0, 1, 1, 0]),
            (ActivationKind.Gelu, [NaN, Inf, NaN, 0, -5e-41f, 5e-41f, -0.00404969409f, 2.99595031f, 0, 1000, float.MaxValue, 0]), // -3 and 3 in double: in float torch is 4e-5 off
            (ActivationKind.HardSigmoid, [0, 1, NaN, 0.5f, 0.5f, 0.5f, 0, 1, 0, 1, 1, 0]),
            (ActivationKind.HardTanh, [-0.5f, 2, NaN, 0, -1e-40f, 1e-40f, -0.5f, 2, -0.5f, 2, 2, -0.5f]),
            (ActivationKind.Elu, [-0.25f, Inf, NaN, 0, -2.5e-41f, 1e-40f, -0.23755323f, 3, -0.25f, 1000, float.MaxValue, -0.25f]),
            (ActivationKind.Selu, [-1.7580993f, Inf, NaN, 0, -1.75809e-40f, 1.05069532e-40f, -1.6705687f, 3.152103f, -1.7580993f, 1050.701f, Inf, -1.7580993f]),
            (ActivationKind.Tanh, [-1, 1, NaN, 0, -1e-40f, 1e-40f, -0.9950548f, 0.9950548f, -1, 1, 1, -1]),
            (ActivationKind.Mish, [NaN, Inf, NaN, 0, -6e-41f, 6e-41f, -0.14564745f, 2.9865351f, 0, 1000, float.MaxValue, 0]),
            (ActivationKind.GeluTanh, [NaN, Inf, NaN, 0, -5e-41f, 5e-41f, -0.0036373920f, 2.9963627f, 0, 1000, float.MaxValue, 0]), // -3 and 3 in double
        ];
        var layout = new BlockedLayout(x.Length, 1, 1, lanes);
        foreach ((ActivationKind kind, float[] expected) in functions)
        {
            GuardedBuffer buffer = Maps.Block(x, layout, 1);
            ElementwiseKernel.Activate(buffer.Span, layout, new Activation(kind, 0.25f) { Minimum = -0.5, Maximum = 2 }, buffer.Span, layout, 1, 0, 1);
            for (int i = 0; i < x.Length; i++)
            {
                float actual = buffer.Span[i];
                bool same = actual.Equals(expected[i]) || Math.Abs(actual - expected[i]) <= (3e-7f * Math.Abs(expected[i])) + float.Epsilon;
                Assert.True(same, $"{kind}({x[i]:R}) is {actual:R}, expected {expected[i]:R}");
            }
        }
    }

    [Fact]
    public void A_shortcut_with_factor_zero_is_not_read()
    {
        var layout = new BlockedLayout(4, 1, 1, 4);
        float[] output = new float[4];
        float[] shortcut = [float.NaN, float.PositiveInfinity, 1, 2];
        ElementwiseKernel.WeightedSum(shortcut, layout, 0, [1, 2, 3, 4], layout, 0.5f, Activation.None, output, layout, 1, 0, 1);
        Assert.Equal([0.5f, 1, 1.5f, 2], output);
    }

    [Fact]
    public void Maps_that_do_not_fit_each_other_are_refused()
    {
        var layout = new BlockedLayout(4, 2, 2, 4);
        BlockedLayout other = layout with { Width = 3 };
        Assert.Throws<ArgumentException>(() =>
            ElementwiseKernel.Add(new float[16], layout, new float[24], other, default, new float[16], layout, 1, 0, 1));
        Assert.Throws<ArgumentException>(() =>
            ElementwiseKernel.Add(new float[16], layout, new float[15], layout, default, new float[16], layout, 1, 0, 1));
        Assert.Throws<ArgumentException>(() =>
            ElementwiseKernel.Activate(new float[32], layout, default, new float[16], layout, 2, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            ElementwiseKernel.Activate(new float[16], layout, default, new float[16], layout, 1, 1, 1));
    }

    private static double[] Activated(double[] values, Activation activation)
    {
        var output = new double[values.Length];
        Reference.Activate<double>(values, activation, output);
        return output;
    }
}
