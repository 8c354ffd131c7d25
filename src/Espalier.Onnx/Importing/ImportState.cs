using Espalier.Graphs;

namespace Espalier.Onnx;

/// <summary>What is known while the nodes of an ONNX graph are translated one after the other.</summary>
internal sealed class ImportState(OnnxFile file, OnnxGraph graph)
{
    private const long LeastConstants = 2 << 20; // elements that the shape arithmetic of a file may compute
    private const long MostComputed = 8; // times that its weights may be computed of others
    private readonly Dictionary<string, Operand?> _operands = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _uses = CountUses(graph);
    private long _budget = LeastConstants + (MostComputed * graph.Constants.Values.Sum(constant => (long)constant.Count));

    /// <summary>The file.</summary>
    internal OnnxFile File => file;

    /// <summary>Whether weights of −128 become −127.</summary>
    internal bool LimitsWeights { get; init; }

    /// <summary>The network so far.</summary>
    internal NetworkDraft Draft { get; } = new();

    /// <summary>The batch size that the file fixes; <see langword="null"/> if it is free.</summary>
    internal long? BatchSize { get; set; }

    /// <summary>What a user should know.</summary>
    internal List<string> Notes { get; } = [];

    /// <summary>The version of the standard operator set.</summary>
    internal long Opset => graph.Opset;

    /// <summary>Adds a note unless it is there.</summary>
    internal void Note(string note)
    {
        if (!Notes.Contains(note))
        {
            Notes.Add(note);
        }
    }

    /// <summary>Says what a name stands for; <see langword="null"/> for the result of a node that cannot be imported.</summary>
    internal void Define(string name, Operand? operand) => _operands[name] = operand;

    /// <summary>Whether the operand of a name is known, and not the result of a node that cannot be imported.</summary>
    internal bool IsKnown(string name) => name.Length == 0 || (_operands.TryGetValue(name, out Operand? operand) && operand is not null);

    /// <summary>The operand of a node's input; <see langword="null"/> for an absent one.</summary>
    internal Operand? Operand(OnnxNode node, int index) => node.HasInput(index) ? _operands[node.Inputs[index]] : null;

    /// <summary>The operand of a name.</summary>
    internal Operand? Operand(string name) => _operands.GetValueOrDefault(name);

    /// <summary>An input that the network computes.</summary>
    /// <exception cref="UnsupportedNodeException">It is absent or a constant.</exception>
    internal ValueOperand Value(OnnxNode node, int index) => Operand(node, index) switch
    {
        ValueOperand value => value,
        ConstantOperand => throw new UnsupportedNodeException($"its input {index} is a constant, where a value of the network is expected"),
        GatheredOperand => throw new UnsupportedNodeException($"its input {index} is a feature map with gathered rows or columns, which only an adaptive maximum reads"),
        QuantizedOperand => throw new UnsupportedNodeException($"its input {index} is in integers of 8 bits, which only a DequantizeLinear reads"),
        _ => throw new UnsupportedNodeException($"its input {index} is missing"),
    };

    /// <summary>Whether an input is a constant.</summary>
    internal bool HasConstant(OnnxNode node, int index) => Operand(node, index) is ConstantOperand;

    /// <summary>An input that is a constant; <see langword="null"/> where it is absent.</summary>
    /// <exception cref="UnsupportedNodeException">The network computes it.</exception>
    internal Constant? Constant(OnnxNode node, int index) => Operand(node, index) switch
    {
        ConstantOperand constant => constant.Constant,
        ValueOperand or GatheredOperand or QuantizedOperand => throw new UnsupportedNodeException($"its input {index} is computed by the network, where a weight or another constant is expected"),
        _ => null,
    };

    /// <summary>An input that must be a constant.</summary>
    /// <exception cref="UnsupportedNodeException">It is absent, or the network computes it.</exception>
    internal Constant RequiredConstant(OnnxNode node, int index) => Constant(node, index) ?? throw new UnsupportedNodeException($"its input {index} is missing");

    /// <summary>All inputs as constants.</summary>
    internal IReadOnlyList<Constant?> Constants(OnnxNode node) => [.. node.Inputs.Select((_, i) => (Operand(node, i) as ConstantOperand)?.Constant)];

    /// <summary>Whether exactly one node reads an output of a node, once, and it is no output of the graph.</summary>
    internal bool IsUsedOnce(OnnxNode node) => _uses.GetValueOrDefault(node.Outputs[0]) == 1;

    /// <summary>Whether a value is read.</summary>
    internal bool IsRead(string name) => _uses.GetValueOrDefault(name) > 0;

    /// <summary>A new node's output as the node's result.</summary>
    internal ValueOperand Result(OnnxNode node, DraftNode result, AxisView view) => new(new Expression(result), view, IsUsedOnce(node));

    /// <summary>The same value in another view.</summary>
    internal ValueOperand Alias(OnnxNode node, ValueOperand value, AxisView view) => new(value.Expression, view, value.IsSole && IsUsedOnce(node));

    /// <summary>One value for each channel or feature of a node's output, counted against what the whole file may compute.</summary>
    /// <exception cref="UnsupportedNodeException">The file computes more than the limit.</exception>
    internal double[] PerChannel(DraftNode node, double value)
    {
        Charge(node.Shape[0]);
        double[] values = new double[node.Shape[0]];
        Array.Fill(values, value);
        return values;
    }

    /// <summary>Counts values that a node has of its own, although it has them of the file, against what the whole file may compute.</summary>
    /// <exception cref="UnsupportedNodeException">The file computes more than the limit.</exception>
    internal void Charge(long count) => ConstantFolding.Charge(count, ref _budget);

    /// <summary>Computes a node of constants.</summary>
    internal Constant[] Fold(OnnxNode node) => ConstantFolding.Fold(node, Constants(node), file, ref _budget);

    private static Dictionary<string, int> CountUses(OnnxGraph graph)
    {
        var uses = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string name in graph.Nodes.SelectMany(node => node.Inputs).Concat(graph.Outputs.SelectMany(output => (string[])[output, output])))
        {
            uses[name] = uses.GetValueOrDefault(name) + 1; // an output counts twice, so that nothing is merged into it
        }

        return uses;
    }
}
