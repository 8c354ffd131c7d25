using System.Diagnostics;
using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Carries what channels without weights still compute, through norms and activations, into the biases of the layers that read them.</summary>
/// <remarks>
/// A layer whose filters were set to zero (structured masks; sparsity training) gives its bias, the norm makes β − μγ/σ of it, and ReLU leaves that where it is positive.
/// That is one number over the whole map, so a reader without padding sees a constant, which its bias can hold. A reader that pads with zeros sees another number at the
/// border: no bias can hold that, and such channels stay unless their constant is zero.
/// </remarks>
internal static class ChannelConstants
{
    /// <summary>Prepares the removal of channels whose filters count as zero.</summary>
    /// <param name="model">The model; the filters of the removed channels need not be zero yet (<see cref="ChannelMask.Filters"/> makes them so).</param>
    /// <param name="groups">The groups of its graph.</param>
    /// <param name="removed">What should go.</param>
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
            before = going.Count; // a channel that stays may change what others compute: until all that go can go
            constants = new ConstantPropagation(model, groups, going);
            foreach (Node reader in readers)
            {
                Refuse(reader, constants, going, refusals);
            }
        }
        while (going.Count < before);

        Patch patch = readers.Aggregate(new Patch("constants of removed channels"), (patch, reader) => Carry(patch, model, reader, constants));
        Model carried = patch.Parameters.IsEmpty ? model : model.Apply(patch);

        // New biases follow the results they belong to, so units keep their numbers.
        ChannelGroups again = ChannelGroups.Find(carried.Graph, groups.Grouped);
        return new ConstantsInBiases(carried, again, [.. again.Units.Where(unit => going.Contains(unit.Index))], refusals.ToImmutable());
    }

    /// <summary>Convolutions that lose whole groups read removed channels for removed channels only.</summary>
    private static Node[] Readers(ChannelGroups groups) =>
        [.. groups.Graph.Nodes.Where(node => node.Op is Linear || (node.Op is Conv2d conv && !ChannelCoupling.LosesGroups(conv, groups.Grouped)))];

    private static void Refuse(Node reader, ConstantPropagation constants, HashSet<int> going, ImmutableArray<Refusal>.Builder refusals)
    {
        bool pads = reader.Op is Conv2d { Padding.IsNone: false };
        foreach ((int channel, int unit, double value) in constants.Removed(reader.Inputs[0]))
        {
            if ((double.IsNaN(value) || (pads && value != 0)) && going.Remove(unit))
            {
                refusals.Add(new Refusal(reader.Name, $"channel {channel} of '{reader.Inputs[0]}' is not {(double.IsNaN(value) ? "one number over the whole map" : "zero, and at the border it would be")}"));
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

    /// <summary>Layers that share a bias may read different constants: then this one gets its own.</summary>
    private static string OwnBias(Graph graph, Node reader, bool hasBias)
    {
        string name = hasBias ? reader.Parameter("bias") : ScopeName.Join(reader.Name, "bias");
        return graph.Nodes.Any(node => node.Name != reader.Name && node.Parameters.Contains(name)) ? ScopeName.Join(reader.Name, "untied.bias") : name;
    }
}
