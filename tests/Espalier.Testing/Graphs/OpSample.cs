using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Testing;

/// <summary>An op with shapes that it can read.</summary>
/// <param name="Op">The op.</param>
/// <param name="Inputs">The shape of each input, for one sample.</param>
public sealed record OpSample(Op Op, params Shape[] Inputs)
{
    /// <summary>The shape of the result.</summary>
    public Shape Output => Op.Infer(new OpInputs("sample", Inputs));

    /// <summary>A graph of this op alone: one input node for each input (an <see cref="Input"/> op is the graph's only node).</summary>
    public Graph ToGraph()
    {
        var net = new GraphBuilder();
        if (Op is Input input)
        {
            return net.Build(net.Input(input.Shape));
        }

        Value[] inputs = [.. Inputs.Select((shape, i) => net.Input(shape, $"input{i}"))];
        return net.Build(net.Append("op", Op, inputs));
    }

    /// <summary>The op and what it reads, for the names of test cases.</summary>
    public override string ToString() => Inputs.Length == 0 ? Op.ToString() : $"{Op} of {string.Join(", ", Inputs)}";
}
