using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Testing;
using ILGPU;
using ILGPU.Runtime;

namespace Espalier.Accelerated.Tests;

/// <summary>One op on a device, with its inputs, parameters and gradients.</summary>
internal sealed class SingleOp : IDisposable
{
    private readonly Device _device;
    private readonly Graph _graph;
    private readonly Node _node;
    private readonly DeviceOp _op;
    private readonly Dictionary<string, double[]> _values;
    private readonly Dictionary<string, MemoryBuffer1D<float, Stride1D.Dense>> _memory = new(StringComparer.Ordinal);
    private readonly int _batch;
    private ForwardCall? _call;

    internal SingleOp(Device device, OpSample sample, int batch, Func<Device, Graph, Node, DeviceOp> create)
    {
        (_device, _graph, _batch) = (device, sample.ToSurroundedGraph(), batch);
        _node = _graph["op"];
        _op = create(device, _graph, _node);
        _values = ReferenceExecutor.ValuesOf<double>(RandomGraphs.ParametersFor(_graph));
        Inputs = [.. _node.Inputs.Select((name, i) => Numbers($"input {i}", name))];
        Gradient = Numbers("gradient", _node.Name);
        foreach ((int i, double[] input) in Inputs.Index())
        {
            Upload($"input {i}", input);
        }

        Upload("gradient", Gradient);
        Upload("output", new double[Gradient.Length]);
        foreach (string role in Roles)
        {
            Upload(role, Parameter(role));
        }
    }

    internal double[][] Inputs { get; }

    /// <summary>The gradient of the output.</summary>
    internal double[] Gradient { get; }

    internal float[] Output => Read("output");

    private IEnumerable<string> Roles => _node.Op.Parameters.Select(spec => spec.Role);

    /// <summary>A parameter's values; empty where the op has no such role.</summary>
    internal double[] Parameter(string role) => Roles.Contains(role) ? [.. _values[_node.Parameter(role)]] : [];

    /// <summary>A parameter's values on the device; empty where the op has no such role.</summary>
    internal float[] Stored(string role) => Roles.Contains(role) ? Read(role) : [];

    internal float[] InputGradient(int index) => Read($"gradient of input {index}");

    internal float[] ParameterGradient(string role) => Read($"gradient of {role}");

    /// <summary>What the naive kernels compute in double.</summary>
    internal (double[] Output, double[][] InputGradients, Dictionary<string, double[]> ParameterGradients) Expected()
    {
        var call = new ReferenceCall<double>(_graph, _node, _batch, name => Inputs[_node.Inputs.ToList().IndexOf(name)], name => _values[name]);
        double[] output = new double[Gradient.Length];
        ReferenceOps.Run(call, output.AsSpan());
        double[][] inputs = [.. Inputs.Select(input => new double[input.Length])];
        var parameters = _node.Op.Parameters.Where(spec => !spec.IsBuffer).ToDictionary(spec => spec.Role, spec => new double[spec.Shape.Count]);
        ReferenceGradients.Run(call, new ReferenceGradients.Operands<double>(output, Gradient, i => inputs[i], role => parameters.GetValueOrDefault(role, [])));
        return (output, inputs, parameters);
    }

    internal void Forward(bool keepsStatistics = false)
    {
        _call = new ForwardCall
        {
            Samples = _batch,
            Inputs = [.. Inputs.Select((_, i) => View($"input {i}"))],
            Output = View("output"),
            Parameter = View,
            Version = 0,
            KeepsStatistics = keepsStatistics,
        };
        _op.Forward(_call);
    }

    /// <summary>Computes gradients.</summary>
    /// <param name="needsInputs">Whether those of inputs are needed.</param>
    /// <param name="needsParameters">Whether those of parameters are needed.</param>
    /// <param name="before">What they are added to; those of inputs are stored where it is 0, over what is no number.</param>
    internal void Backward(bool needsInputs, bool needsParameters, float before)
    {
        foreach ((int i, double[] input) in Inputs.Index())
        {
            Upload($"gradient of input {i}", needsInputs ? [.. input.Select(_ => before == 0 ? double.NaN : before)] : []);
        }

        foreach (ParameterSpec spec in _node.Op.Parameters.Where(spec => !spec.IsBuffer))
        {
            Upload($"gradient of {spec.Role}", needsParameters ? [.. Enumerable.Repeat((double)before, (int)spec.Shape.Count)] : []);
        }

        _op.Backward(new BackwardCall
        {
            Forward = _call!,
            Gradient = View("gradient"),
            InputGradients = [.. Inputs.Select((_, i) => new GradientTarget(View($"gradient of input {i}"), adds: before != 0))],
            ParameterGradient = role => View($"gradient of {role}"),
        });
    }

    public void Dispose()
    {
        _op.Dispose();
        foreach (MemoryBuffer1D<float, Stride1D.Dense> each in _memory.Values)
        {
            each.Dispose();
        }
    }

    // The same first samples for any batch.
    private double[] Numbers(string stream, string node) =>
        [.. CounterFill.Stream(stream, _graph.ShapeOf(node).Prepend(_batch), -1, 2).Read<float>().ToArray().Select(value => (double)value)];

    private void Upload(string name, double[] values)
    {
        if (_memory.Remove(name, out MemoryBuffer1D<float, Stride1D.Dense>? old))
        {
            _device.Synchronize();
            old.Dispose();
        }

        if (values.Length > 0)
        {
            _memory[name] = _device.Upload<float>(Array.ConvertAll(values, value => (float)value));
        }
    }

    private ArrayView<float> View(string name) => _memory.TryGetValue(name, out MemoryBuffer1D<float, Stride1D.Dense>? memory) ? memory.View : default;

    private float[] Read(string name)
    {
        float[] values = new float[View(name).Length];
        _device.Read(View(name), values);
        return values;
    }
}
