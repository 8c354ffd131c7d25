using System.Diagnostics;
using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Adds the constant outputs of channels with zero filters to the biases of the layers that read them, so that removing the channels does not change the function.</summary>
/// <remarks>
/// The output of a zero filter (from structured masks or sparsity training) is the layer's bias. A norm maps it to γ(b − μ)/σ + β, which is β − μγ/σ without a bias, and a ReLU keeps it if it is positive.
/// This value is the same for all pixels, so the bias of a layer without padding that reads it can include it. A layer that pads with zeros reads another value at the
/// border, which a bias cannot represent, so such channels are refused unless their constant is zero.
/// </remarks>
internal static class ChannelConstants
{
    /// <summary>Prepares the removal of channels whose filters count as zero.</summary>
    /// <param name="model">The model, without convolutions of standardized weights (<see cref="StandardizationRemoval"/>); the filters of the removed channels need not be zero yet (<see cref="ChannelMask.Filters"/> makes them so).</param>
    /// <param name="groups">The channel groups of the model's graph.</param>
    /// <param name="removed">The units to remove.</param>
    public static ConstantsInBiases Carry(Model model, ChannelGroups groups, IEnumerable<ChannelUnit> removed)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(removed);
        var going = new HashSet<int>(removed.Select(unit => unit.Index));
        Node[] readers = Readers(groups);
        var refusals = ImmutableArray.CreateBuilder<Refusal>();
        ConstantPropagation constants;
        int before;
        do
        {
            before = going.Count; // a channel that must be kept can change the constants of others, so repeat until no more channels are refused
            constants = new ConstantPropagation(model, groups, going);
            foreach (Node reader in readers)
            {
                Refuse(reader, constants, going, refusals);
            }
        }
        while (going.Count < before);

        Patch patch = readers.Aggregate(new Patch("constants of removed channels"), (patch, reader) => Carry(patch, model, reader, constants));
        Model carried = patch.Parameters.IsEmpty ? model : model.Apply(patch);

        // New biases are added after the results that they belong to, so the indices of the units do not change.
        ChannelGroups again = ChannelGroups.Find(carried.Graph, groups.Grouped);
        return new ConstantsInBiases(carried, again, [.. again.Units.Where(unit => going.Contains(unit.Index))], refusals.ToImmutable());
    }

    /// <summary>The layers that read removed channels. Convolutions that lose whole groups are not among them, because in these only removed output channels read removed input channels.</summary>
    private static Node[] Readers(ChannelGroups groups) =>
        [.. groups.Graph.Nodes.Where(node => node.Op is Linear || (node.Op is Conv2d conv && !ChannelCoupling.LosesGroups(conv, groups.Grouped)))];

    private static void Refuse(Node reader, ConstantPropagation constants, HashSet<int> going, ImmutableArray<Refusal>.Builder refusals)
    {
        bool pads = reader.Op is Conv2d { Padding.IsNone: false };
        foreach ((int channel, int unit, double value) in constants.Removed(reader.Inputs[0]))
        {
            if ((double.IsNaN(value) || (pads && value != 0)) && going.Remove(unit))
            {
                refusals.Add(new Refusal(reader.Name, $"channel {channel} of '{reader.Inputs[0]}' is {(double.IsNaN(value) ? "not constant over the feature map" : "a non-zero constant, which zero padding would change at the border")}"));
            }
        }
    }

    private static Patch Carry(Patch patch, Model model, Node reader, ConstantPropagation constants)
    {
        (int Channel, int Unit, double Value)[] carried = [.. constants.Removed(reader.Inputs[0]).Where(channel => channel.Value != 0)];
        if (carried.Length == 0)
        {
            return patch;
        }

        Tensor weight = model.Value(reader, "weight");
        bool hasBias = reader.Op is Conv2d { Bias: true } or Linear { Bias: true };
        double[] bias = hasBias ? Doubles.Of(model.Value(reader, "bias")) : new double[weight.Shape[0]];
        AddTo(bias, Doubles.Of(weight), weight.Shape, reader.Op is Conv2d conv ? conv.Groups : 1, carried);

        Op op = reader.Op switch
        {
            Conv2d layer => layer with { Bias = true },
            Linear layer => layer with { Bias = true },
            _ => throw new UnreachableException($"{reader.Op.Kind} has no bias."),
        };
        string name = OwnBias(model.Graph, reader, hasBias);
        return patch
            .Put(reader with { Op = op, Parameters = [reader.Parameter("weight"), name] })
            .Set(name, new Parameter(Doubles.ToFloat(bias, [bias.Length])) { Trainable = model.Parameters[reader.Parameter("weight")].Trainable });
    }

    private static void AddTo(double[] bias, double[] weight, Shape shape, int groups, (int Channel, int Unit, double Value)[] carried)
    {
        int positions = (int)(weight.Length / ((long)shape[0] * shape[1]));
        int perGroup = shape[0] / groups;
        foreach ((int channel, _, double value) in carried)
        {
            (int group, int column) = (channel / shape[1], channel % shape[1]);
            for (int output = group * perGroup; output < (group + 1) * perGroup; output++)
            {
                int start = ((output * shape[1]) + column) * positions;
                for (int position = start; position < start + positions; position++)
                {
                    bias[output] += weight[position] * value;
                }
            }
        }
    }

    /// <summary>The name of the bias to write. Layers that share a bias can read different constants, so a layer with a shared bias gets a separate one.</summary>
    private static string OwnBias(Graph graph, Node reader, bool hasBias)
    {
        string name = hasBias ? reader.Parameter("bias") : ScopeName.Join(reader.Name, "bias");
        return graph.Nodes.Any(node => node.Name != reader.Name && node.Parameters.Contains(name)) ? ScopeName.Join(reader.Name, "untied.bias") : name;
    }
}
