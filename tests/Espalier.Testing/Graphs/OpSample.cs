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

    /// <summary>The op between layers with parameters, a scale and a shift before each input, so that a wrong gradient by any input shows in one of theirs.</summary>
    public Graph ToSurroundedGraph()
    {
        var net = new GraphBuilder();
        Value input = net.Input(Inputs[0].WithoutFirst().Prepend(Inputs.Sum(shape => shape[0])));
        int start = 0;
        List<Value> inputs = [];
        foreach (Shape shape in Inputs)
        {
            Value slice = input.ChannelSlice($"slice{inputs.Count}", start, shape[0]);
            slice = shape.Rank == 1 ? slice.Linear($"before{inputs.Count}", shape[0]) : slice.Conv2d($"before{inputs.Count}", shape[0], 1, bias: true);
            inputs.Add(slice.Shape == shape ? slice : slice.GlobalAveragePool($"mean{inputs.Count}"));
            start += shape[0];
        }

        return net.Build(net.Append("op", Op, [.. inputs]));
    }

    /// <summary>The op and what it reads, for the names of test cases.</summary>
    public override string ToString() => Inputs.Length == 0 ? Op.ToString() : $"{Op} of {string.Join(", ", Inputs)}";
}
