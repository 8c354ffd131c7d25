using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Bench.Layers;

/// <summary>Where the zeros of a layer's weights are.</summary>
internal static class ZeroPattern
{
    internal const string Single = "single";
    internal const string FourOutputs = "4x1";
    private const string FourInputs = "1x4";
    private const string TwoOfFour = "2:4";

    internal static readonly string[] All = [Single, FourOutputs, FourInputs, TwoOfFour];

    /// <summary>A network of the zoo with random weights, of which a share is zero in all layers but the first: one by one, in blocks, or two of every four inputs.</summary>
    internal static Model Network(string name, double zeros, string pattern)
    {
        Model model = Zoo.Create(name).Initialize(0);
        IEnumerable<Node> layers = model.Graph.Nodes.Where(node => node.Op is Conv2d or Linear).Skip(1);
        return model.With(model.Parameters.With(layers.Select(layer =>
        {
            string weight = layer.Parameter("weight");
            Parameter parameter = model.Parameters[weight];
            return KeyValuePair.Create(weight, parameter with { Value = Weights(layer.Name, parameter.Value.Shape, zeros, pattern) });
        })));
    }

    // [outputs][inputs][positions]
    private static Tensor Weights(string layer, Shape shape, double zeros, string pattern)
    {
        CounterRandom random = new CounterRandom(5).Stream(layer);
        (int inputs, int filter) = (shape[1], (int)(shape.Count / shape[0]));
        int positions = filter / inputs;
        double bound = Math.Sqrt(6 / (filter * (1 - Math.Min(zeros, 0.99)))); // as many layers keep the numbers' size, with a ReLU behind each
        Tensor tensor = Tensor.Zeros(shape);
        Span<float> weights = tensor.Write<float>();
        for (int i = 0; i < weights.Length; i++)
        {
            (int output, int rest) = Math.DivRem(i, filter);
            (int input, int position) = Math.DivRem(rest, positions);
            bool zero = pattern switch
            {
                Single => random.Uniform(2 * (ulong)i) < zeros,
                FourOutputs => random.Uniform(2 * Index(output / 4, input, position)) < zeros,
                FourInputs => random.Uniform(2 * Index(output, input / 4, position)) < zeros,
                TwoOfFour => (input + (int)random.Below(2 * Index(output, input / 4, position), 4)) % 4 is 1 or 3,
                _ => throw new ArgumentException($"'{pattern}' is none of {string.Join(", ", All)}."),
            };
            weights[i] = zero ? 0 : (float)random.Uniform((2 * (ulong)i) + 1, -bound, bound);
        }

        return tensor;

        ulong Index(int output, int input, int position) => (ulong)(((output * inputs) + input) * positions) + (ulong)position;
    }
}
