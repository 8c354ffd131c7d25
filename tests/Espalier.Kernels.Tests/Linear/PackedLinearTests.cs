using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

public class PackedLinearTests
{
    // Of the output's rms: half of what every kernel is allowed (1e-5), for sums of floats of any length.
    private const double Tolerance = 5e-6;

    private static readonly (int Inputs, int Outputs, int Batch)[] Cases =
    [
        (1, 1, 1), (1, 17, 3), (3, 64, 2), (7, 65, 5), (16, 10, 4), (33, 63, 1), (64, 10, 9), (100, 129, 2), (257, 200, 7),
        (512, 128, 4), (513, 100, 6), (2048, 1000, 1), (1031, 333, 3),
    ];

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Linear_agrees_with_the_reference(int lanes)
    {
        foreach ((int inputs, int outputs, int batch) in Cases)
        {
            foreach (Activation activation in new[] { Activation.None, new(ActivationKind.Relu), new(ActivationKind.Sigmoid) })
            {
                double bound = Math.Sqrt(3.0 / inputs); // outputs of about 1, where a sigmoid has its slope
                float[] weights = Maps.Random(inputs * outputs, (ulong)inputs, -bound, bound);
                float[] bias = activation == Activation.None ? [] : Maps.Random(outputs, (ulong)outputs);
                float[] input = Maps.Random(batch * inputs, 3);
                var packed = PackedLinear.Pack(weights, bias, inputs, outputs, lanes, activation);
                GuardedBuffer vectors = Maps.Block(input, packed.InputLayout, batch);
                KernelCheck.Maps(
                    $"{inputs} to {outputs}, batch {batch}, {activation.Kind}", packed.OutputLayout, batch,
                    Expected(input, batch, inputs, weights, bias, outputs, activation), Tolerance, [vectors],
                    (output, part, parts) => packed.Run(vectors.Span, output, batch, part, parts));
            }
        }
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void An_image_gets_the_same_bits_whatever_batch_it_is_in(int lanes)
    {
        const int Inputs = 700, Outputs = 70, Batch = 7;
        var packed = PackedLinear.Pack(Maps.Random(Inputs * Outputs, 1), Maps.Random(Outputs, 2), Inputs, Outputs, lanes, Activation.None);
        GuardedBuffer input = Maps.Block(Maps.Random(Batch * Inputs, 3), packed.InputLayout, Batch);
        float[] together = new float[Batch * packed.OutputLayout.Length];
        packed.Run(input.Span, together, Batch, 0, 1);
        for (int n = 0; n < Batch; n++)
        {
            float[] alone = new float[packed.OutputLayout.Length];
            packed.Run(input.Span.Slice(n * packed.InputLayout.Length, packed.InputLayout.Length), alone, 1, 0, 1);
            Assert.Equal(alone, together.AsSpan(n * alone.Length, alone.Length).ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void Weights_handed_over_in_rows_are_packed_to_the_same_bits(int lanes)
    {
        foreach ((int inputs, int outputs, int batch) in Cases)
        {
            float[] weights = Maps.Random(inputs * outputs, 1);
            float[] bias = Maps.Random(outputs, 2);
            int next = 0;
            var whole = PackedLinear.Pack(weights, bias, inputs, outputs, lanes, Activation.None);
            var rows = PackedLinear.Pack(
                (first, target) =>
                {
                    Assert.Equal(next, first);
                    next = first + (target.Length / inputs);
                    weights.AsSpan(first * inputs, target.Length).CopyTo(target);
                },
                bias, inputs, outputs, lanes, Activation.None);
            GuardedBuffer input = Maps.Block(Maps.Random(batch * inputs, 3), whole.InputLayout, batch);
            float[][] outputsOf = [.. new[] { whole, rows }.Select(packed =>
            {
                float[] output = new float[batch * packed.OutputLayout.Length];
                packed.Run(input.Span, output, batch, 0, 1);
                return output;
            })];
            Assert.Equal(outputs, next);
            Assert.Equal(outputsOf[0], outputsOf[1]);
        }
    }

    [Theory]
    [MemberData(nameof(MapCase.Lanes), MemberType = typeof(MapCase))]
    public void The_largest_layer_of_VGG_keeps_its_digits(int lanes)
    {
        const int Inputs = 25088, Outputs = 128;
        float[] weights = Maps.Random(Inputs * Outputs, 1);
        float[] input = Maps.Random(Inputs, 2, 0, 1);
        var packed = PackedLinear.Pack(weights, [], Inputs, Outputs, lanes, Activation.None);
        GuardedBuffer vector = Maps.Block(input, packed.InputLayout, 1);
        KernelCheck.Maps(
            "25088 to 128", packed.OutputLayout, 1, Expected(input, 1, Inputs, weights, [], Outputs, Activation.None), Tolerance, [vector],
            (output, part, parts) => packed.Run(vector.Span, output, 1, part, parts));
        Assert.Equal(sizeof(float) * (Inputs + 1) * Outputs, packed.PackedBytes);
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => PackedLinear.Pack(new float[5], [], 2, 3, 4, default));
        Assert.Throws<ArgumentException>(() => PackedLinear.Pack(new float[6], new float[2], 2, 3, 4, default));
        var packed = PackedLinear.Pack(new float[6], [], 2, 3, 4, default);
        Assert.Throws<ArgumentException>(() => packed.Run(new float[2], new float[4], 1, 0, 1));
        Assert.Throws<ArgumentException>(() => packed.Run(new float[4], new float[4], 2, 0, 1));
    }

    private static double[] Expected(float[] input, int batch, int inputs, float[] weights, float[] bias, int outputs, Activation activation)
    {
        var output = new double[batch * outputs];
        Reference.Linear<double>(Maps.Doubles(input), batch, inputs, Maps.Doubles(weights), Maps.Doubles(bias), outputs, output);
        Reference.Activate<double>(output, activation, output);
        return output;
    }
}
